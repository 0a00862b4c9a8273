# SPDX-License-Identifier: Apache-2.0
"""Without a first serial port the system still comes up, and says what it misses."""

NEEDS = ["removable console"]


def run(t):
    t.boot(com1=False)
    t.expect_match(t.exec_ok("log"), r"uart0: no UART at ports 0x3f8")
    t.expect_equal(t.exec_ok("echo fine"), "fine\n")
