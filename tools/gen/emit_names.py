# SPDX-License-Identifier: Apache-2.0
"""names.h and names.c: names and texts of every number, and the pieces of event texts."""

import ctext
from emit_headers import live

SOURCES = "every table of abi/"


def simple_tables(contract):
    """(function, table size, [(number, text)], comment): one lookup function each."""
    events = live(contract.events)
    found = [
        ("status_name", len(contract.errors), [(e.number, e.name) for e in live(contract.errors)], "as in OUT_OF_CAPS"),
        ("status_text", len(contract.errors), [(e.number, e.text) for e in live(contract.errors)],
         "a sentence for a person"),
        ("object_type_name", len(contract.types) + 1, [(0, "none")] + [(t.number, t.name) for t in live(contract.types)],
         ""),
        ("syscall_name", len(contract.calls), [(c.number, c.name) for c in live(contract.calls)], ""),
        ("ninep_op_name", len(contract.ops) + 1, [(o.number, o.name) for o in live(contract.ops)], ""),
        ("event_name", len(contract.events) + 1, [(0, "none")] + [(e.number, e.name) for e in events], ""),
        ("event_format", len(contract.events) + 1, [(e.number, e.text) for e in events],
         "the text with {field} or {field:style}; to print a record, use event_piece"),
        ("event_class_name", len(contract.classes), list(enumerate(contract.classes)), "of the class with that bit"),
    ]
    for flags in contract.flags + contract.ninep_flags:
        found.append((f"{flags.name.removesuffix('s')}_name", len(flags.bits), list(enumerate(flags.bits)),
                      "of the flag with that bit"))
    for enum in contract.all_enums():
        found.append((f"{enum.name}_name", len(enum.values), list(enumerate(enum.values)), ""))
    for handles in contract.handles:
        found.append((f"{handles.name}_name", len(handles.values), list(enumerate(handles.values)), ""))
    return found


def lookup(function, size, pairs):
    lines = [f"static const char *const {function}s[{size}] = {{"]
    lines += [f"\t[{number}] = {ctext.quoted(text)}," for number, text in pairs]
    lines += ["};", "", f"const char *{function}(u32 number)", "{"]
    if len(pairs) == size:
        lines.append(f"\treturn number < {size} ? {function}s[number] : unknown;")
    else:
        lines += [f"\tif (number >= {size} || {function}s[number] == nullptr)", "\t\treturn unknown;",
                  f"\treturn {function}s[number];"]
    return lines + ["}", ""]


def right_name(contract):
    types = live(contract.types)
    own = max((r.bit for t in types for r in t.rights), default=3) - 3
    lines = ["static const char *const common_rights[4] = {"]
    lines += [f"\t[{r.bit}] = {ctext.quoted(r.name)}," for r in contract.common_rights]
    lines += ["};", "", f"static const struct {{ const char *name[{own}]; }} own_rights[OBJECT_COUNT] = {{"]
    for type_ in types:
        names = ", ".join(ctext.quoted(r.name) for r in type_.rights)
        lines.append(f"\t[OBJECT_{type_.name.upper()}] = {{ {{ {names} }} }},")
    return lines + [
        "};", "", "const char *right_name(u32 type, u32 bit)", "{", "\tif (bit < 4)", "\t\treturn common_rights[bit];",
        f"\tif (type >= OBJECT_COUNT || bit - 4 >= {own} || own_rights[type].name[bit - 4] == nullptr)",
        "\t\treturn unknown;", "\treturn own_rights[type].name[bit - 4];", "}", ""]


def numbers(function, size, pairs):
    lines = [f"static const u32 {function}_values[{size}] = {{"]
    lines += [f"\t[{number}] = {value}," for number, value in pairs]
    return lines + ["};", "", f"u32 {function}(u32 id)", "{",
                    f"\treturn id < {size} ? {function}_values[id] : 0;", "}", ""]


