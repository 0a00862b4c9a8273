# SPDX-License-Identifier: Apache-2.0
"""events.h, event_emit.h, and `metadata`, the CTF description of what lies in the event rings."""

import ctext
from emit_headers import enumeration, live

SOURCES = "abi/events.toml"
PACKET_BYTES = 4096
RECORD_BYTES = 64
CTF_MAGIC = 0xC1FC1FC1
WORDS = 4

# C type, C name, name and type in the metadata, what it means. Both heads are 64 and 32 bytes.
PACKET = [
    ("u32", "magic", "magic", "u32", "EVENT_PACKET_MAGIC; 0: the packet was never written"),
    ("u32", "stream", "stream_id", "u32", "0"),
    ("u64", "begin_ns", "timestamp_begin", "time", "not later than the first record"),
    ("u64", "end_ns", "timestamp_end", "time", "of the last record"),
    ("u64", "content_bits", "content_size", "u64", "head and records that are there; written after a record"),
    ("u64", "packet_bits", "packet_size", "u64", ""),
    ("u64", "discarded", "events_discarded", "u64", "0; a reader that writes packets on counts here what it missed"),
    ("u64", "number", "packet_seq_num", "u64", "from 0; written before a record of the packet is overwritten"),
    ("u32", "cpu", "cpu_id", "u32", ""),
    ("u32", "spare", "_spare", "u32", ""),
]
PACKET_HEADER = 2  # members of the packet's header; the others are its context
RECORD = [
    ("u64", "time_ns", "timestamp", "time", "since the kernel started"),
    ("u16", "id", "id", "u16", "enum event_id"),
    ("u16", "cpu", "_cpu", "u16", ""),
    ("u32", "thread", "_thread", "u32", "whose event it is; 0: nobody's"),
    ("u64", "trace", "_trace", "x64", "low half of the trace id of the activity it ran on"),
    ("u64", "span", "_span", "x64", "what it worked on; `serve' tells whose part that is"),
]
RECORD_HEADER = 2  # readers interpret a header and drop what they do not know in it: the rest is context


def members(layout):
    return [f"\t{type_} {name};" + (f" /* {note} */" if note else "") for type_, name, _, _, note in layout]


def events_h(contract):
    events = live(contract.events)
    classes = [(f"EVENT_CLASS_{name.upper()}", f"1u << {i}", "") for i, name in enumerate(contract.classes)]
    classes.append(("EVENT_CLASSES_ALL", hex((1 << len(contract.classes)) - 1), ""))
    body = ctext.enum("", "u32", classes, "Classes: bits of the mask that trace_control sets.")
    ids = [("EVENT_NONE", 0, "")]
    for event in events:
        ids.append((f"EVENT_{event.name.upper()}", event.number, ", ".join(event.words)))
    ids.append(("EVENT_COUNT", len(contract.events) + 1, ""))
    body += ctext.enum("event_id", "u16", ids, "Events; beside each the meaning of its fields.")
    records = PACKET_BYTES // RECORD_BYTES - 1
    sizes = [("EVENT_FIELDS", WORDS, ""), ("EVENT_RECORD_BYTES", RECORD_BYTES, ""),
             ("EVENT_PACKET_BYTES", PACKET_BYTES, ""), ("EVENT_PACKET_HEAD_BYTES", RECORD_BYTES, ""),
             ("EVENT_PACKET_RECORDS", records, ""), ("EVENT_PACKET_MAGIC", hex(CTF_MAGIC), "")]
    body += ctext.enum("", "u32", sizes)
    body += ["struct STABLE event_record {"] + members(RECORD)
    body += ["\tu64 field[EVENT_FIELDS]; /* what the event does not use is 0 */", "};",
             'static_assert(sizeof(struct event_record) == EVENT_RECORD_BYTES, "the layout is part of the contract");', ""]
    body += ctext.comment("A ring is an array of packets; packet n is at n modulo their number.")
    body += ["struct STABLE event_packet {"] + members(PACKET)
    body += ["\tstruct event_record record[EVENT_PACKET_RECORDS];", "};",
             'static_assert(sizeof(struct event_packet) == EVENT_PACKET_BYTES, "the layout is part of the contract");', ""]
    for entry in contract.event_enums:
        body += enumeration(entry)
    return ctext.header("events.h", "Trace events: classes, numbers, records and packets.", SOURCES,
                        ["lib/base/safe.h"], body[:-1])


