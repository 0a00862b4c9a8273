# SPDX-License-Identifier: Apache-2.0
"""What is made of QEMU's log of instructions (tools/run/places.py)."""

import unittest

from tools.run import places

X86 = """----------------
IN:
0x00005000100a:  48 c7 87 88 00 00 00 00  movq     $0, 0x88(%rdi)
0x000050001012:  00 00 00

----------------
IN:
0x000050001015:  01 c8                    addl     %ecx, %eax

"""
ARM = "IN: \n0x50001000:  d10083ff  sub      sp, sp, #0x20\n"
RISCV = "IN: \nPriv: 0; Virt: 0\n0x0000000050001000:  4505              addi            a0,zero,1\n\n" \
        "IN: main\nPriv: 0; Virt: 0\n0x0000000050001002:  00010197          auipc           gp,16\n"


class Places(unittest.TestCase):
    def test_instructions_have_their_bytes(self):
        self.assertEqual(places.instructions(X86), {0x5000100a: 11, 0x50001015: 2})
        self.assertEqual(places.instructions(ARM), {0x50001000: 4})
        self.assertEqual(places.instructions(RISCV), {0x50001000: 2, 0x50001002: 4})

    def test_each_belongs_to_the_service_whose_text_it_is_in(self):
        found = {0x5000100a: 11, 0x90000004: 2, 0x4fff0000: 1, 0xffffffff80000000: 3}
        texts = {"proc": 0x50001000, "devices": 0x90000000}
        self.assertEqual(places.by_service(found, texts), {"proc": {(0xa, 11)}, "devices": {(4, 2)}})

    def test_they_are_written_as_the_guest_reads_them(self):
        self.assertEqual(places.written({(0x10, 1), (0x11, 3), (0x2f, 15), (0x100, 2)}), "10AC2fO100B")

    def test_no_number_is_cut_in_two(self):
        text = places.written({(at * 16, 4) for at in range(2000)})
        parts = list(places.pieces(text))
        self.assertEqual("".join(parts), text)
        self.assertGreater(len(parts), 1)
        for part in parts:
            self.assertLessEqual(len(part), places.PIECE)
            self.assertIn(part[-1], places.LETTERS)


if __name__ == "__main__":
    unittest.main()
