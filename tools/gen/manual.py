# SPDX-License-Identifier: Apache-2.0
"""docs/reference.md: the contract for a person who writes programs against it."""

import emit_user
from emit_headers import all_rights, live
from model import Call

HEAD = """\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Reference

The contract between the Ferrous kernel, its services and their programs: system calls, objects and
rights, structs, errors, events, and the service protocol. Made by `tools/gen` from the tables in
`abi/`; change those, not this page.
"""

CONVENTIONS = """\
## Conventions

**Handles** are 32 bits, valid in one process only; 0 names nothing. A handle names a *capability*: an
object, a set of rights, and for some types a badge or a range. A handle that was given up is an error
from then on; it never comes to name something else.

**Registers.** The call's number and six arguments go in; a status and one value come back.

| | x86_64 |
|---|---|
| number, then status | `rax` |
| argument 0, then value | `rdi` |
| arguments 1 to 5 | `rsi` `rdx` `r10` `r8` `r9` |
| lost | `rcx` `r11` |

**Checks** are made in this order, and nothing has changed when one fails:

1. the number of the call (`UNKNOWN_CALL`);
2. numbers, flags and lengths, in the order of the arguments: a 32-bit argument above 2^32-1 and an
   undefined flag are `INVALID`, a number above its bound is `RANGE`, a buffer above its bound is `TOO_LONG`;
3. handles, in the order of the arguments: `BAD_HANDLE` (also if one of the upper 32 bits of the register is
   set), `REVOKED`, `WRONG_TYPE`, `DENIED`;
4. structs that the kernel reads: `BAD_ADDRESS`;
5. what the call itself checks.

A struct that the kernel writes is written last, and only if the call succeeds. If that fails the call
returns `BAD_ADDRESS`; only calls that change nothing write structs.

**Common errors.** Beside the errors listed with it, every call can return those of the checks that apply
to its arguments, and calls with user memory `BAD_ADDRESS`, or `OUT_OF_FRAMES` when a page of it is touched for the
first time.

**Deadlines** are absolute times in nanoseconds of `clock`. 0 polls: the call returns `WOULD_BLOCK` where it would
wait. 0xffffffffffffffff waits for ever.

The synopses are the inline functions of `abi/stubs.h`. `struct span` and `struct mspan` are views of
bytes that know their length (`lib/base/span.h`); each takes two registers: address and length.

### Messages

`call`, `send`, `receive`, `reply` and `reply_receive` use all registers, so `lib/rt` has their stubs.

| | in | out |
|---|---|---|
| `rax` | number | status |
| `rdi` | handles: the endpoint in the low half, the reply in the high half | badge of the capability that the sender used |
| `rsi` | `msg_info` | `msg_info` |
| `rdx r10 r8 r9 rbx r12 r13 r14` | words 0 to 7 | words 0 to 7 |
| `r15` | deadline | not specified |

Words 8 to 63, capabilities and the declared buffers are in the thread's message buffer, a page that starts
with `struct msg_buffer`. A message goes as a whole or not at all.
"""


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows] + [""]


def anchor(kind, name):
    return f'<a id="{kind}-{name}"></a>'


def describe(arg):
    """What an argument must be."""
    if arg.kind in ("handle", "raw_handle"):
        text = f"[{arg.object}](#object-{arg.object})" if arg.object else "a capability"
        if arg.rights:
            text += " with " + ", ".join(f"`{right.name}`" for right in arg.rights)
        return text + "; 0 for none" if arg.optional else text
    bound = f", at most {arg.max}" if arg.max is not None else ""
    if arg.kind == "flags":
        return f"[{arg.set.name}](#flags-{arg.set.name})"
    if arg.struct:
        verb = "read" if arg.kind == "struct_in" else "written"
        return f"[struct {arg.struct.name}](#struct-{arg.struct.name}), {verb} by the kernel"
    texts = {
        "u64": f"64-bit number{bound}",
        "u32": f"32-bit number{bound}",
        "user_in": "bytes read by the kernel" + (f"{bound} of them" if bound else ""),
        "user_out": "bytes written by the kernel" + (f"{bound} of them" if bound else ""),
    }
    return texts[arg.kind]


