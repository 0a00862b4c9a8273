# SPDX-License-Identifier: Apache-2.0
"""The goldens: a plain list of every number, and a copy of each generated file."""

from emit_headers import live


def numbers(contract):
    """One line for each number that a compiled program depends on."""
    lines = ["# Every number of the contract. A line that changes or goes breaks programs; new lines are fine."]
    for error in live(contract.errors):
        lines.append(f"status {error.number} {error.name}")
    for right in contract.common_rights:
        lines.append(f"right bit {right.bit} {right.constant}")
    for type_ in live(contract.types):
        lines.append(f"object {type_.number} {type_.name}")
        lines += [f"right bit {right.bit} {right.constant}" for right in type_.rights]
    for struct in contract.structs + contract.ninep_structs:
        lines.append(f"struct {struct.name} {struct.size} bytes")
        for field in struct.fields:
            array = f"[{field.count}]" if field.count else ""
            lines.append(f"field {struct.name} offset {field.offset} {field.type} {field.name}{array}")
    for flags in contract.flags + contract.ninep_flags:
        lines += [f"flag bit {i} {flags.prefix}_{bit}" for i, bit in enumerate(flags.bits)]
    for enum in contract.all_enums():
        lines += [f"value {i} {enum.prefix}_{value}" for i, value in enumerate(enum.values)]
    for bitfield in contract.bitfields:
        lines += [f"bits {f.low}..{f.low + f.bits - 1} {bitfield.name} {f.name}" for f in bitfield.fields]
    for handles in contract.handles:
        lines += [f"handle {i} {handles.name} {value}" for i, value in enumerate(handles.values)]
    for call in live(contract.calls):
        args = " ".join(f"{a.slot}:{a.name}" for a in call.args)
        lines.append(f"syscall {call.number} {call.name} {args}".rstrip())
    lines += [f"event class bit {i} {name}" for i, name in enumerate(contract.classes)]
    lines += [f"event {e.number} {e.name} {' '.join(e.words)}".rstrip() for e in live(contract.events)]
    lines += [f"9p {op.number} {op.name}" for op in live(contract.ops)]
    return "\n".join(lines) + "\n"


def texts(contract, files):
    """name -> text. The suffix keeps the copies from being taken for sources."""
    found = {f"{name}.golden": text for name, text in files.items()}
    found["numbers.txt"] = numbers(contract)
    return found
