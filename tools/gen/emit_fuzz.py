# SPDX-License-Identifier: Apache-2.0
"""fuzz_table.h: what each system call expects, as data, for fuzzers and the conformance test."""

import ctext

KINDS = ["handle", "raw_handle", "u64", "u32", "flags", "user_in", "user_out", "struct_in", "struct_out"]


def bound(arg):
    """flags: the defined bits; structs: their size; else the largest value or length."""
    if arg.kind == "flags":
        return arg.set.all
    if arg.struct:
        return f"sizeof(struct {arg.struct.name})"
    if arg.kind in ("handle", "raw_handle"):
        return "U32_MAX"
    if arg.max is not None:
        return str(arg.max)
    return "U32_MAX" if arg.kind == "u32" else "U64_MAX"


def argument(arg, message):
    parts = [f".name = {ctext.quoted(arg.name)}", f".kind = ABI_{arg.kind.upper()}", f".slot = {arg.half if message else arg.slot}"]
    if arg.object:
        parts.append(f".object = OBJECT_{arg.object.upper()}")
        parts.append(".rights = " + " | ".join(r.constant for r in arg.rights))
    parts.append(f".max = {bound(arg)}")
    if arg.optional:
        parts.append(".optional = true")
    return parts


def call(entry):
    if entry.reserved:
        return [f'\t[{entry.number}] = {{ .name = "", .reserved = true }},']
    lines = [f"\t[SYSCALL_{entry.name.upper()}] = {{",
             f"\t\t.name = {ctext.quoted(entry.name)}, .argument_count = {len(entry.args)},"
             + (" .message = true," if entry.message else "")
             + (" .returns_handle = true," if entry.result and entry.result[1] == "handle" else "")]
    if entry.args:
        lines.append("\t\t.argument = {")
        for arg in entry.args:
            lines += ctext.wrap_call("\t\t\t{ ", argument(arg, entry.message), " },", "\t\t\t")
        lines.append("\t\t},")
    return lines + ["\t},"]


def fuzz_table_h(contract):
    body = ctext.enum("abi_kind", "u8", [(f"ABI_{kind.upper()}", i, "") for i, kind in enumerate(KINDS)])
    body += [
        "struct abi_argument {",
        "\tconst char *name;",
        "\tu8 kind;      /* enum abi_kind */",
        "\tu8 slot;      /* first argument register, 0 to 5; user_in and user_out take two: address, length.",
        "\t                 In a message call: 0 is the low half of register 0, 1 its high half. */",
        "\tu8 object;    /* enum object_type, for ABI_HANDLE */",
        "\tbool optional;",
        "\tu32 rights;   /* the rights it must carry, for ABI_HANDLE */",
        "\tu64 max;      /* largest value or length; flags: the defined bits; structs: the size */",
        "};", "",
        "struct abi_call {",
        "\tconst char *name;",
        "\tu32 argument_count;",
        "\tbool message; /* follows the message convention */",
        "\tbool returns_handle;",
        "\tbool reserved; /* the number is not in use */",
        "\tstruct abi_argument argument[6];",
        "};", "",
        "static const struct abi_call abi_calls[SYSCALL_COUNT] = {"]
    for entry in contract.calls:
        body += call(entry)
    body.append("};")
    purpose = "What each system call expects, as data: for system call fuzzers and the conformance test."
    return ctext.header("fuzz_table.h", purpose, "abi/syscalls.toml",
                        ["abi/objects.h", "abi/structs.h", "abi/syscalls.h", "lib/base/safe.h"], body)


def emit(contract):
    return {"fuzz_table.h": fuzz_table_h(contract)}
