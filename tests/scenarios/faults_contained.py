# SPDX-License-Identifier: Apache-2.0
"""A program that faults ends alone: the shell goes on, and the log holds a crash record."""

SHARE = True
CASES = ["null", "read", "write", "text", "execute", "inside", "return", "stack", "divide", "trap", "privileged"]
NEEDS = {"inside": ["branch targets"], "return": ["signed returns"]}
KINDS = {"return": "SIGNATURE"}  # where only one is right


def run(t, case):
    status, text = t.exec(f"fault {case}")
    t.expect(status != 0, f"fault {case} ended with status 0")
    t.expect_match(text, "fault")
    t.eventually("log crash", r"^crash: process \d+ \(fault\):")
    record = t.exec_ok("log crash")
    t.expect_match(record, rf"^crash: process \d+ \(fault\): {KINDS.get(case, '')}")
    t.expect_match(record, r"^crash:   registers \d+: 0x")
    t.expect_match(record, r"^crash:   on behalf of fault/\d+ \(process \d+\), trace [0-9a-f]{32}$")
    t.expect_match(record, r"^crash:   event \S+ fault \S+ fault at 0x")
    t.expect_equal(t.exec_ok("echo on"), "on\n")
