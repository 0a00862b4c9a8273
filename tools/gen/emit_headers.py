# SPDX-License-Identifier: Apache-2.0
"""errors.h, objects.h, structs.h, syscalls.h and ninep.h: numbers and layouts."""

import ctext

BASE = ["lib/base/safe.h"]


def live(entries):
    return [entry for entry in entries if not entry.reserved]


def errors_h(contract):
    members = [(f"STATUS_{e.name}", e.number, e.text) for e in live(contract.errors)]
    members.append(("STATUS_COUNT", len(contract.errors), ""))
    body = ctext.enum("status", "u32", members)
    return ctext.header("errors.h", "Status codes of system calls and of the service protocol.",
                        "abi/errors.toml", BASE, body[:-1])


def objects_h(contract):
    types = live(contract.types)
    members = [("OBJECT_NONE", 0, "")] + [(f"OBJECT_{t.name.upper()}", t.number, t.doc) for t in types]
    body = ctext.enum("object_type", "u8", members + [("OBJECT_COUNT", len(contract.types) + 1, "")])
    rights = [(r.constant, f"1u << {r.bit}", r.doc) for r in contract.common_rights]
    rights.append(("RIGHTS_COMMON", hex((1 << len(contract.common_rights)) - 1), ""))
    for type_ in types:
        rights += [(r.constant, f"1u << {r.bit}", r.doc) for r in type_.rights]
        rights.append((f"{type_.name.upper()}_RIGHTS_ALL", hex(all_rights(contract, type_)), ""))
    body += ctext.enum("", "u32", rights, "Rights. The common ones mean the same for every type.")
    body += ctext.comment("Every right that a capability to an object of the type can carry; 0 for no type.")
    body += ["static inline u32 object_rights_all(u32 type)", "{", "\tswitch (type) {"]
    for type_ in types:
        body += [f"\tcase OBJECT_{type_.name.upper()}:", f"\t\treturn {type_.name.upper()}_RIGHTS_ALL;"]
    body += ["\tdefault:", "\t\treturn 0;", "\t}", "}"]
    return ctext.header("objects.h", "Object types and their rights.", "abi/objects.toml", BASE, body)


def all_rights(contract, type_):
    return sum(1 << right.bit for right in contract.rights_of(type_))


def struct(entry):
    lines = ctext.comment(entry.doc) if entry.doc else []
    lines.append(f"struct {entry.name} {{")
    for field in entry.fields:
        array = f"[{field.count}]" if field.count else ""
        lines.append(f"\t{field.type} {field.name}{array};" + (f" /* {field.doc} */" if field.doc else ""))
    lines.append("};")
    lines.append(f'static_assert(sizeof(struct {entry.name}) == {entry.size}, "the layout is part of the contract");')
    return lines + [""]


def flags(entry):
    members = [(f"{entry.prefix}_{bit}", f"1u << {index}", doc)
               for index, (bit, doc) in enumerate(zip(entry.bits, entry.docs))]
    return ctext.enum("", "u32", members + [(entry.all, hex((1 << len(entry.bits)) - 1), "")])


def enumeration(entry):
    members = [(f"{entry.prefix}_{value}", index, "") for index, value in enumerate(entry.values)]
    return ctext.enum(entry.name, "u32", members + [(f"{entry.prefix}_COUNT", len(entry.values), "")], entry.doc)


def bitfield(entry):
    name = entry.name
    lines = ctext.comment(entry.doc) if entry.doc else []
    for field in entry.fields:
        note = f": {field.doc}" if field.doc else ""
        lines += ctext.comment(f"{field.name}, bits {field.low} to {field.low + field.bits - 1}{note}")
    defined = sum(field.mask << field.low for field in entry.fields)
    lines += [f"enum : u64 {{ {name.upper()}_DEFINED = {defined:#x}ull }}; /* the bits that have a meaning */", ""]
    parameters = [f"u64 {field.name}" for field in entry.fields]
    lines += ctext.wrap_call(f"static FORCE_INLINE u64 {name}_make(", parameters, ")", "")
    terms = [f"(({field.name} & {field.mask:#x}ull) << {field.low})" for field in entry.fields]
    lines += ["{", "\treturn " + " |\n\t       ".join(terms) + ";", "}", ""]
    for field in entry.fields:
        lines += [f"static FORCE_INLINE u64 {name}_{field.name}(u64 info)", "{",
                  f"\treturn (info >> {field.low}) & {field.mask:#x}ull;", "}", ""]
        lines += [f"static FORCE_INLINE u64 {name}_set_{field.name}(u64 info, u64 value)", "{",
                  f"\treturn (info & ~({field.mask:#x}ull << {field.low})) | ((value & {field.mask:#x}ull) << {field.low});",
                  "}", ""]
    return lines


def handles(entry):
    prefix = entry.name.upper()
    members = [(f"{prefix}_{value.upper()}", index, "") for index, value in enumerate(entry.values)]
    return ctext.enum(entry.name, "u32", members + [(f"{prefix}_COUNT", len(entry.values), "")], entry.doc)


def structs_h(contract):
    body = []
    for emit, entries in ((struct, contract.structs), (flags, contract.flags), (enumeration, contract.enums),
                          (bitfield, contract.bitfields), (handles, contract.handles)):
        for entry in entries:
            body += emit(entry)
    return ctext.header("structs.h", "Memory layouts, flags and bit fields that the kernel and user space share.",
                        "abi/structs.toml", BASE, body[:-1])


def syscalls_h(contract):
    members = [(f"SYSCALL_{c.name.upper()}", c.number, "") for c in live(contract.calls)]
    body = ctext.enum("syscall_number", "u32", members + [("SYSCALL_COUNT", len(contract.calls), "")])
    return ctext.header("syscalls.h", "System call numbers.", "abi/syscalls.toml", BASE, body[:-1])


def words(op, side, names):
    """Indices of the message words of one operation."""
    prefix = f"NINEP_{op.name.upper()}_{side}_"
    return [(prefix + name.upper(), index, "") for index, name in enumerate(names)]


def ninep_h(contract):
    ops = live(contract.ops)
    members = [("NINEP_NONE", 0, "")] + [(f"NINEP_{op.name.upper()}", op.number, "") for op in ops]
    body = ctext.enum("ninep_op", "u32", members + [("NINEP_COUNT", len(contract.ops) + 1, "")],
                      "The operation is the label of the message; the label of the answer is an enum status.")
    for op in ops:
        both = words(op, "REQUEST", op.request) + words(op, "REPLY", op.reply)
        if both:
            body += ctext.enum("", "u32", both, f"Message words of {op.name}.")
    for emit, entries in ((flags, contract.ninep_flags), (enumeration, contract.ninep_enums),
                          (struct, contract.ninep_structs)):
        for entry in entries:
            body += emit(entry)
    body += ctext.comment("True if a client may repeat the operation after the service restarted.")
    body += ["static inline bool ninep_op_idempotent(u32 op)", "{", "\tswitch (op) {"]
    body += [f"\tcase NINEP_{op.name.upper()}:" for op in ops if op.idempotent]
    body += ["\t\treturn true;", "\tdefault:", "\t\treturn false;", "\t}", "}"]
    return ctext.header("ninep.h", "The service protocol: 9P's operations as messages.", "abi/ninep.toml", BASE, body)


def emit(contract):
    return {
        "errors.h": errors_h(contract),
        "objects.h": objects_h(contract),
        "structs.h": structs_h(contract),
        "syscalls.h": syscalls_h(contract),
        "ninep.h": ninep_h(contract),
    }
