# SPDX-License-Identifier: Apache-2.0
"""Reads abi/*.toml and checks every entry. The result is a model.Contract or a list of problems.

errors, objects and structs are read here; read_calls.py and read_events.py do the rest.
"""

import re
import tomllib
from pathlib import Path

import model
import read_calls
import read_events
from problems import Problems, Table

FILES = ["errors", "objects", "structs", "syscalls", "events", "ninep"]
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "char": 1}
KEYWORDS = set(
    "auto bool break case char const constexpr continue default do double else enum extern false float for goto "
    "if inline int long nullptr register restrict return short signed sizeof static struct switch thread_local "
    "true typedef typeof union unsigned void volatile while asm self frame".split()
)


class Reader:
    """What the readers share: the contract so far, the problems, and the names in use."""

    def __init__(self):
        self.contract = model.Contract()
        self.problems = Problems()
        self.tables = {}
        self.constants = {}  # every enumerator the headers will hold: C has one space for all
        self.tags = {}

    def constant(self, name, where):
        """Claims an enumerator's name."""
        if name in self.constants:
            self.problems.add(where, f"the constant {name} is made by {self.constants[name]} too; rename one")
        self.constants.setdefault(name, where)

    def tag(self, name, where):
        """Claims a struct or enum tag."""
        if name in self.tags:
            self.problems.add(where, f'the type name "{name}" is used by {self.tags[name]} too; rename one')
        self.tags.setdefault(name, where)

    def name(self, table, kind, entry, case="lower"):
        """The entry's name, checked to be an identifier, and where to report about the entry."""
        found = entry.get("name")
        where = table.where(kind, found)
        self.identifier(where, found, case)
        return str(found), where

    def identifier(self, where, text, case="lower"):
        pattern = r"[a-z][a-z0-9_]*" if case == "lower" else r"[A-Z][A-Z0-9_]*"
        if not isinstance(text, str) or not re.fullmatch(pattern, text):
            self.problems.add(where, f"a {case}-case identifier was expected as name, found {text!r}")
        elif text in KEYWORDS or text.startswith("raw_"):
            self.problems.add(where, f'"{text}" is a reserved word; choose another name')

    def unique(self, where, what, names):
        seen = set()
        for name in names:
            if name in seen:
                self.problems.add(where, f'{what} "{name}" occurs twice')
            seen.add(name)


