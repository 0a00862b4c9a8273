# SPDX-License-Identifier: Apache-2.0
"""Counting stays in the kernel (tools/run/where.py), with the entries of each architecture."""

import unittest
from collections import Counter
from unittest import mock

from tools.run import where

COMMON = {"core_syscall": (0x80, 0x90), "syscall_null": (0xa0, 0xb0), "trap_in_user": (0xc0, 0xd0)}
NULL, FAULT = [0xa0, 0xa4], [0xc0, 0xc4]


def found(entries, addresses):
    """{name: (stays, instructions)} of the addresses in a kernel with these entries."""
    with mock.patch.object(where, "symbols", return_value={**COMMON, **entries}), \
            mock.patch.object(where, "fast_names", return_value={}):
        stays = where.Stays("kernel.elf")
    for address in addresses:
        stays.add(address)
    stays.end()
    return {name: (count, sum(steps.values())) for name, (count, steps) in stays.found.items()}


class Stays(unittest.TestCase):
    def test_a_stay_is_named_after_its_system_call_or_its_trap(self):
        for entries, call, trap in (({"syscall_entry": (0x10, 0x20), "trap_stubs": (0x20, 0x30)}, 0x10, 0x24),
                                    ({"user_synchronous": (0x10, 0x20), "user_interrupt": (0x20, 0x30)}, 0x10, 0x10),
                                    ({"user_synchronous": (0x10, 0x20), "user_interrupt": (0x20, 0x30)}, 0x10, 0x20),
                                    ({"trap_entry": (0x10, 0x30)}, 0x10, 0x10)):
            steps = [call, 0x14, *NULL, trap, *FAULT, call, *NULL]
            self.assertEqual(found(entries, steps), {"syscall_null": (2, 7), "trap_in_user": (1, 3)})

    def test_a_row_of_stubs_is_one_entry(self):
        entries = {"syscall_entry": (0x10, 0x20), "trap_stubs": (0x20, 0x30)}
        self.assertEqual(found(entries, [0x20, 0x24, *FAULT]), {"trap_in_user": (1, 4)})

    def test_assembly_without_lines_is_named_by_its_symbol(self):
        answer = mock.Mock(stdout='{"Symbol":[{"FunctionName":""}]}\n{"Symbol":[{"FunctionName":"f"},{"FunctionName":"g"}]}\n')
        with mock.patch.object(where, "symbols", return_value={"trap_entry": (0x10, 0x20)}), \
                mock.patch.object(where.subprocess, "run", return_value=answer):
            self.assertEqual(where.functions_at("kernel.elf", Counter([0x18, 0x40])), {0x18: ["trap_entry"], 0x40: ["f", "g"]})


if __name__ == "__main__":
    unittest.main()
