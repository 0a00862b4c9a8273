#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the bundle that raw boots hand over in memory: boot/common/bundle.h describes it.

    bundle.py --out FILE NAME=PATH...
"""

import argparse
import struct
from pathlib import Path

PAGE = 4096
MAGIC, VERSION = b"FERSBNDL", 1
NAME_BYTES, PARTS_MAX = 32, 16


def pages(data):
    return data + bytes(-len(data) % PAGE)


def pack(parts):
    """The bytes of a bundle of {name: bytes}."""
    assert len(parts) <= PARTS_MAX and all(0 < len(name) < NAME_BYTES for name in parts)
    table, body = MAGIC + struct.pack("<II", VERSION, len(parts)), b""
    for name, data in parts.items():
        table += struct.pack(f"<{NAME_BYTES}sQQ", name.encode(), PAGE + len(body), len(data))
        body += pages(data)
    return pages(table) + body


def unpack(data):
    """{name: bytes} of a bundle that pack made."""
    magic, version, count = struct.unpack_from("<8sII", data)
    assert (magic, version) == (MAGIC, VERSION), "not a bundle"
    entries = (struct.unpack_from(f"<{NAME_BYTES}sQQ", data, 16 + at * (NAME_BYTES + 16)) for at in range(count))
    return {name.rstrip(b"\0").decode(): data[offset:offset + size] for name, offset, size in entries}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("part", nargs="+", help="NAME=PATH")
    args = parser.parse_args()
    parts = dict(part.split("=", 1) for part in args.part)
    Path(args.out).write_bytes(pack({name: Path(path).read_bytes() for name, path in parts.items()}))


if __name__ == "__main__":
    main()
