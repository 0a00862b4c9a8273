# SPDX-License-Identifier: Apache-2.0
"""Boots one after another, on 1, 2, 4 and 8 CPUs in turn, each with a new KASLR base: none may fail.

FERROUS_BOOTS=50 ./ferrous test boots_in_a_row makes as many as are asked for.
"""

import os

BOOTS = int(os.environ.get("FERROUS_BOOTS", "4"))
CASES = [f"{number} of {BOOTS}" for number in range(1, BOOTS + 1)]


def run(t, case):
    t.boot(smp=[1, 2, 4, 8][int(case.split()[0]) % 4])
    t.expect_equal(t.exec_ok("echo alive"), "alive\n")
