# SPDX-License-Identifier: Apache-2.0
"""An image that was built, with one manifest changed: for trying services with less than they need."""

import struct
from pathlib import Path

from tools.image import facts, layout
from tools.image.crc32c import crc32c
from tools.image.plan import Planner
from tools.image.schema import Problems

ROOT = Path(__file__).resolve().parents[2]


def with_content(image, name, content):
    """The image, with another content of the same length in an entry."""
    limit = facts.constants(layout.HEADER)
    order = layout.order_of(image, limit)
    head = list(struct.unpack_from(order + layout.HEADER_FORMAT, image))
    shape = struct.Struct(order + layout.ENTRY_FORMAT.format(limit["IMAGE_NAME_BYTES"]))
    end = limit["IMAGE_HEADER_BYTES"] + head[4] * shape.size
    image = bytearray(image)
    for at in range(limit["IMAGE_HEADER_BYTES"], end, shape.size):
        entry = list(shape.unpack_from(image, at))
        if entry[0].rstrip(b"\0") != name.encode():
            continue
        if entry[4] != len(content):
            raise ValueError(f"{name} has {entry[4]} bytes in the image; {len(content)} cannot be put in their place")
        entry[5] = crc32c(content)
        shape.pack_into(image, at, *entry)
        image[entry[3]:entry[3] + len(content)] = content
        head[5] = 0
        head[5] = crc32c(struct.pack(order + layout.HEADER_FORMAT, *head) + bytes(image[limit["IMAGE_HEADER_BYTES"]:end]))
        struct.pack_into(order + layout.HEADER_FORMAT, image, 0, *head)
        return bytes(image)
    raise ValueError(f"the image has no entry {name}")


def with_manifest(image, service, change):
    """The image, with the manifest of a service as `change` leaves it."""
    problems = Problems()
    planner = Planner(ROOT, ROOT / "abi", problems)
    manifest = planner.reader.read(*planner.manifests()[service])
    if problems.lines:
        raise ValueError("\n".join(problems.lines))
    change(manifest)
    return with_content(image, f"manifest/{service}", planner.reader.pack(manifest, layout.order_of(image, facts.constants(layout.HEADER))))
