# SPDX-License-Identifier: Apache-2.0
"""events.h, event_emit.h, and the CTF description of the record (ctf_metadata.h and metadata)."""

import ctext
from emit_headers import enumeration, live

SOURCES = "abi/events.toml"
RECORD = [
    ("u64", "time_ns", "since the kernel started"),
    ("u16", "id", "enum event_id; EVENT_NONE: the slot was never written"),
    ("u16", "cpu", ""),
    ("u32", "thread", "id of the running thread, 0 for none"),
    ("u64", "trace", "low half of the running activity's trace id"),
    ("u64", "span", "the running activity's span"),
]
FIELDS = 4


def events_h(contract):
    events = live(contract.events)
    classes = [(f"EVENT_CLASS_{name.upper()}", f"1u << {i}", "") for i, name in enumerate(contract.classes)]
    classes.append(("EVENT_CLASSES_ALL", hex((1 << len(contract.classes)) - 1), ""))
    body = ctext.enum("", "u32", classes, "Classes: bits of the mask that trace_control sets.")
    members = [("EVENT_NONE", 0, "")]
    for event in events:
        fields = ", ".join(event.fields)
        members.append((f"EVENT_{event.name.upper()}", event.number, fields))
    members.append(("EVENT_COUNT", len(contract.events) + 1, ""))
    body += ctext.enum("event_id", "u16", members, "Events; beside each the meaning of its fields.")
    body += ["enum : u32 { EVENT_FIELDS = %d };" % FIELDS, "", "struct event_record {"]
    body += [f"\t{type_} {name};" + (f" /* {note} */" if note else "") for type_, name, note in RECORD]
    body += ["\tu64 field[EVENT_FIELDS]; /* what the event does not use is 0 */", "};",
             'static_assert(sizeof(struct event_record) == 64, "the layout is part of the contract");', ""]
    for entry in contract.event_enums:
        body += enumeration(entry)
    return ctext.header("events.h", "Trace events: classes, numbers and the record.", SOURCES,
                        ["lib/base/safe.h"], body[:-1])


def event_emit_h(contract):
    body = []
    for event in live(contract.events):
        values = list(event.fields) + ["0"] * (FIELDS - len(event.fields))
        params = [f"u64 {name}" for name in event.fields] or ["void"]
        body += ctext.comment(event.text)
        body += ctext.wrap_call(f"static FORCE_INLINE void event_{event.name}(", params, ")", "")
        body += ["{", f"\tif (trace_on(EVENT_CLASS_{event.event_class.upper()}))"]
        body += ctext.wrap_call("\t\ttrace_emit(", [f"EVENT_{event.name.upper()}"] + values, ");") + ["}", ""]
    return ctext.header("event_emit.h", "Encoders of the trace events, for the kernel. One that is switched off costs "
                        "a load and a branch.", SOURCES, ["abi/events.h", "kernel/core/trace/trace.h"], body[:-1])


# ---- CTF. SPEC: Common Trace Format 1.8.3, TSDL. ----
# Field names get a leading underscore, which readers take off again: a few are TSDL keywords.
# A CPU's records, oldest first, are one stream of one packet: no packet header is needed.


def ctf_enum(name, pairs):
    values = ", ".join(f'"{label}" = {number}' for label, number in pairs)
    return f"typealias enum : u64 {{ {values} }} := e_{name};"


def ctf_metadata(contract):
    lines = ["/* CTF 1.8 */", "", "/* SPDX-License-Identifier: Apache-2.0",
             " * Describes struct event_record. Made by tools/gen from abi/events.toml. */", ""]
    for bits in (16, 32, 64):
        lines.append(f"typealias integer {{ size = {bits}; align = 8; signed = false; byte_order = le; }} := u{bits};")
    lines.append("typealias integer { size = 64; align = 8; signed = false; byte_order = le; base = 16; } := x64;")
    lines += ["", "trace {", "\tmajor = 1;", "\tminor = 8;", "\tbyte_order = le;", "};", "", "clock {",
              "\tname = monotonic;", '\tdescription = "nanoseconds since the kernel started";',
              "\tfreq = 1000000000;", "};", "",
              "typealias integer { size = 64; align = 8; signed = false; byte_order = le; "
              "map = clock.monotonic.value; } := time;", ""]
    used = {event.style_of(i) for event in live(contract.events) for i in range(len(event.fields))}
    for name, pairs in style_values(contract):
        if name in used:
            lines.append(ctf_enum(name, pairs))
    # Readers interpret a header and drop what they do not know in it, so the rest is context.
    lines += ["", "stream {", "\tevent.header := struct {", "\t\ttime timestamp;", "\t\tu16 id;", "\t};",
              "\tevent.context := struct {"]
    for type_, name, _ in RECORD[2:]:
        lines.append(f"\t\t{'x64' if type_ == 'u64' else type_} _{name};")
    lines += ["\t};", "};", ""]
    lines += ctf_event("none", 0, [])
    for event in contract.events:
        styles = [event.style_of(i) for i in range(len(event.fields))]
        lines += ctf_event(event.name, event.number, list(zip(event.fields, styles)))
    return "\n".join(lines)


def ctf_event(name, number, fields):
    lines = ["event {", f'\tname = "{name}";', f"\tid = {number};", "\tfields := struct {"]
    for field, style in fields:
        type_ = {"decimal": "u64", "hex": "x64"}.get(style, f"e_{style}")
        lines.append(f"\t\t{type_} _{field};")
    lines += [f"\t\tu64 _unused{i};" for i in range(len(fields), FIELDS)]
    return lines + ["\t};", "};"]


def style_values(contract):
    """For each style that is a set of names: (style, [(label, number)])."""
    found = [("syscall", [(c.name, c.number) for c in live(contract.calls)]),
             ("error", [(e.name, e.number) for e in live(contract.errors)]),
             ("object", [(t.name, t.number) for t in live(contract.types)])]
    return found + [(e.name, list(zip(e.values, range(len(e.values))))) for e in contract.all_enums()]


def ctf_metadata_h(contract):
    text = ctf_metadata(contract)
    body = [f"enum : u32 {{ CTF_METADATA_BYTES = {len(text.encode())} }}; /* without the zero at the end */", "",
            "static const char ctf_metadata[CTF_METADATA_BYTES + 1] ="]
    lines = text.split("\n")
    body += [f"\t{ctext.quoted(line + chr(10))}" for line in lines[:-1]]
    body[-1] += ";" if not lines[-1] else ""
    if lines[-1]:
        body.append(f"\t{ctext.quoted(lines[-1])};")
    purpose = "The CTF metadata that makes the event rings a trace which babeltrace2 and others open."
    return ctext.header("ctf_metadata.h", purpose, SOURCES, ["lib/base/safe.h"], body)


def emit(contract):
    return {
        "events.h": events_h(contract),
        "event_emit.h": event_emit_h(contract),
        "ctf_metadata.h": ctf_metadata_h(contract),
        "metadata": ctf_metadata(contract),
    }
