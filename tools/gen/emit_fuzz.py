# SPDX-License-Identifier: Apache-2.0
"""fuzz_table.h: what each system call expects, as data, for fuzzers and the conformance test.

Beside what the kernel checks it says what a number stands for, so that a fuzzer can choose ones that make sense. The
contract's names tell: they carry their unit (`deadline_ns`), or are the name of what they are (`rights`, `address`).
"""

import ctext

KINDS = ["handle", "raw_handle", "u64", "u32", "flags", "user_in", "user_out", "struct_in", "struct_out"]

# What a number is, by its name or the end of its name; the first that fits. Any other is plain.
MEANINGS = [("deadline_ns", "deadline"), ("_ns", "duration"), ("deadline", "deadline"), ("rights", "rights"), ("mask", "bits"),
            ("bits", "bits"), ("address", "address"), ("entry", "code"), ("stack", "stack"), ("bytes", "bytes"),
            ("offset", "offset"), ("cpus", "cpus"), ("priority", "priority"), ("weight", "weight"), ("_ppm", "ppm"),
            ("after", "id"), ("id", "id"), ("group", "id"), ("position", "result"), ("slot", "small"), ("index", "small"),
            ("cpu", "small"), ("width", "small"), ("count", "part"), ("value", "part"), ("depth", "small"), ("order", "small"),
            ("frames", "limit"), ("objects", "limit"), ("caps", "limit"), ("threads", "limit"), ("classes", "bits")]
MEANS = ["plain"] + sorted({meaning for _, meaning in MEANINGS} | {"text"})
# Deadlines of a struct are relative, those of a call absolute: structs are kept.
RELATIVE = {"deadline": "duration"}


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


def meaning(name, kind="u64"):
    if kind == "user_in":
        return "text"
    for end, what in MEANINGS:
        if name == end or (name.endswith(end) and (end.startswith("_") or name.endswith(f"_{end}"))):
            return what
    return "plain"


def argument(arg, message):
    parts = [f".name = {ctext.quoted(arg.name)}", f".kind = ABI_{arg.kind.upper()}", f".slot = {arg.half if message else arg.slot}"]
    if arg.object:
        parts.append(f".object = OBJECT_{arg.object.upper()}")
    if arg.rights:
        parts.append(".rights = " + " | ".join(r.constant for r in arg.rights))
    parts.append(f".max = {bound(arg)}")
    if meaning(arg.name, arg.kind) != "plain":
        parts.append(f".means = ABI_MEANS_{meaning(arg.name, arg.kind).upper()}")
    if arg.kind == "struct_in":
        parts.append(f".layout = ABI_LAYOUT_{arg.struct.name.upper()}")
    if arg.optional:
        parts.append(".optional = true")
    return parts


def result(entry):
    """What the result is good for: a handle (perhaps with more in its high half), an address, or neither."""
    name, kind = entry.result or ("", "")
    if kind == "handle":
        return " .returns_handle = true,"
    if name.startswith("handle_and_"):
        return " .returns_low_handle = true,"
    return " .returns_address = true," if name == "address" else ""


def layouts(contract):
    """The structs that calls take, field by field."""
    names = dict.fromkeys(a.struct.name for c in contract.calls for a in c.args if a.kind == "struct_in")
    structs = [s for s in contract.structs if s.name in names]
    body = ctext.enum("abi_layout_number", "u8", [("ABI_LAYOUT_NONE", 0, "")]
                      + [(f"ABI_LAYOUT_{s.name.upper()}", i, "") for i, s in enumerate(structs, 1)]
                      + [("ABI_LAYOUTS", len(structs) + 1, "")])
    most = max(len(s.fields) for s in structs)
    body += ["struct abi_field {", "\tu8 offset, bytes, means;", "};", "",
             "struct abi_layout {", "\tu32 bytes, field_count;", f"\tstruct abi_field field[{most}];", "};", "",
             "static const struct abi_layout abi_layouts[ABI_LAYOUTS] = {"]
    for s in structs:
        body.append(f"\t[ABI_LAYOUT_{s.name.upper()}] = {{ .bytes = {s.size}, .field_count = {len(s.fields)}, .field = {{")
        for f in s.fields:
            means = RELATIVE.get(meaning(f.name), meaning(f.name))
            width = 8 if f.type == "u64" else 4
            body.append(f"\t\t{{ .offset = {f.offset}, .bytes = {width}, .means = ABI_MEANS_{means.upper()} }}, /* {f.name} */")
        body.append("\t} },")
    return body + ["};", ""]


def call(entry):
    if entry.reserved:
        return [f'\t[{entry.number}] = {{ .name = "", .reserved = true }},']
    lines = [f"\t[SYSCALL_{entry.name.upper()}] = {{",
             f"\t\t.name = {ctext.quoted(entry.name)}, .argument_count = {len(entry.args)},"
             + (" .message = true," if entry.message else "")
             + result(entry)]
    if entry.args:
        lines.append("\t\t.argument = {")
        for arg in entry.args:
            lines += ctext.wrap_call("\t\t\t{ ", argument(arg, entry.message), " },", "\t\t\t")
        lines.append("\t\t},")
    return lines + ["\t},"]


def fuzz_table_h(contract):
    body = ctext.enum("abi_kind", "u8", [(f"ABI_{kind.upper()}", i, "") for i, kind in enumerate(KINDS)])
    body += ctext.comment("What a number stands for.")
    body += ctext.enum("abi_meaning", "u8", [(f"ABI_MEANS_{what.upper()}", i, "") for i, what in enumerate(MEANS)])
    body += layouts(contract)
    body += [
        "struct abi_argument {",
        "\tconst char *name;",
        "\tu8 kind;      /* enum abi_kind */",
        "\tu8 slot;      /* first argument register, 0 to 5; user_in and user_out take two: address, length.",
        "\t                 In a message call: 0 is the low half of register 0, 1 its high half. */",
        "\tu8 object;    /* enum object_type, for ABI_HANDLE and ABI_RAW_HANDLE; 0: any */",
        "\tu8 means;     /* enum abi_meaning */",
        "\tu8 layout;    /* enum abi_layout_number, for ABI_STRUCT_IN */",
        "\tbool optional;",
        "\tu32 rights;   /* the rights it must carry, for ABI_HANDLE and ABI_RAW_HANDLE */",
        "\tu64 max;      /* largest value or length; flags: the defined bits; structs: the size */",
        "};", "",
        "struct abi_call {",
        "\tconst char *name;",
        "\tu32 argument_count;",
        "\tbool message; /* follows the message convention */",
        "\tbool returns_handle;",
        "\tbool returns_low_handle; /* in the low half of the result */",
        "\tbool returns_address;",
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
