# SPDX-License-Identifier: Apache-2.0
"""Packets of a guest become a trace folder, and what is none is refused."""

import struct
import tempfile
import unittest
from pathlib import Path

from tools.trace import ctf


def packet(cpu, number, events, lost=0, order="<"):
    head = struct.pack(order + "II6QII", ctf.MAGIC, 0, 0, 0, (events + 1) * 64 * 8, 4096 * 8, lost, number, cpu, 0)
    return (head + bytes([cpu, number]) * (32 * events)).ljust(4096, b"\0")


class TraceFolder(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.addCleanup(self.temp.cleanup)
        self.folder = Path(self.temp.name) / "trace"
        self.metadata = Path(self.temp.name) / "metadata"
        self.metadata.write_text("/* CTF 1.8 */")

    def test_each_cpu_gets_its_packets_in_order(self):
        found = ctf.write(packet(1, 5, 63) + packet(0, 9, 2) + packet(1, 6, 1, lost=70), self.metadata, self.folder)
        self.assertEqual((found.cpus, found.packets, found.events, found.lost), (2, 3, 66, 70))
        self.assertEqual((self.folder / "cpu0").read_bytes(), packet(0, 9, 2))
        self.assertEqual((self.folder / "cpu1").read_bytes(), packet(1, 5, 63) + packet(1, 6, 1, lost=70))
        self.assertEqual((self.folder / "metadata").read_text(), "/* CTF 1.8 */")

    def test_the_machines_order_of_bytes_is_told(self):
        self.metadata.write_text("trace { byte_order = le; };")
        for order, said in (("<", "le"), (">", "be")):
            found = ctf.write(packet(3, 5, 7, lost=2, order=order), self.metadata, self.folder)
            self.assertEqual((found.cpus, found.events, found.lost), (1, 7, 2))
            self.assertEqual((self.folder / "metadata").read_text(), f"trace {{ byte_order = {said}; }};")
            self.assertTrue((self.folder / "cpu3").is_file())

    def test_an_older_trace_is_replaced(self):
        ctf.write(packet(3, 0, 1), self.metadata, self.folder)
        ctf.write(packet(0, 0, 1), self.metadata, self.folder)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["cpu0", "metadata"])

    def test_other_folders_are_left_alone(self):
        self.folder.mkdir()
        (self.folder / "thesis").write_text("years of work")
        with self.assertRaisesRegex(ctf.TraceError, "holds no trace"):
            ctf.write(packet(0, 0, 1), self.metadata, self.folder)
        self.assertEqual((self.folder / "thesis").read_text(), "years of work")

    def test_what_is_no_packet_is_refused(self):
        good = packet(0, 0, 1)
        for data, said in ((good[:-1], "4095 bytes"), (good + bytes(4096), "at byte 4096"), (good[1:] + b"\0", "magic"),
                           (good[:24] + struct.pack("<Q", 9000 * 8) + good[32:], "72000 of them used")):
            with self.assertRaisesRegex(ctf.TraceError, said):
                ctf.write(data, self.metadata, self.folder)
            self.assertFalse(self.folder.exists())


if __name__ == "__main__":
    unittest.main()