def encoder(event):
    values = event.words + ["0"] * (WORDS - len(event.words))
    params = ["struct thread *by"] * event.by + [f"u64 {name}" for name in event.words]
    name = "trace_emit_by" if event.by else "trace_emit" if event.filtered else "trace_emit_always"
    lines = ctext.comment(event.text)
    lines += ctext.wrap_call(f"static FORCE_INLINE void event_{event.name}(", params or ["void"], ")", "")
    lines += ["{", f"\tif (trace_on(EVENT_CLASS_{event.event_class.upper()}))"]
    arguments = ["by"] * event.by + [f"EVENT_{event.name.upper()}"] + values
    return lines + ctext.wrap_call(f"\t\t{name}(", arguments, ");") + ["}", ""]


def event_emit_h(contract):
    body = []
    for event in live(contract.events):
        body += encoder(event)
    return ctext.header("event_emit.h", "Encoders of the trace events, for the kernel. One that is switched off costs "
                        "a load and a branch, and in a build without tracing nothing.", SOURCES,
                        ["abi/events.h", "kernel/core/trace/trace.h"], body[:-1])


# ---- CTF. SPEC: Common Trace Format 1.8.3, TSDL. ----
# Field names get a leading underscore, which readers take off again: a few are TSDL keywords.


def ctf_enum(name, pairs):
    values = ", ".join(f'"{label}" = {number}' for label, number in pairs)
    return f"typealias enum : u64 {{ {values} }} := e_{name};"


def ctf_struct(head, layout, indent="\t"):
    return [f"{indent}{head} := struct {{"] + [f"{indent}\t{type_} {name};" for _, _, name, type_, _ in layout] + [f"{indent}}};"]


def ctf_metadata(contract):
    lines = ["/* CTF 1.8 */", "", "/* SPDX-License-Identifier: Apache-2.0",
             " * Describes the event rings. Made by tools/gen from abi/events.toml. */", ""]
    for bits in (16, 32, 64):
        lines.append(f"typealias integer {{ size = {bits}; align = 8; signed = false; byte_order = native; }} := u{bits};")
    lines.append("typealias integer { size = 64; align = 8; signed = false; byte_order = native; base = 16; } := x64;")
    lines.append("typealias integer { size = 8; align = 8; signed = false; encoding = UTF8; } := c8;")
    lines += ["", "trace {", "\tmajor = 1;", "\tminor = 8;", "\tbyte_order = le;"]
    lines += ctf_struct("packet.header", PACKET[:PACKET_HEADER])
    lines += ["};", "", "clock {",
              "\tname = monotonic;", '\tdescription = "nanoseconds since the kernel started";',
              "\tfreq = 1000000000;", "};", "",
              "typealias integer { size = 64; align = 8; signed = false; byte_order = native; "
              "map = clock.monotonic.value; } := time;", ""]
    used = {event.style_of(i) for event in live(contract.events) for i in range(len(event.fields))}
    for name, pairs in style_values(contract):
        if name in used:
            lines.append(ctf_enum(name, pairs))
    lines += ["", "stream {", "\tid = 0;"] + ctf_struct("packet.context", PACKET[PACKET_HEADER:])
    lines += ctf_struct("event.header", RECORD[:RECORD_HEADER])
    lines += ctf_struct("event.context", RECORD[RECORD_HEADER:]) + ["};", ""]
    for event in contract.events:
        lines += ctf_event(event)
    return "\n".join(lines) + "\n"


def ctf_event(event):
    lines = ["event {", f'\tname = "{event.name}";', f"\tid = {event.number};", "\tstream_id = 0;", "\tfields := struct {"]
    for index, (field, size) in enumerate(zip(event.fields, event.sizes)):
        style = event.style_of(index)
        type_ = {"decimal": "u64", "hex": "x64", "chars": "c8"}.get(style, f"e_{style}")
        lines.append(f"\t\t{type_} _{field}" + (f"[{size * 8}]" if size > 1 else "") + ";")
    lines += [f"\t\tu64 _unused{i};" for i in range(len(event.words), WORDS)]
    return lines + ["\t};", "};"]


def style_values(contract):
    """For each style that is a set of names: (style, [(label, number)])."""
    found = [("syscall", [(c.name, c.number) for c in live(contract.calls)]),
             ("error", [(e.name, e.number) for e in live(contract.errors)]),
             ("object", [(t.name, t.number) for t in live(contract.types)])]
    return found + [(e.name, list(zip(e.values, range(len(e.values))))) for e in contract.all_enums()]


def emit(contract):
    return {
        "events.h": events_h(contract),
        "event_emit.h": event_emit_h(contract),
        "metadata": ctf_metadata(contract),
    }
