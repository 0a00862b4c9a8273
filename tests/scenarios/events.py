# SPDX-License-Identifier: Apache-2.0
"""The kernel's events tell of a process' life, in words."""

SHARE = True


def run(t):
    t.exec_ok("true")
    text = t.exec_ok("events")
    for name in ("process_create", "thread_create", "process_exit", "process_gone"):
        t.expect_match(text, rf"\b{name}\b")
