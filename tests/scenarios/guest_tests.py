# SPDX-License-Identifier: Apache-2.0
"""Test programs that run in the guest and count for themselves."""

import re

CASES = {
    "files-test": ("files-test", r"^(\d+) passed, 0 failed$"),
    # Who is answered is preempted by who asked.
    "files-test on 1 CPU": ("files-test", r"^(\d+) passed, 0 failed$"),
    # Mutexes and conditions where threads take turns, and where they meet.
    "locks on 1 CPU": ("conform mutex; conform conditions", r"^(\d+) passed, 0 failed$"),
    "locks on 4 CPUs": ("conform mutex; conform conditions", r"^(\d+) passed, 0 failed$"),
    # Registers where threads only take turns, and where they also move.
    "floating point on 1 CPU": ("conform floating", r"^2 passed, 0 failed$"),
    "floating point on 4 CPUs": ("conform floating", r"^2 passed, 0 failed$"),
}


def run(t, case):
    command, pattern = CASES[case]
    t.boot(smp=1 if "1 CPU" in case else 4)
    status, text = t.exec(command, 240)
    t.expect(status == 0 and re.search(pattern, text, re.MULTILINE), f"`{command}' ended with status {status}; it printed:\n{text[-3000:]}")
    t.expect_equal(t.exec_ok("echo on"), "on\n")
