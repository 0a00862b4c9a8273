#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes include/handlers.h: stands for all handlers of system calls in the proof of what chooses between them (dispatch.c).

Each states that it is handed what the table in abi/ promises it, by a reading of the table of its own: the types and rights of
objects, the bounds of numbers and lengths, from which registers they come. What the words mean is the harness'.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "gen"))

import ctext  # noqa: E402
import tables  # noqa: E402
from emit_headers import live  # noqa: E402
from emit_kernel import parameter  # noqa: E402

TARGET = ROOT / "tests" / "prove" / "include" / "handlers.h"
LINE_MAX = 130  # tools/check/style.py
SLOTS = ["self->frame.arg0", "self->frame.arg1", "self->frame.word[0]", "self->frame.word[1]", "self->frame.word[2]",
         "self->frame.word[3]"]
HEAD = """\
/* SPDX-License-Identifier: Apache-2.0
 *
 * All handlers of system calls, for a proof: what each is handed. tests/prove/handlers.py writes it from abi/syscalls.toml.
 */
#ifndef TESTS_PROVE_INCLUDE_HANDLERS_H
#define TESTS_PROVE_INCLUDE_HANDLERS_H

#include "abi/kernel_calls.h"
"""


def promise(arg):
    """What the table promises of an argument."""
    slot, name = SLOTS[arg.slot], arg.name
    if arg.kind == "handle":
        wanted = f"OBJECT_{arg.object.upper()}, {' | '.join(right.constant for right in arg.rights)}, {slot}"
        what = f"handed_cap({name}, {wanted});" if arg.kept else f"handed((const struct object *){name}, {wanted});"
        return f"if ({name} != nullptr || {slot} != 0)\n\t\t{what}" if arg.optional else what
    if arg.kind == "raw_handle":
        return f"handed_number({name}.v, {slot}, U32_MAX);"
    if arg.kind == "flags":
        return f"handed_flags({name}, {slot}, {arg.set.all});"
    if arg.kind in ("u32", "u64"):
        most = ("U32_MAX" if arg.kind == "u32" else "U64_MAX") if arg.max is None else arg.max
        return f"handed_number({name}, {slot}, {most});"
    if arg.kind in ("user_in", "user_out"):
        return f"handed_span({name}, {slot}, {SLOTS[arg.slot + 1]}, {'U64_MAX' if arg.max is None else arg.max});"
    return f"copied_in({name}, {slot});" if arg.kind == "struct_in" else f"to_copy_out({name}, {slot});"


def handler(call):
    promises = [f"\tcalled(SYSCALL_{call.name.upper()}, self);"]
    if call.message:
        return [f"void syscall_{call.name}(struct thread *self, struct hal_frame *frame)", "{", *promises,
                "\tPROVE(frame == &self->frame, \"a message call has its own registers\");", "\tanswered_itself(self);", "}", ""]
    params = ["struct thread *self"] + ([parameter(arg) for arg in call.args] or ["struct hal_frame *frame"])
    if not call.args:
        promises.append("\tPROVE(frame == &self->frame, \"it is the entry itself\");")
    head = f"struct sys_result syscall_{call.name}({', '.join(params)})"
    heads = [head] if len(head) <= LINE_MAX else ctext.wrap_call(f"struct sys_result syscall_{call.name}(", params, ")", "")
    return [*heads, "{", *promises, *(f"\t{promise(arg)}" for arg in call.args), "\treturn any_answer(self);", "}", ""]


def text():
    contract, problems = tables.load(ROOT / "abi")
    if problems:
        raise ValueError(f"the tables in abi/ have mistakes: {problems[0]}")
    return "\n".join([HEAD, *(line for call in live(contract.calls) for line in handler(call)), "#endif", ""])


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
