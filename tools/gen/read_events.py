# SPDX-License-Identifier: Apache-2.0
"""Reads and checks events.toml and ninep.toml."""

import re

import model
import tables

WORDS_IN_RECORD = 4
SIZES = {"u64": 1, "chars16": 2, "chars24": 3, "chars32": 4}  # in words
WORDS_MAX = 8  # answers and requests of the service protocol travel in registers only
CAPS_MAX = 4


def read_events(reader, table):
    tables.top_keys(table, ["classes", "event", "enum"])
    contract = reader.contract
    contract.event_enums = [tables.read_enum(reader, table, entry) for entry in table.entries("enum")]
    contract.classes = list(table.strings(f"{table.name}: classes", table.data, "classes"))
    if not 1 <= len(contract.classes) <= 32:
        table.problems.add(f"{table.name}: classes", f"between 1 and 32 are possible, found {len(contract.classes)}")
    for name in contract.classes:
        reader.identifier(f"{table.name}: classes", name)
        reader.constant(f"EVENT_CLASS_{name.upper()}", f"{table.name}: classes")
    for number, entry in enumerate(table.entries("event"), 1):
        contract.events.append(read_event(reader, table, number, entry))
    if len(contract.events) > 65534:
        table.problems.add(table.name, "event ids are 16 bits")
    reader.tag("event_id", table.name)
    for constant in ("EVENT_NONE", "EVENT_COUNT", "EVENT_CLASSES_ALL"):
        reader.constant(constant, table.name)


def read_event(reader, table, number, entry):
    name, where = reader.name(table, "event", entry)
    table.check_keys(where, entry, ["name", "class", "fields", "text", "by", "filtered", "reserved"])
    reserved = table.get(where, entry, "reserved", bool, False)
    if reserved:
        return model.Event(name, number, "", (), (), "", (), False, True, True)
    reader.constant(f"EVENT_{name.upper()}", where)
    if entry.get("class") not in reader.contract.classes:
        table.problems.unknown(where, "class", entry.get("class"), reader.contract.classes)
    fields, sizes = [], []
    for item in table.strings(where, entry, "fields"):
        field, _, type_ = item.partition(":")
        reader.identifier(f"{where}: field", field)
        if type_ not in SIZES:
            table.problems.add(where, f'field "{item}" must be written NAME:u64, or NAME:chars24 for text')
        fields.append(field)
        sizes.append(SIZES.get(type_, 1))
    if sum(sizes) > WORDS_IN_RECORD:
        table.problems.add(where, f"has {sum(sizes)} words of fields; a record holds {WORDS_IN_RECORD}")
    reader.unique(where, "field", fields)
    text = table.get(where, entry, "text", str)
    pieces = read_text(reader, table, where, text, fields, sizes)
    by = table.get(where, entry, "by", bool, False)
    filtered = table.get(where, entry, "filtered", bool, True)
    if by and not filtered:
        table.problems.add(where, "is recorded for every group, so nobody need be told whose event it is")
    return model.Event(name, number, str(entry.get("class")), tuple(fields), tuple(sizes), text, pieces, by, filtered, False)


def read_text(reader, table, where, text, fields, sizes):
    """Cuts the text into literal pieces and fields: {name}, {name:x}, {name:chars} or {name:enum}."""
    styles = {"": "decimal", "x": "hex"}
    styles |= {style: style for style in reader.contract.styles() if style not in ("decimal", "hex")}
    pieces = []
    for part in re.split(r"(\{[^{}]*\})", text):
        if not part:
            continue
        if not part.startswith("{"):
            if "{" in part or "}" in part:
                table.problems.add(where, f'the text has an unmatched brace near "{part}"')
            pieces.append(model.Piece(part, -1, "text"))
            continue
        name, _, style = part[1:-1].partition(":")
        if name not in fields:
            table.problems.unknown(where, f"field in the placeholder {part}: the event has no", name, fields)
            continue
        if style not in styles:
            table.problems.unknown(where, f"style in the placeholder {part}:", style, [s for s in styles if s])
            continue
        at = fields.index(name)
        if (sizes[at] > 1) != (style == "chars"):
            table.problems.add(where, f"the placeholder {part}: chars is the style of text, and of nothing else")
        pieces.append(model.Piece("", sum(sizes[:at]), styles[style]))
    return tuple(pieces)


def read_ninep(reader, table):
    tables.top_keys(table, ["op", "flags", "enum", "struct"])
    contract = reader.contract
    contract.ninep_flags = [tables.read_flags(reader, table, entry) for entry in table.entries("flags")]
    contract.ninep_enums = [tables.read_enum(reader, table, entry) for entry in table.entries("enum")]
    contract.ninep_structs = [tables.read_struct(reader, table, entry) for entry in table.entries("struct")]
    for number, entry in enumerate(table.entries("op"), 1):
        contract.ops.append(read_op(reader, table, number, entry))
    reader.tag("ninep_op", table.name)
    for constant in ("NINEP_NONE", "NINEP_COUNT"):
        reader.constant(constant, table.name)


def read_op(reader, table, number, entry):
    name, where = reader.name(table, "op", entry)
    keys = ["name", "doc", "in", "out", "request", "reply", "caps", "idempotent", "reserved"]
    table.check_keys(where, entry, keys)
    reserved = table.get(where, entry, "reserved", bool, False)
    if not reserved:
        reader.constant(f"NINEP_{name.upper()}", where)
    words = {}
    for side in ("request", "reply"):
        words[side] = table.strings(where, entry, side)
        reader.unique(f"{where}: {side}", "word", words[side])
        if len(words[side]) > WORDS_MAX:
            table.problems.add(where, f"{side} has {len(words[side])} words; {WORDS_MAX} travel in registers")
        for index, word in enumerate(words[side]):
            reader.identifier(f"{where}: {side}", word)
            if not reserved:
                reader.constant(f"NINEP_{name.upper()}_{side.upper()}_{word.upper()}", where)
    caps = table.get(where, entry, "caps", int, 0)
    if not 0 <= caps <= CAPS_MAX:
        table.problems.add(where, f"an answer carries 0 to {CAPS_MAX} capabilities, found {caps}")
    doc = table.get(where, entry, "doc", str, "" if reserved else None)
    idempotent = table.get(where, entry, "idempotent", bool, False if reserved else None)
    return model.Op(name, number, doc, entry.get("in", ""), entry.get("out", ""), words["request"], words["reply"],
                    caps, idempotent, reserved)