def registers(call, arg):
    if call.message:
        return "0, high half" if arg.half else "0, low half"
    return str(arg.slot) if arg.slots == 1 else f"{arg.slot}, {arg.slot + 1}"


def error_links(names):
    return ", ".join(f"[{name}](#error-{name.lower()})" for name in names)


def call_section(call: Call):
    lines = [f"### {call.name}", "", call.doc, ""]
    if call.message:
        lines += ["A message call: see [Messages](#messages).", ""]
    else:
        nodiscard, start, params = emit_user.prototype(call)
        lines += ["```c", f"{start}{', '.join(params)});", "```", ""]
    if call.args:
        rows = [(f"`{a.name}`", registers(call, a), describe(a)) for a in call.args]
        lines += table(["argument", "register", "what it must be"], rows)
    if call.result:
        kind = "a handle of the calling process" if call.result[1] == "handle" else "64-bit number"
        if call.name == "cap_grant":
            kind = "a handle of the process given to"
        lines += [f"**Value:** `{call.result[0]}`, {kind}.", ""]
    if call.errors:
        lines += [f"**Errors:** {error_links(call.errors)}.", ""]
    return lines + [f"Number {call.number}.", ""]


def calls(contract):
    lines = ["## System calls", ""]
    found = live(contract.calls)
    lines += [" ".join(f"[{call.name}](#{call.name})" for call in found), ""]
    for call in found:
        lines += call_section(call)
    return lines


def objects(contract):
    lines = ["## Objects and rights", "", "Every type has the common rights in bits 0 to 3:", ""]
    lines += table(["right", "bit", "allows to"], [(f"`{r.constant}`", r.bit, r.doc) for r in contract.common_rights])
    for type_ in live(contract.types):
        users = [c.name for c in live(contract.calls) if any(a.object == type_.name for a in c.args)]
        lines += [anchor("object", type_.name), f"### Object: {type_.name}", "",
                  f"{type_.doc[0].upper()}{type_.doc[1:]}. Type number {type_.number}; "
                  f"`{type_.name.upper()}_RIGHTS_ALL` is {all_rights(contract, type_):#x}.", ""]
        lines += table(["right", "bit", "allows to"], [(f"`{r.constant}`", r.bit, r.doc) for r in type_.rights])
        if users:
            lines += ["Used by " + ", ".join(f"[{name}](#{name})" for name in users) + ".", ""]
    return lines


def struct_section(struct):
    lines = [anchor("struct", struct.name), f"### struct {struct.name}", ""]
    if struct.doc:
        doc = struct.doc[0].upper() + struct.doc[1:]
        lines += [doc if doc.endswith(".") else doc + ".", ""]
    rows = []
    for field in struct.fields:
        array = f"[{field.count}]" if field.count else ""
        rows.append((field.offset, f"`{field.type} {field.name}{array}`", field.doc))
    return lines + table(["offset", "field", "meaning"], rows) + [f"{struct.size} bytes.", ""]


def flag_section(flags):
    rows = [(f"`{flags.prefix}_{bit}`", f"{1 << i:#x}", doc) for i, (bit, doc) in enumerate(zip(flags.bits, flags.docs))]
    return [anchor("flags", flags.name), f"### Flags: {flags.name}", ""] + table(["flag", "value", "meaning"], rows)


def enum_section(enum):
    lines = [anchor("enum", enum.name), f"### Enumeration: {enum.name}", ""]
    if enum.doc:
        lines += [enum.doc, ""]
    return lines + table(["value", "constant"], [(i, f"`{enum.prefix}_{v}`") for i, v in enumerate(enum.values)])


