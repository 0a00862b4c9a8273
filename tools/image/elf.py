# SPDX-License-Identifier: Apache-2.0
"""As much of ELF64 as the image tools need: the loadable segments of a program.

SPEC: System V gABI, chapters 4 and 5. lib/elf is the system's own reader; this one only
serves the builder, which refuses a first process that the kernel would refuse.
"""

import struct
from dataclasses import dataclass

PT_LOAD = 1
CLASSES, ORDERS = {1: 32, 2: 64}, {1: "little-endian", 2: "big-endian"}
PREFIXES = {1: "<", 2: ">"}  # as `struct' calls them
PF_X, PF_W, PF_R = 1, 2, 4
PAGE = 4096


class ElfError(Exception):
    """The file is not what was expected; the text is the end of `NAME ...'."""


@dataclass
class Segment:
    offset: int
    address: int
    bytes: int
    memory_bytes: int
    flags: int


def order(data):
    """The order of bytes of an executable, and so of the machine that it is for: what stands in front of `struct' formats."""
    if len(data) < 64 or data[:4] != b"\x7fELF":
        raise ElfError("is not an ELF file, or one that is cut off")
    if data[4] != 2 or data[5] not in ORDERS:
        raise ElfError(f"is an ELF file of class {CLASSES.get(data[4], 'none')} and {ORDERS.get(data[5], 'in no known order of bytes')}; "
                       "expected class 64, and little- or big-endian")
    return PREFIXES[data[5]]


def segments(data):
    """(entry, segments) of a position-independent executable."""
    prefix = order(data)
    kind, _machine, _version, entry, table = struct.unpack_from(prefix + "HHIQQ", data, 16)
    size, count = struct.unpack_from(prefix + "HH", data, 54)
    if kind != 3 or size != 56 or table + size * count > len(data):
        raise ElfError("is not a position-independent executable with a whole program header table")
    found = []
    for index in range(count):
        kind, flags, offset, address, _, in_file, in_memory, _ = struct.unpack_from(prefix + "IIQQQQQQ", data, table + size * index)
        if kind == PT_LOAD and in_memory:
            found.append(checked(Segment(offset, address, in_file, in_memory, flags), len(data)))
    for before, after in zip(found, found[1:]):
        if (before.address + before.memory_bytes - 1) // PAGE >= after.address // PAGE:
            raise ElfError("has segments that share a page; link it with -z separate-code -z max-page-size=4096")
    return entry, found


def checked(segment, length):
    if segment.offset + segment.bytes > length or segment.bytes > segment.memory_bytes:
        raise ElfError("has a segment that reaches past the file's end")
    if segment.offset % PAGE != segment.address % PAGE:
        raise ElfError("has a segment whose place in the file does not match its page")
    if segment.flags & PF_W and segment.flags & PF_X:
        raise ElfError("has a segment that is writable and executable")
    if not segment.flags & PF_W and segment.bytes != segment.memory_bytes:
        raise ElfError("has a read-only segment that is longer in memory than in the file")
    return segment
