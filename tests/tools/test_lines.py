# SPDX-License-Identifier: Apache-2.0
"""Reading memory operands out of a disassembly (tools/run/lines.py), the lines of `bench pairs`, of `bench disk` and of their
plugins."""

import unittest

from tools.run import bench, disk_costs, lines, pairs, stretches, where

REGISTERS = {"rax": 0x1000, "rcx": 3, "rsp": 0x8000, "rdi": 0x5000, "rsi": 0x6000, "gs": 0x90000, "rbp": 0x7000, "r13": 0x200}


def touched(*instructions):
    """(address, loads, stores, atomic) of the first of the instructions given as llvm-objdump prints them."""
    text = "\n".join(f"{0x100 + 8 * i:8x}:      \t{each}" for i, each in enumerate((*instructions, "retq")))
    found = lines.disassemble(text).get(where.KERNEL + 0x100, [])
    return [(each.address(REGISTERS.__getitem__), bool(each.loads), bool(each.stores), each.atomic) for each in found]


class Operands(unittest.TestCase):
    def test_loads_and_stores(self):
        self.assertEqual(touched("movq\t0x10(%rax), %rdx"), [(0x1010, True, False, False)])
        self.assertEqual(touched("movq\t%rdx, -0x8(%rax,%rcx,8)"), [(0x1010, False, True, False)])
        self.assertEqual(touched("movl\t$0x1, (%rax)"), [(0x1000, False, True, False)])
        self.assertEqual(touched("incl\t0x4(%r13)"), [(0x204, True, True, False)])
        self.assertEqual(touched("cmpl\t$0x0, 0x4(%rax)"), [(0x1004, True, False, False)])
        self.assertEqual(touched("addq\t%rdx, (%rax)"), [(0x1000, True, True, False)])
        self.assertEqual(touched("addq\t(%rax), %rdx"), [(0x1000, True, False, False)])

    def test_atomic_ones_do_both(self):
        self.assertEqual(touched("xchgl\t%edx, (%rax)"), [(0x1000, True, True, True)])
        self.assertEqual(touched("lock\t\txaddl\t%edx, 0x8(%rax)"), [(0x1008, True, True, True)])

    def test_segments_and_places_relative_to_the_instruction(self):
        self.assertEqual(touched("movq\t%gs:0x18, %rax"), [(0x90018, True, False, False)])
        self.assertEqual(touched("movq\t%rax, %gs:0x18"), [(0x90018, False, True, False)])
        self.assertEqual(touched("movl\t0x20(%rip), %eax         # 0x128 <x>"), [(where.KERNEL + 0x128, True, False, False)])

    def test_the_stack(self):
        self.assertEqual(touched("pushq\t%rax"), [(0x7ff8, False, True, False)])
        self.assertEqual(touched("popq\t%rax"), [(0x8000, True, False, False)])
        self.assertEqual(touched("callq\t0x500 <f>"), [(0x7ff8, False, True, False)])
        self.assertEqual(touched("callq\t*0x8(%rax)"), [(0x1008, True, False, False), (0x7ff8, False, True, False)])

    def test_what_touches_nothing(self):
        self.assertEqual(touched("leaq\t0x8(%rax), %rdx"), [])
        self.assertEqual(touched("nopw\t(%rax,%rax)"), [])
        self.assertEqual(touched("movq\t%rax, %rdx"), [])

    def test_parts_of_registers(self):
        self.assertEqual([lines.whole(name) for name in ("eax", "ecx", "esi", "r13d", "rbp")], ["rax", "rcx", "rsi", "r13", "rbp"])


class Stretches(unittest.TestCase):
    NAMES = {16: "map", 32: "unmap"}

    def test_the_longest_comes_first(self):
        found = stretches.parse("16 100 5 7\n32 2000 0 9\n", self.NAMES)
        self.assertEqual(found, [(2000, 0, 9, "unmap"), (100, 5, 7, "map")])
        self.assertIn("stretch_longest_2cpu  2,000 instructions, in: unmap", stretches.table(found, 2, 5))

    def test_nothing_seen_is_no_result(self):
        with self.assertRaises(bench.BenchError):
            stretches.parse("", self.NAMES)


class DiskCosts(unittest.TestCase):
    TEXT = "disk block_read_4k_random 1 100\ndisk block_write_4k_random_8 8 10\n"
    COUNTS = ["0 50 0", "0 1050 0", "0 2000 0", "0 2005 5"]

    def test_instructions_of_an_operation(self):
        self.assertEqual(disk_costs.parse(self.TEXT, self.COUNTS), [("block_read_4k_random", 1, 10), ("block_write_4k_random_8", 8, 1)])

    def test_counts_that_do_not_match_are_refused(self):
        for text, counts in ((self.TEXT, self.COUNTS[1:]), ("", [])):
            with self.assertRaises(bench.BenchError):
                disk_costs.parse(text, counts)


class Pairs(unittest.TestCase):
    TEXT = "pairs pairs 2 4000 0\npairs free 2 10 0\npairs one_server 2 10 0\npairs charging 2 100 7 3:2 16:5\n"
    # Two processors, asked for twice before the rounds and twice after them.
    COUNTS = [f"0 {at} {2 * at} 0" for at in (1, 10, 1010, 1020, 2000, 2001, 2011, 2012, 0, 0, 0, 0, 3000, 3001, 3004, 3005)]

    def test_lines_of_the_guest(self):
        found = pairs.parse(self.TEXT, self.COUNTS, 2)
        self.assertEqual(found["pairs"], (3000, 4000, 0, {}))
        self.assertEqual(found["charging"], (9, 100, 7, {3: 2, 16: 5}))
        self.assertEqual(pairs.each_round(found["free"]), 3)
        self.assertIn("queue 50.00, group 20.00", pairs.waits_text(found["charging"], {3: "group", 16: "queue"}))

    def test_counts_that_do_not_match_are_refused(self):
        for text, counts in ((self.TEXT, self.COUNTS[1:]), (self.TEXT[30:], self.COUNTS)):
            with self.assertRaises(bench.BenchError):
                pairs.parse(text, counts, 2)

    def test_levels_have_the_names_of_the_table(self):
        names = pairs.level_names(lines.Path(__file__).parents[2] / "kernel" / "core" / "cpu" / "lock.h")
        self.assertEqual(names[0], "NONE")
        self.assertEqual(names[-1], "LEVELS")