def layouts(contract):
    lines = ["## Structs, flags and enumerations", "",
             "Fields are at their natural alignment, in the machine's order of bytes; there is no padding. "
             "Text is padded with zeros.", ""]
    for struct in contract.structs:
        lines += struct_section(struct)
    for flags in contract.flags:
        lines += flag_section(flags)
    for enum in contract.enums:
        lines += enum_section(enum)
    for bits in contract.bitfields:
        lines += [f"### Bit field: {bits.name}", "", bits.doc, ""]
        rows = [(f"{f.low} to {f.low + f.bits - 1}" if f.bits > 1 else f.low, f"`{f.name}`", f.doc) for f in bits.fields]
        lines += table(["bits", "field", "meaning"], rows)
    for handles in contract.handles:
        lines += [f"### Handles: {handles.name}", "", f"{handles.doc[0].upper()}{handles.doc[1:]}, in the words of its "
                  "message buffer.", ""]
        lines += table(["word", "handle"], [(i, f"`{v}`") for i, v in enumerate(handles.values)])
    return lines


def errors(contract):
    lines = ["## Errors", ""]
    rows = [(e.number, f'{anchor("error", e.name.lower())}`STATUS_{e.name}`', e.text) for e in live(contract.errors)]
    return lines + table(["number", "status", "meaning"], rows)


def events(contract):
    lines = ["## Events", "",
             "A record is 64 bytes, `struct event_record` of `abi/events.h`: time in ns, id, CPU, thread, trace and span "
             "of the activity it ran on, and up to four words of fields. A ring consists of packets of 4 KiB, `struct "
             "event_packet`. In the order of their numbers they are a CTF 1.8 stream: with the generated file `metadata` "
             "beside them, babeltrace2 opens them. `trace_control` sets what is recorded; "
             "[observability](observability.md) tells the rest.", ""]
    lines += table(["class", "bit"], [(f"`EVENT_CLASS_{n.upper()}`", i) for i, n in enumerate(contract.classes)])
    rows = [(e.number, f"`{e.name}`", e.event_class, ", ".join(f"`{f}`" for f in e.fields), e.text)
            for e in live(contract.events)]
    lines += table(["id", "event", "class", "fields", "text"], rows)
    for enum in contract.event_enums:
        lines += enum_section(enum)
    return lines


def protocol(contract):
    lines = ["## The service protocol", "",
             "9P's operations over endpoints. The operation is the label of the message, the answer's label a status. An "
             "open file is a capability, derived by the service from its endpoint with a badge that names the file; when "
             "its last copy is dropped the kernel tells the service. Badge 0, the service's own endpoint, is its root "
             "directory. `in` and `out` are the buffers that the caller declares. A client may repeat an *idempotent* "
             "operation after the service restarted.", ""]
    for op in live(contract.ops):
        repeat = "idempotent" if op.idempotent else "not idempotent"
        lines += [f"### Operation: {op.name}", "", op.doc, ""]
        rows = [("request words", ", ".join(f"`{w}`" for w in op.request)),
                ("answer words", ", ".join(f"`{w}`" for w in op.reply)),
                ("buffer in", op.in_buffer), ("buffer out", op.out_buffer),
                ("capabilities in the answer", op.caps or "")]
        rows = [row for row in rows if row[1]]
        if rows:
            lines += table(["part", "content"], rows)
        lines += [f"Label {op.number}, {repeat}.", ""]
    for flags in contract.ninep_flags:
        lines += flag_section(flags)
    for enum in contract.ninep_enums:
        lines += enum_section(enum)
    for struct in contract.ninep_structs:
        lines += struct_section(struct)
    return lines


def text(contract):
    lines = HEAD.split("\n")
    lines += ["Contents: [conventions](#conventions) · [system calls](#system-calls) · [objects and rights]"
              "(#objects-and-rights) · [structs](#structs-flags-and-enumerations) · [errors](#errors) · "
              "[events](#events) · [the service protocol](#the-service-protocol)", ""]
    lines += CONVENTIONS.split("\n")
    for part in (calls, objects, layouts, errors, events, protocol):
        lines += part(contract)
    return "\n".join(lines).rstrip("\n") + "\n"
