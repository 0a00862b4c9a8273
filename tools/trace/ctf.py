# SPDX-License-Identifier: Apache-2.0
"""From the packets that a guest recorded to a folder that trace viewers open.

Nothing is converted: the kernel writes packets of the Common Trace Format, and what describes them is generated with
it (abi/metadata). The packets of each CPU go into a file of its own, in the order in which they came. Their numbers have the order of the
guest's machine, which their first number tells and the metadata then says.
SPEC: Common Trace Format 1.8.3, 4 and 5 (a trace is a folder; a stream is the packets of one file).
"""

import shutil
import struct
from dataclasses import dataclass

PACKET_BYTES = 4096
HEADS = {"le": struct.Struct("<II6QII"), "be": struct.Struct(">II6QII")}  # as CTF calls the orders
RECORD_BYTES = 64
MAGIC = 0xC1FC1FC1


class TraceError(Exception):
    """What came is no trace; the text says what was expected and found."""


@dataclass
class Summary:
    cpus: int = 0
    packets: int = 0
    events: int = 0
    lost: int = 0


def order_of(data):
    """What is no packet is refused as a little-endian one."""
    return "be" if data[:4] == MAGIC.to_bytes(4, "big") else "le"


def packets_of(data):
    """(cpu, events, lost so far, bytes) of each packet."""
    layout = HEADS[order_of(data)]
    if len(data) % PACKET_BYTES:
        raise TraceError(f"expected packets of {PACKET_BYTES} bytes, found {len(data)} bytes in all")
    for at in range(0, len(data), PACKET_BYTES):
        packet = data[at:at + PACKET_BYTES]
        magic, _, _, _, content_bits, packet_bits, lost, _, cpu, _ = layout.unpack_from(packet)
        if magic != MAGIC or packet_bits != PACKET_BYTES * 8 or not layout.size <= content_bits // 8 <= PACKET_BYTES:
            raise TraceError(f"what begins at byte {at} is no packet: magic {magic:#x}, {packet_bits} bits, "
                             f"{content_bits} of them used; expected {MAGIC:#x} and {PACKET_BYTES * 8}")
        yield cpu, content_bits // 8 // RECORD_BYTES - 1, lost, packet


def write(data, metadata, folder):
    """Makes the folder anew; a Summary of what is in it. An older trace there is replaced, anything else is not."""
    streams, lost, found = {}, {}, Summary()
    for cpu, events, missed, packet in packets_of(data):
        streams.setdefault(cpu, bytearray()).extend(packet)
        lost[cpu] = missed
        found.packets += 1
        found.events += events
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "metadata").is_file():
            raise TraceError(f"{folder} is there and holds no trace; name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    text = metadata.read_text(encoding="utf-8")
    (folder / "metadata").write_text(text.replace("byte_order = le;", f"byte_order = {order_of(data)};"), encoding="utf-8")
    for cpu, packets in streams.items():
        (folder / f"cpu{cpu}").write_bytes(packets)
    found.cpus, found.lost = len(streams), sum(lost.values())
    return found
