# SPDX-License-Identifier: Apache-2.0
"""The host's side of the system call fuzzer: programs as text and in memory, edges, making programs shorter."""

import re
import struct
import sys
import unittest
from pathlib import Path

from tools.fuzz import campaign, edges, guest, program as programs, shrink

ROOT = Path(__file__).resolve().parents[2]
TEXT = """processes 2
threads 2
options 5
times 3
thread 0
map handle(process,0) handle(memory,3) address(2,0x1000) 0 0x4000 3
call handle(endpoint,1) any(7) stale(2) | 0x1300000000 0xffffffffffffffff
read_byte scratch(0x20)
thread 1
signal_wait handle(signal,0) 1 now(0x1000)
yield
"""


def page(number, thread, ops, key=9, at=0):
    head = programs.HEAD.pack(programs.MAGIC, key, number, thread, len(ops), 2, 2, 5, 3, at, 0)
    return (head + b"".join(op.pack() for op in ops)).ljust(programs.PAGE, b"\0")


class Text(unittest.TestCase):
    def setUp(self):
        self.names = programs.Names()

    def test_text_and_back(self):
        program = programs.from_text(self.names, TEXT)
        self.assertEqual(programs.to_text(self.names, program), TEXT)
        self.assertEqual([len(ops) for ops in program.lists], [3, 2, 0, 0])
        self.assertEqual(program.lists[0][2].call, len(self.names.calls) - 3)

    def test_comments_and_blank_lines(self):
        program = programs.from_text(self.names, "# found\n\nthreads 1\nthread 0\nyield   # it was here\n")
        self.assertEqual(program.count(), 1)

    def test_mistakes_are_named(self):
        for text in ("jump 1", "yield 1 2 3 4 5 6 7", "map nowhere(1)", "map 0x10000000000000000", "thread 4", "threads 9",
                     "thread 0\n" + "yield\n" * 33):
            with self.assertRaises(programs.ProgramError, msg=text):
                programs.from_text(self.names, text)

    def test_an_operation_has_the_size_that_the_guest_says(self):
        text = (ROOT / "tests/fuzz/guest/program.h").read_text()
        sizes = re.search(r"sizeof\(struct op\) == (\d+) && sizeof\(struct list\) == (\d+) \+", text)
        self.assertEqual((programs.OP.size, programs.HEAD.size), (int(sizes[1]), int(sizes[2])))


class Memory(unittest.TestCase):
    def test_the_newest_program_comes_first(self):
        ops = programs.from_text(programs.Names(), TEXT).lists
        junk = b"\xff" * programs.PAGE
        found = programs.in_memory(junk + page(4, 1, ops[1]) + page(3, 0, ops[1]) + page(4, 0, ops[0], at=1) + junk)
        self.assertEqual([p.count() for p in found], [5, 2])
        self.assertEqual(programs.to_text(programs.Names(), found[0]), TEXT)
        self.assertIn("call", [line for line in programs.to_text(programs.Names(), found[0], True).splitlines() if "# it" in line][0])

    def test_what_only_looks_like_one_is_left_out(self):
        self.assertEqual(programs.in_memory(struct.pack("<Q", programs.MAGIC) + b"\xff" * (programs.PAGE - 8)), [])


class Edges(unittest.TestCase):
    def test_digits(self):
        self.assertEqual(edges.bits("18", 6), [True, False, False, False, False, False])
        self.assertEqual(edges.bits("8", 3), [False, False, False])
        self.assertEqual(campaign.union("1", "28"), "38")
        self.assertEqual(campaign.union("", "28"), "28")


class FakeGuest:
    """Finds something as long as the program has a `yield' and a `clock'."""
    boots = 0

    def __init__(self, needed):
        self.needed, self.sent = needed, []

    def __enter__(self):
        FakeGuest.boots += 1
        return self

    def __exit__(self, *_):
        pass


class Shrink(unittest.TestCase):
    def setUp(self):
        self.names, self.replay = programs.Names(), guest.replay
        guest.replay = self.fake_replay
        FakeGuest.boots = 0

    def tearDown(self):
        guest.replay = self.replay

    def fake_replay(self, machine, program, repeats, limit):
        calls = {self.names.calls[op.call] for ops in program.lists for op in ops}
        outcome = guest.Outcome(calls={"null": (1, 1, "OK")})
        if machine.needed <= calls:
            outcome.finding = f"left behind: objects {program.count()}"
        return outcome

    def shrink(self, needed):
        program = programs.from_text(self.names, "threads 2\nthread 0\n" + "null\n" * 9 + "yield\n" + "random\n" * 20
                                     + "thread 1\nclock\n" + "null\n" * 3)
        return shrink.Shrinker(lambda: FakeGuest(needed), 5, 60, lambda text: None).shrink(program)

    def test_only_what_is_needed_is_left(self):
        program, finding = self.shrink({"yield", "clock"})
        self.assertIn("left behind", finding)
        self.assertEqual(programs.to_text(self.names, program).split("\n", 4)[4], "thread 0\nyield\nthread 1\nclock\n")

    def test_what_is_not_found_again_stays(self):
        program, finding = self.shrink({"exit"})
        self.assertEqual((program.count(), finding), (34, ""))
        self.assertEqual(FakeGuest.boots, 1)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    unittest.main()
