#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the contract generator.

Mistakes in the tables are found and named; the output is stable, is rewritten only when it changes, compiles without
a warning, and its dispatcher checks what the manual says (dispatch_test.c). Ends with `N passed, N failed`.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/gen"
sys.path[:0] = [str(ROOT / "tools/gen"), str(ROOT)]

import emit_kernel
import tables
from mistakes import MISTAKES
from tools.trace import ctf

GEN = [sys.executable, str(ROOT / "tools/gen/gen.py")]
CC = os.environ.get("CC", "clang-19")
WARN = ("-std=c23 -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align -Wmissing-prototypes "
        "-Wmissing-variable-declarations -Wvla -Walloca -Wshadow -Wimplicit-fallthrough -Wswitch-enum "
        "-Wconditional-uninitialized -Wstrict-prototypes -Wpointer-arith -Wcast-function-type-strict "
        "-Wincompatible-function-pointer-types-strict -Wframe-larger-than=1024").split()
counts = {"passed": 0, "failed": 0}


def expect(what, condition, detail=""):
    counts["passed" if condition else "failed"] += 1
    if not condition:
        print(f"failed: {what}\n{detail}".rstrip())


def run(*command, **options):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300, **options)


def test_mistakes(temp):
    """Each mistake, made in a copy of the tables, is reported with file and entry, and nothing is written."""
    for what, file, old, new, *words in MISTAKES:
        folder = temp / "abi"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "abi", folder)
        text = (folder / file).read_text()
        if text.count(old) < 1:
            expect(f"{what}: the mistake can be made (text not found in {file}: {old!r})", False)
            continue
        (folder / file).write_text(text.replace(old, new, 1))
        result = run(*GEN, "--abi", folder, "--out", temp / "refused")
        said = all(word in result.stderr for word in words)
        ok = result.returncode == 1 and f"abi/{file}" in result.stderr and said and "Traceback" not in result.stderr
        expect(f"mistake: {what}", ok and not (temp / "refused").exists(), f"expected {words}, found:\n{result.stderr}")


