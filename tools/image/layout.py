# SPDX-License-Identifier: Apache-2.0
"""The image file's layout: header, entry table, contents on page boundaries (lib/image/format.h). Its numbers are in the order of the
machine that it is for, which is that of its programs."""

import struct

from tools.image import elf, facts
from tools.image.crc32c import crc32c

HEADER = "lib/image/format.h"
PAGE = elf.PAGE
HEADER_FORMAT, ENTRY_FORMAT = "QIIQII4Q", "{}sIIQQII"


def order_of(image, limit):
    """The order of an image's numbers, as `struct' calls it; ValueError when it is no image."""
    for order in elf.PREFIXES.values():
        if image[:8] == struct.pack(order + "Q", limit["IMAGE_MAGIC"]):
            return order
    raise ValueError("this is not a system image")


def page_ceil(number):
    return (number + PAGE - 1) // PAGE * PAGE


class Layout:
    """Collects entries; write() places them. Contents may be functions of the places."""

    def __init__(self, order):
        self.order = order
        self.limit = facts.constants(HEADER)
        self.kinds = facts.enum(HEADER, "image_kind", "IMAGE_")
        self.entries = []  # (name, kind, content)

    def add(self, name, kind, content):
        if len(name.encode()) >= self.limit["IMAGE_NAME_BYTES"]:
            raise ValueError(f"the entry name {name} is too long; at most {self.limit['IMAGE_NAME_BYTES'] - 1} bytes")
        self.entries.append((name, self.kinds[kind], content))

    def bytes(self):
        limit, count = self.limit, len(self.entries)
        if count > limit["IMAGE_ENTRIES_MAX"]:
            raise ValueError(f"{count} entries; an image holds at most {limit['IMAGE_ENTRIES_MAX']}")
        offset = page_ceil(limit["IMAGE_HEADER_BYTES"] + count * limit["IMAGE_ENTRY_BYTES"])
        table, body, places = b"", bytearray(), {}
        for name, kind, content in self.entries:
            if callable(content):
                content = content(places)
            places[name] = offset
            table += struct.pack(self.order + ENTRY_FORMAT.format(limit["IMAGE_NAME_BYTES"]), name.encode(), kind, 0, offset,
                                 len(content), crc32c(content), 0)
            body += content.ljust(page_ceil(len(content)), b"\0")
            offset += page_ceil(len(content))
        if offset > limit["IMAGE_BYTES_MAX"]:
            raise ValueError(f"{offset} bytes; an image has at most {limit['IMAGE_BYTES_MAX']}")

        def head(checksum):
            return struct.pack(self.order + HEADER_FORMAT, limit["IMAGE_MAGIC"], limit["IMAGE_VERSION"], limit["IMAGE_ENTRY_BYTES"],
                               offset, count, checksum, 0, 0, 0, 0)
        front = head(crc32c(head(0) + table)) + table
        return front.ljust(page_ceil(len(front)), b"\0") + bytes(body)


def init_entry(program, offset, stack_bytes, prot, limit):
    """The content of the INIT entry: how the kernel maps init's ELF file, which lies at `offset`."""
    entry, segments = elf.segments(program)
    if not 1 <= len(segments) <= limit["IMAGE_SEGMENTS_MAX"]:
        raise elf.ElfError(f"has {len(segments)} segments; expected 1 to {limit['IMAGE_SEGMENTS_MAX']}")
    if not any(s.flags & elf.PF_X and s.address <= entry < s.address + s.memory_bytes for s in segments):
        raise elf.ElfError("has an entry that is in no executable segment")
    packed, order = b"", elf.order(program)
    for s in segments:
        access = (prot["READ"] * bool(s.flags & elf.PF_R) | prot["WRITE"] * bool(s.flags & elf.PF_W)
                  | prot["EXECUTE"] * bool(s.flags & elf.PF_X))
        packed += struct.pack(order + "4QII", offset + s.offset, s.address, s.bytes, s.memory_bytes, access, 0)
    memory = page_ceil(max(s.address + s.memory_bytes for s in segments))
    return struct.pack(order + "3QII", entry, memory, stack_bytes, len(segments), 0) + packed.ljust(
        limit["IMAGE_SEGMENTS_MAX"] * 40, b"\0")