def load(folder):
    """Returns (contract, list of problem lines)."""
    reader = Reader()
    for stem in FILES:
        path = Path(folder) / f"{stem}.toml"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            reader.problems.add(f"{stem}.toml", f"cannot be read ({error.strerror}); the table must exist in {folder}")
            data = {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            reader.problems.add(f"{stem}.toml", f"is not valid TOML: {error}")
            data = {}
        reader.tables[stem] = Table(f"{stem}.toml", data, reader.problems)
    read_errors(reader)
    read_objects(reader)
    read_structs(reader)
    read_events.read_ninep(reader, reader.tables["ninep"])
    read_calls.read_calls(reader, reader.tables["syscalls"])
    read_events.read_events(reader, reader.tables["events"])
    return reader.contract, reader.problems.lines


def top_keys(table, allowed):
    for key in table.data:
        if key not in allowed:
            table.problems.unknown(table.name, "table", key, allowed)


def read_errors(reader):
    table = reader.tables["errors"]
    top_keys(table, ["error"])
    for number, entry in enumerate(table.entries("error")):
        name, where = reader.name(table, "error", entry, "upper")
        table.check_keys(where, entry, ["name", "text", "reserved"])
        reserved = table.get(where, entry, "reserved", bool, False)
        text = table.get(where, entry, "text", str, "" if reserved else None)
        if not reserved:
            reader.constant(f"STATUS_{name}", where)
        reader.contract.errors.append(model.Error(name, text, number, reserved))
    errors = reader.contract.errors
    if not errors or errors[0].name != "OK":
        table.problems.add(table.name, 'the first error must be "OK": 0 is success')
    reader.tag("status", table.name)
    reader.constant("STATUS_COUNT", table.name)


def read_rights(reader, table, where, entries, first_bit, prefix):
    rights = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            table.problems.add(where, f"a right must be written as {{ name, doc }}, found {entry!r}")
            continue
        at = f'{where}: right "{entry.get("name")}"'
        table.check_keys(at, entry, ["name", "doc"])
        reader.identifier(at, entry.get("name"), "upper")
        name = str(entry.get("name"))
        constant = f"{prefix}RIGHT_{name}"
        reader.constant(constant, at)
        if first_bit + index > 31:
            table.problems.add(at, "rights are 32 bits and this is one too many")
        rights.append(model.Right(name, table.get(at, entry, "doc", str), first_bit + index, constant))
    return tuple(rights)


def read_objects(reader):
    table = reader.tables["objects"]
    top_keys(table, ["common", "type"])
    common = read_rights(reader, table, f"{table.name}: common", table.data.get("common", []), 0, "")
    if len(common) != 4:
        table.problems.add(f"{table.name}: common", f"4 rights are expected (bits 0 to 3), found {len(common)}")
    reader.contract.common_rights = list(common)
    common_names = {right.name for right in common}
    for number, entry in enumerate(table.entries("type"), 1):
        name, where = reader.name(table, "type", entry)
        table.check_keys(where, entry, ["name", "doc", "rights", "reserved"])
        reserved = table.get(where, entry, "reserved", bool, False)
        rights = read_rights(reader, table, where, entry.get("rights", []), 4, f"{name.upper()}_")
        for right in rights:
            if right.name in common_names:
                table.problems.add(where, f'the right "{right.name}" is a common right already')
        if not reserved:
            reader.constant(f"OBJECT_{name.upper()}", where)
            reader.constant(f"{name.upper()}_RIGHTS_ALL", where)
        doc = table.get(where, entry, "doc", str, "" if reserved else None)
        reader.contract.types.append(model.ObjectType(name, doc, rights, number, reserved))
    if len(reader.contract.types) > 255:
        table.problems.add(table.name, "object types are 8 bits: at most 255")
    reader.tag("object_type", table.name)
    for constant in ("OBJECT_NONE", "OBJECT_COUNT"):
        reader.constant(constant, table.name)


def read_struct(reader, table, entry):
    """A struct without implicit padding: what is not named would leak or differ between compilers."""
    name, where = reader.name(table, "struct", entry)
    table.check_keys(where, entry, ["name", "doc", "fields"])
    reader.tag(name, where)
    fields, offset, align = [], 0, 1
    for item in table.get(where, entry, "fields", list):
        at = f'{where}: field "{item.get("name")}"'
        table.check_keys(at, item, ["name", "type", "count", "doc"])
        reader.identifier(at, item.get("name"))
        type_, count = item.get("type"), item.get("count", 0)
        if type_ not in SIZES:
            table.problems.unknown(at, "type", type_, SIZES)
            continue
        if not isinstance(count, int) or ("count" in item and count < 1) or (type_ == "char" and count < 1):
            table.problems.add(at, f"count must be a number of at least 1 (char always needs one), found {count!r}")
            continue
        size = SIZES[type_]
        if offset % size:
            gap = size - offset % size
            table.problems.add(at, f"{gap} bytes of implicit padding before it; reorder, or add a field of that size")
            offset += gap
        fields.append(model.Field(item["name"], type_, count, item.get("doc", ""), offset))
        offset += size * max(count, 1)
        align = max(align, size)
    if offset % align:
        table.problems.add(where, f"{align - offset % align} bytes of implicit padding at the end; add a field")
    if not fields:
        table.problems.add(where, "a struct needs at least one field")
    reader.unique(where, "field", [f.name for f in fields])
    return model.Struct(name, entry.get("doc", ""), tuple(fields), offset)


def read_flags(reader, table, entry):
    name, where = reader.name(table, "flags", entry)
    table.check_keys(where, entry, ["name", "doc", "bits", "docs"])
    if not name.endswith("_flags"):
        table.problems.add(where, 'the name of a set of flags ends with "_flags"')
    bits = table.strings(where, entry, "bits")
    docs = table.strings(where, entry, "docs")
    if docs and len(docs) != len(bits):
        table.problems.add(where, f"docs has {len(docs)} sentences for {len(bits)} bits")
    if not 1 <= len(bits) <= 32:
        table.problems.add(where, f"between 1 and 32 bits are possible, found {len(bits)}")
    flags = model.Flags(name, bits, docs or ("",) * len(bits))
    for bit in bits:
        reader.identifier(where, bit, "upper")
        reader.constant(f"{flags.prefix}_{bit}", where)
    reader.constant(flags.all, where)
    return flags


def read_enum(reader, table, entry):
    name, where = reader.name(table, "enum", entry)
    table.check_keys(where, entry, ["name", "doc", "values"])
    reader.tag(name, where)
    values = table.strings(where, entry, "values")
    enum = model.Enum(name, entry.get("doc", ""), values)
    if not values:
        table.problems.add(where, "an enumeration needs values")
    for value in values + ("COUNT",):
        reader.identifier(where, value, "upper")
        reader.constant(f"{enum.prefix}_{value}", where)
    return enum


def read_bitfield(reader, table, entry):
    name, where = reader.name(table, "bitfield", entry)
    table.check_keys(where, entry, ["name", "doc", "fields"])
    used, fields = 0, []
    for item in table.get(where, entry, "fields", list):
        at = f'{where}: field "{item.get("name")}"'
        table.check_keys(at, item, ["name", "low", "bits", "doc"])
        reader.identifier(at, item.get("name"))
        low, bits = table.get(at, item, "low", int), table.get(at, item, "bits", int)
        if bits < 1 or low < 0 or low + bits > 64:
            table.problems.add(at, f"bits {low} to {low + bits - 1} are outside of a 64-bit word")
            continue
        mask = ((1 << bits) - 1) << low
        if used & mask:
            table.problems.add(at, "overlaps an earlier field")
        used |= mask
        fields.append(model.BitRange(item["name"], low, bits, item.get("doc", "")))
    reader.unique(where, "field", [f.name for f in fields])
    reader.constant(f"{name.upper()}_DEFINED", where)
    return model.Bitfield(name, entry.get("doc", ""), tuple(fields))


def read_handles(reader, table, entry):
    name, where = reader.name(table, "handles", entry)
    table.check_keys(where, entry, ["name", "doc", "values"])
    reader.tag(name, where)
    values = table.strings(where, entry, "values")
    for value in values + ("count",):
        reader.identifier(where, value)
        reader.constant(f"{name.upper()}_{value.upper()}", where)
    return model.Handles(name, entry.get("doc", ""), values)


def read_structs(reader):
    table, contract = reader.tables["structs"], reader.contract
    top_keys(table, ["struct", "flags", "enum", "bitfield", "handles"])
    contract.structs = [read_struct(reader, table, entry) for entry in table.entries("struct")]
    contract.flags = [read_flags(reader, table, entry) for entry in table.entries("flags")]
    contract.enums = [read_enum(reader, table, entry) for entry in table.entries("enum")]
    contract.bitfields = [read_bitfield(reader, table, entry) for entry in table.entries("bitfield")]
    contract.handles = [read_handles(reader, table, entry) for entry in table.entries("handles")]
