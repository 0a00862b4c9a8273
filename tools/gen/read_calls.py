# SPDX-License-Identifier: Apache-2.0
"""Reads and checks syscalls.toml. Needs errors, objects and structs to be read already."""

import model

REGISTERS = 6
# Handed over as range capabilities without an object: the kernel has no downcast for them.
RANGE_TYPES = ("irq", "ioport")
# Keys that each kind of argument allows besides name and type.
KINDS = {
    "handle": ("object", "rights", "optional", "kept"),
    "raw_handle": ("object", "rights"),
    "u64": ("max",),
    "u32": ("max",),
    "flags": ("set",),
    "user_in": ("max",),
    "user_out": ("max",),
    "struct_in": ("struct",),
    "struct_out": ("struct",),
}
RESULTS = ("handle", "u64")
TAKEN = ("dispatch", "finish", "number")  # names of the kernel's own functions beside the handlers


def read_calls(reader, table):
    for key in table.data:
        if key != "call":
            table.problems.unknown(table.name, "table", key, ["call"])
    for number, entry in enumerate(table.entries("call")):
        name, where = reader.name(table, "call", entry)
        table.check_keys(where, entry, ["name", "doc", "args", "result", "errors", "message", "reserved"])
        reserved = table.get(where, entry, "reserved", bool, False)
        if name in TAKEN:
            table.problems.add(where, f"the kernel has a function syscall_{name} of its own; choose another name")
        if not reserved:
            reader.constant(f"SYSCALL_{name.upper()}", where)
        message = table.get(where, entry, "message", bool, False)
        call = model.Call(
            name, number, table.get(where, entry, "doc", str, "" if reserved else None), message,
            read_args(reader, table, where, entry, message), read_result(reader, table, where, entry),
            read_errors(reader, table, where, entry), reserved)
        check_names(reader, where, call)
        reader.contract.calls.append(call)
    reader.tag("syscall_number", table.name)
    reader.constant("SYSCALL_COUNT", table.name)


def check_names(reader, where, call):
    names = [a.name for a in call.args]
    reader.unique(where, "argument", names)
    if call.result:
        names.append(call.result[0])
    for taken in ("self", "frame", "checked", "answer"):
        if taken in names:
            reader.problems.add(where, f'"{taken}" is used by the generated code; choose another name')


def read_result(reader, table, where, entry):
    if "result" not in entry:
        return None
    result = entry["result"]
    at = f"{where}: result"
    if not isinstance(result, dict):
        table.problems.add(at, f"must be written as {{ name, type }}, found {result!r}")
        return None
    table.check_keys(at, result, ["name", "type"])
    reader.identifier(at, result.get("name"))
    if result.get("type") not in RESULTS:
        table.problems.unknown(at, "type", result.get("type"), RESULTS)
    return (str(result.get("name")), str(result.get("type")))


def read_errors(reader, table, where, entry):
    known = [e.name for e in reader.contract.errors if not e.reserved and e.name != "OK"]
    errors = table.strings(where, entry, "errors")
    for name in errors:
        if name not in known:
            table.problems.unknown(where, "error", name, known)
    reader.unique(where, "error", errors)
    return errors


def read_args(reader, table, where, entry, message):
    args, slot = [], 0
    for item in table.get(where, entry, "args", list, []):
        if not isinstance(item, dict):
            table.problems.add(where, f"an argument must be written as {{ name, type, ... }}, found {item!r}")
            continue
        argument = read_arg(reader, table, where, item, slot)
        if argument:
            args.append(argument)
            slot += argument.slots
    if slot > REGISTERS:
        table.problems.add(where, f"its arguments need {slot} registers, there are {REGISTERS}; pass a struct")
    halves = [a.object for a in args]
    if message and (halves not in (["endpoint"], ["reply"], ["endpoint", "reply"]) or any(a.optional for a in args)):
        table.problems.add(where, "a message call takes an endpoint, a reply, or both, in the first register")
    return tuple(args)


def read_arg(reader, table, where, item, slot):
    at = f'{where}: argument "{item.get("name")}"'
    reader.identifier(at, item.get("name"))
    kind = item.get("type")
    if kind not in KINDS:
        table.problems.unknown(at, "type", kind, KINDS)
        return None
    table.check_keys(at, item, ("name", "type") + KINDS[kind])
    maximum = item.get("max")
    limit = 0xFFFFFFFF if kind == "u32" else 0xFFFFFFFFFFFFFFFF
    if maximum is not None and (not isinstance(maximum, int) or isinstance(maximum, bool) or not 0 <= maximum <= limit):
        table.problems.add(at, f"max must be a number from 0 to {limit}, found {maximum!r}")
        maximum = None
    object_name, rights = "", ()
    if kind in ("handle", "raw_handle"):
        object_name, rights = read_target(reader, table, at, item, kind == "raw_handle")
    flags = find(reader, table, at, item, "set", reader.contract.flags) if kind == "flags" else None
    struct = None
    if kind in ("struct_in", "struct_out"):
        struct = find(reader, table, at, item, "struct", reader.contract.structs)
    optional = table.get(at, item, "optional", bool, False)
    kept = table.get(at, item, "kept", bool, False)
    return model.Argument(str(item.get("name")), kind, object_name, rights, optional, kept, maximum, flags, struct, slot)


def find(reader, table, at, item, key, known):
    for entry in known:
        if entry.name == item.get(key):
            return entry
    table.problems.unknown(at, f"{key} (of structs.toml)", item.get(key), [entry.name for entry in known])
    return None


def read_target(reader, table, at, item, raw):
    """The object type and the rights that a handle must have. Of a raw one, which the handler resolves: perhaps any type, then only
    common rights; perhaps no right."""
    types = {t.name: t for t in reader.contract.types if not t.reserved}
    name = item.get("object", "")
    if raw and not name:
        return "", read_rights(reader, table, at, item, "common right", reader.contract.common_rights)
    if name not in types:
        table.problems.unknown(at, "object type", name, types)
        return "", ()
    if not raw and name in RANGE_TYPES and not item.get("kept"):
        table.problems.add(at, f"{name} capabilities name ranges, not objects; have the capability itself kept")
    rights = read_rights(reader, table, at, item, f"right of {name}", reader.contract.rights_of(types[name]))
    if not rights and not raw:
        table.problems.add(at, "names no right; every use of a capability needs one")
    return name, rights


def read_rights(reader, table, at, item, what, rights):
    known = {right.name: right for right in rights}
    found = []
    for right in table.strings(at, item, "rights"):
        if right in known:
            found.append(known[right])
        else:
            table.problems.unknown(at, what, right, known)
    reader.unique(at, "right", [r.name for r in found])
    return tuple(found)
