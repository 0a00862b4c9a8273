# SPDX-License-Identifier: Apache-2.0
"""Without a first serial port its driver is absent, which is no error, and the system comes up and says what it misses."""

NEEDS = ["removable console"]


def run(t):
    t.boot(com1=False)
    t.expect_match(t.exec_ok("services"), r"(?m)^ *uart0 +absent ")
    t.expect_match(t.exec_ok("services uart0"), r"(?m)^problem +device serial0 is not in this machine$")
    t.expect_match(t.exec_ok("log"), r"output is discarded: /dev/uart0/data")
    t.expect_match(t.exec_ok("devices"), r"(?m)^serial1 ")
    t.expect_equal(t.exec_ok("echo fine"), "fine\n")
