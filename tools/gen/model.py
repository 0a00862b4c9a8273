# SPDX-License-Identifier: Apache-2.0
"""The contract in memory: what the tables of abi/ say, after they were read and checked.

tables.py fills these in; the emit_*.py modules read them and nothing else.
"""

from dataclasses import dataclass, field


def upper(name):
    return name.upper()


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    count: int  # 0: not an array
    doc: str
    offset: int


@dataclass(frozen=True)
class Struct:
    name: str
    doc: str
    fields: tuple
    size: int


@dataclass(frozen=True)
class Flags:
    name: str
    bits: tuple
    docs: tuple

    @property
    def prefix(self):
        return upper(self.name.removesuffix("_flags"))

    @property
    def all(self):
        return f"{self.prefix}_FLAGS_ALL"


@dataclass(frozen=True)
class Enum:
    name: str
    doc: str
    values: tuple

    @property
    def prefix(self):
        return upper(self.name.removesuffix("_type"))


@dataclass(frozen=True)
class BitRange:
    name: str
    low: int
    bits: int
    doc: str

    @property
    def mask(self):
        return (1 << self.bits) - 1


@dataclass(frozen=True)
class Bitfield:
    name: str
    doc: str
    fields: tuple


@dataclass(frozen=True)
class Handles:
    name: str
    doc: str
    values: tuple


@dataclass(frozen=True)
class Error:
    name: str
    text: str
    number: int
    reserved: bool


@dataclass(frozen=True)
class Right:
    name: str
    doc: str
    bit: int
    constant: str


@dataclass(frozen=True)
class ObjectType:
    name: str
    doc: str
    rights: tuple
    number: int
    reserved: bool


@dataclass(frozen=True)
class Argument:
    name: str
    kind: str
    object: str
    rights: tuple  # of Right
    optional: bool
    kept: bool  # the handler gets the capability itself
    max: int  # None: unbounded
    set: object  # Flags or None
    struct: object  # Struct or None
    slot: int  # first argument register

    @property
    def slots(self):
        return 2 if self.kind in ("user_in", "user_out") else 1


    @property
    def half(self):
        """In a message call both handles share register 0: 0 is its low half, 1 its high half."""
        return 1 if self.object == "reply" else 0


@dataclass(frozen=True)
class Call:
    name: str
    number: int
    doc: str
    message: bool
    args: tuple
    result: object  # (name, type) or None
    errors: tuple
    reserved: bool


@dataclass(frozen=True)
class Piece:
    """A part of an event's text: literal text, or a field and the style it is printed in."""

    text: str
    field: int  # word of the record; -1: literal
    style: str


@dataclass(frozen=True)
class Event:
    name: str
    number: int
    event_class: str
    fields: tuple
    sizes: tuple  # words of the record that each field takes
    text: str
    pieces: tuple
    by: bool  # the encoder is told whose event it is; else it is the running thread's
    filtered: bool  # False: recorded whatever group is asked for
    reserved: bool

    def word_of(self, index):
        """The word of the record in which a field begins."""
        return sum(self.sizes[:index])

    @property
    def words(self):
        """A name for each word of the record that the event uses."""
        found = []
        for name, size in zip(self.fields, self.sizes):
            found += [name] + [f"{name}_{i}" for i in range(1, size)]
        return found

    def style_of(self, index):
        for piece in self.pieces:
            if piece.field == self.word_of(index):
                return piece.style
        return "decimal"


@dataclass(frozen=True)
class Op:
    name: str
    number: int
    doc: str
    in_buffer: str
    out_buffer: str
    request: tuple
    reply: tuple
    caps: int
    idempotent: bool
    reserved: bool


@dataclass
class Contract:
    errors: list = field(default_factory=list)
    common_rights: list = field(default_factory=list)
    types: list = field(default_factory=list)
    structs: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    enums: list = field(default_factory=list)
    bitfields: list = field(default_factory=list)
    handles: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    classes: list = field(default_factory=list)
    events: list = field(default_factory=list)
    event_enums: list = field(default_factory=list)
    ops: list = field(default_factory=list)
    ninep_structs: list = field(default_factory=list)
    ninep_flags: list = field(default_factory=list)
    ninep_enums: list = field(default_factory=list)

    def all_enums(self):
        return self.enums + self.event_enums + self.ninep_enums

    def rights_of(self, type_):
        return list(self.common_rights) + list(type_.rights)

    def styles(self):
        """Every style a field of an event can be printed in; the position is its number."""
        return ["decimal", "hex", "chars", "syscall", "error", "object"] + [e.name for e in self.all_enums()]
