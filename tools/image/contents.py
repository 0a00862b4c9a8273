# SPDX-License-Identifier: Apache-2.0
"""Lists what a system image holds, after checking its checksums: `./ferrous image`."""

import struct

from tools.image import facts
from tools.image.crc32c import crc32c
from tools.image.layout import ENTRY_FORMAT, HEADER, HEADER_FORMAT, order_of


def entries(data):
    """[(name, kind, offset, bytes, whole)] of an image; ValueError when it is none."""
    limit = facts.constants(HEADER)
    kinds = {number: name for name, number in facts.enum(HEADER, "image_kind", "IMAGE_").items()}
    order = order_of(data, limit)
    _, version, size, total, count, checksum, *_ = struct.unpack_from(order + HEADER_FORMAT, data)
    if (version, size, total) != (limit["IMAGE_VERSION"], limit["IMAGE_ENTRY_BYTES"], len(data)):
        raise ValueError("this is not a system image of this version")
    end = limit["IMAGE_HEADER_BYTES"] + count * size
    at = struct.calcsize("<QIIQI")
    if crc32c(data[:at] + bytes(4) + data[at + 4:end]) != checksum:
        raise ValueError("the checksum of the image's table is wrong")
    found = []
    for index in range(count):
        name, kind, _, offset, length, check, _ = struct.unpack_from(
            order + ENTRY_FORMAT.format(limit["IMAGE_NAME_BYTES"]), data, limit["IMAGE_HEADER_BYTES"] + index * size)
        content = data[offset:offset + length]
        found.append((name.rstrip(b"\0").decode(), kinds.get(kind, "?"), offset, length, crc32c(content) == check))
    return found


def listing(path):
    data = path.read_bytes()
    lines = [f"{'bytes':>10}  {'offset':>10}  {'kind':9}  name"]
    for name, kind, offset, length, whole in entries(data):
        lines.append(f"{length:10}  {offset:#10x}  {kind:9}  {name}" + ("" if whole else "   DAMAGED: checksum differs"))
    return "\n".join([*lines, f"{len(data):10}  in all: {path}"])