def event_tables(contract):
    events, size = live(contract.events), len(contract.events) + 1
    lines = numbers("event_class", size, [(e.number, f"EVENT_CLASS_{e.event_class.upper()}") for e in events])
    lines += numbers("event_field_count", size, [(e.number, len(e.words)) for e in events])
    lines += [f"static const struct {{ const char *name[EVENT_FIELDS]; }} event_fields[{size}] = {{"]
    for event in events:
        if event.fields:
            lines.append(f"\t[{event.number}] = {{ {{ {', '.join(ctext.quoted(w) for w in event.words)} }} }},")
    lines += ["};", "", "const char *event_field_name(u32 id, u32 index)", "{",
              f"\tif (id >= {size} || index >= EVENT_FIELDS || event_fields[id].name[index] == nullptr)",
              "\t\treturn unknown;", "\treturn event_fields[id].name[index];", "}", ""]
    most = max((len(e.pieces) for e in events), default=1)
    lines += numbers("event_piece_count", size, [(e.number, len(e.pieces)) for e in events])
    lines += [f"static const struct {{ struct event_piece piece[{most}]; }} texts[{size}] = {{"]
    for event in events:
        lines.append(f"\t[{event.number}] = {{ {{")
        for piece in event.pieces:
            text = ctext.quoted(piece.text) if piece.field < 0 else '""'
            lines.append(f"\t\t{{ {text}, {max(piece.field, 0)}, EVENT_STYLE_{piece.style.upper()} }},")
        lines.append("\t} },")
    return lines + ["};", "", "struct event_piece event_piece(u32 id, u32 index)", "{",
                    f"\tif (id >= {size} || index >= {most} || texts[id].piece[index].text == nullptr)",
                    '\t\treturn (struct event_piece){ "", 0, EVENT_STYLE_TEXT };',
                    "\treturn texts[id].piece[index];", "}", ""]


def style_name(contract):
    functions = {"syscall": "syscall_name", "error": "status_name", "object": "object_type_name"}
    lines = ["const char *event_style_name(u32 style, u64 value)", "{",
             "\tu32 number = value > U32_MAX ? U32_MAX : (u32)value;", "", "\tswitch (style) {"]
    for style in contract.styles()[3:]:
        lines += [f"\tcase EVENT_STYLE_{style.upper()}:", f"\t\treturn {functions.get(style, style + '_name')}(number);"]
    return lines + ["\tdefault:", "\t\treturn nullptr;", "\t}", "}"]


def names_h(contract):
    body = ctext.comment('Each of these takes any number; for one that is not in use the answer is "?". The answers '
                         "are static.")
    for function, _, _, note in simple_tables(contract):
        body.append(f"const char *{function}(u32 number);" + (f" /* {note} */" if note else ""))
    body += ["const char *right_name(u32 type, u32 bit); /* type: enum object_type; bit 0 to 31 */", ""]
    styles = [("EVENT_STYLE_TEXT", 0, "literal text")]
    styles += [(f"EVENT_STYLE_{s.upper()}", i, "") for i, s in enumerate(contract.styles(), 1)]
    body += ctext.enum("event_style", "u32", styles, "How a piece of an event's text is printed.")
    body += ctext.comment("A part of an event's text. With EVENT_STYLE_TEXT it is `text`; else it is the record's "
                          "field with that index: a decimal or hexadecimal number, with EVENT_STYLE_CHARS the text "
                          "that fills it and all fields after it, or the name that event_style_name gives.")
    body += ["struct event_piece {", "\tconst char *text;", "\tu32 field;", "\tu32 style;", "};", "",
             "u32 event_piece_count(u32 id);", "struct event_piece event_piece(u32 id, u32 index);",
             "const char *event_style_name(u32 style, u64 value); /* null for text and numbers */",
             "u32 event_class(u32 id); /* EVENT_CLASS_..., 0 for no event */", "u32 event_field_count(u32 id);",
             "const char *event_field_name(u32 id, u32 index);"]
    purpose = "Names and texts of the contract's numbers, for user space, host tools and the kernel's reports."
    return ctext.header("names.h", purpose, SOURCES, ["abi/events.h", "lib/base/safe.h"], body)


def names_c(contract):
    body = ['static const char *const unknown = "?";', ""]
    for function, size, pairs, _ in simple_tables(contract):
        body += lookup(function, size, pairs)
    body += right_name(contract) + event_tables(contract) + style_name(contract)
    return ctext.source("Tables of names and texts.", SOURCES, ["abi/names.h", "abi/objects.h"], body)


def emit(contract):
    return {"names.h": names_h(contract), "names.c": names_c(contract)}