def test_stable(temp):
    """Two runs give the same bytes, and the second writes nothing."""
    out, goldens, manual = temp / "gen/abi", temp / "goldens", temp / "reference.md"
    command = [*GEN, "--out", out, "--goldens", goldens, "--manual", manual]
    expect("the tables are accepted", run(*command).returncode == 0)
    files = [path for path in [*out.iterdir(), *goldens.iterdir(), manual] if path.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
    run(*command, env={**os.environ, "PYTHONHASHSEED": "7"})
    for path, (data, time) in before.items():
        expect(f"{path.name} is the same again", path.read_bytes() == data)
        expect(f"{path.name} was not rewritten", path.stat().st_mtime_ns == time)


def test_check(temp):
    """--check passes on what was just written, and fails with the difference on anything else."""
    goldens, manual = temp / "goldens", temp / "reference.md"
    command = [*GEN, "--check", "--goldens", goldens, "--manual", manual]
    expect("--check passes when nothing changed", run(*command).returncode == 0)
    golden = goldens / "numbers.txt"
    text = golden.read_text()
    golden.write_text(text.replace("status 0 OK", "status 1 OK"))
    result = run(*command)
    expect("--check shows a changed number", result.returncode == 1 and "+status 0 OK" in result.stderr, result.stderr)
    expect("--check says what to do", "./ferrous build --goldens" in result.stderr, result.stderr)
    expect("--check changes nothing", "status 1 OK" in golden.read_text())
    golden.write_text(text)
    (goldens / "old.h.golden").write_text("")
    result = run(*command)
    expect("--check reports a golden of nothing", result.returncode == 1 and "old.h.golden" in result.stderr)
    (goldens / "old.h.golden").unlink()
    manual.unlink()
    expect("--check reports a missing manual", run(*command).returncode == 1)


def handlers(contract):
    """C text: for every call a handler that notes its arguments."""
    lines = ["/* SPDX-License-Identifier: Apache-2.0 */", '#include "abi/kernel_calls.h"', '#include "abi/syscalls.h"',
             '#include "fake_kernel.h"', '#include "kernel/raw/downcast.h"']
    used = {a.object for c in contract.calls for a in c.args if a.kind == "handle" and not c.message and not a.kept}
    lines += [f"struct {name} fake_{name};" for name in sorted(used)]
    for call in contract.calls:
        if call.reserved:
            continue
        number = f"SYSCALL_{call.name.upper()}"
        if call.message:
            lines.append(f"void syscall_{call.name}(struct thread *self, struct hal_frame *frame)\n{{\n"
                         f"\t(void)self, (void)frame, (void)handled({number});\n}}")
            continue
        args = "".join(", " + emit_kernel.parameter(a) for a in call.args) or ", struct hal_frame *frame"
        lines.append(f"struct sys_result syscall_{call.name}(struct thread *self{args})\n{{\n\t(void)self;")
        if not call.args:
            lines.append("\t(void)frame;")
        for arg in call.args:
            notes = {"handle": f"saw({arg.name} == nullptr ? 0 : OBJECT_{arg.object.upper()});",
                     "raw_handle": f"saw({arg.name}.v);", "struct_in": f"saw({arg.name} != nullptr);",
                     "struct_out": f"saw({arg.name} != nullptr);"}
            span = f"saw({arg.name}.at.v), saw({arg.name}.bytes);"
            lines.append("\t" + notes.get(arg.kind, span if arg.kind.startswith("user") else f"saw({arg.name});"))
        lines.append(f"\treturn handled({number});\n}}")
    return "\n".join(lines) + "\n"


def test_dispatch(temp, contract):
    """Compiles the generated sources with a stand-in kernel and runs dispatch_test.c."""
    (temp / "handlers.c").write_text(handlers(contract))
    include = [f"-I{HERE}/fake", f"-I{temp}/gen", f"-I{ROOT}"]
    sources = [temp / "gen/abi/kernel_dispatch.c", temp / "gen/abi/names.c", temp / "handlers.c", HERE / "dispatch_test.c"]
    objects = []
    for source in sources:
        objects.append(temp / (source.stem + ".o"))
        flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        result = run(CC, *WARN, "-Wno-frame-larger-than", *flags, *include, "-c", source, "-o", objects[-1])
        expect(f"{source.name} compiles without a warning", result.returncode == 0, result.stderr)
        if result.returncode:
            return
    result = run(CC, "-fsanitize=address,undefined", *objects, "-o", temp / "dispatch_test")
    expect("dispatch_test links", result.returncode == 0, result.stderr)
    if result.returncode:
        return
    result = run(temp / "dispatch_test")
    found = re.search(r"(\d+) passed, (\d+) failed\n\Z", result.stdout)
    if not found:
        expect("dispatch_test runs to its end", False, result.stdout + result.stderr)
        return
    print(result.stdout.removesuffix(found.group(0)), end="")
    counts["passed"] += int(found.group(1))
    counts["failed"] += int(found.group(2))


def test_release_flags(temp):
    """Each header stands on its own; dispatcher and names compile as the kernel compiles them."""
    include = [f"-I{HERE}/fake", f"-I{temp}/gen", f"-I{ROOT}"]
    release = ("--target=x86_64-unknown-none-elf -O2 -ffreestanding -fno-strict-aliasing -ftrivial-auto-var-init=zero "
               "-fsanitize=array-bounds,shift,signed-integer-overflow,bool,enum,kcfi -fsanitize-trap=all "
               "-mgeneral-regs-only").split()
    for path in sorted((temp / "gen/abi").glob("*.[ch]")):
        if path.suffix == ".h":
            unit = temp / "unit.c"
            unit.write_text(f'#include "abi/{path.name}"\n#include "abi/{path.name}"\n')
        else:
            unit = path
        result = run(CC, *WARN, *release, *include, "-c", unit, "-o", temp / "unit.o")
        expect(f"{path.name} compiles alone", result.returncode == 0, result.stderr)


def test_ctf(temp, contract):
    """babeltrace2 reads a packet of a machine of either order by the metadata without a complaint."""
    for order, name in (("<", "little"), (">", "big")):
        ctf_of(temp / name, temp / "gen/abi/metadata", contract, order)


def ctf_of(trace, metadata, contract, order):
    about = next(event.number for event in contract.events if event.name == "about_process")
    record = struct.pack(order + "QHHIQQ4Q", 1500, 2, 1, 42, 0xABC, 0xDEF, 3, 1, 0, 0)
    record += struct.pack(order + "QHHIQQQ24s", 1600, about, 1, 42, 0xABC, 0xDEF, 7, b"a name of 24 characters!")
    content = 64 + len(record)
    head = struct.pack(order + "II6QII", 0xC1FC1FC1, 0, 1500, 1600, content * 8, 4096 * 8, 0, 0, 1, 0)
    ctf.write((head + record).ljust(4096, b"x"), metadata, trace)
    result = run("babeltrace2", trace)
    for word in ("syscall_exit", "cpu_id = 1", "cpu = 1", "thread = 42", "trace = 0xABC", '"yield"', '"BAD_HANDLE"',
                 'name = "a name of 24 characters!"'):
        expect(f"babeltrace2 prints {word}, {trace.name}-endian", word in result.stdout, result.stdout)
    expect(f"babeltrace2 does not complain, {trace.name}-endian", result.stderr == "", result.stderr)


def main():
    if not shutil.which(CC):
        print(f"{CC} is needed to compile the generated files and was not found; install it or set CC")
        counts["failed"] += 1
    contract, problems = tables.load(ROOT / "abi")
    expect("the tables have no mistakes", not problems, "\n".join(problems))
    with tempfile.TemporaryDirectory() as name:
        temp = Path(name)
        test_mistakes(temp)
        test_stable(temp)
        test_check(temp)
        if shutil.which(CC):
            test_release_flags(temp)
            test_dispatch(temp, contract)
        test_ctf(temp, contract)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
