# SPDX-License-Identifier: Apache-2.0
"""Services are killed at random moments, one and two at a time, while files, pipes, log and image are worked with: no
byte and no request is lost. A slice of `./ferrous torture'."""

import re

CASES = ["1 CPU", "4 CPUs"]
KILLED = re.compile(r"crash: process \d+ \((loader|keeper)\): KILLED ")
SERVICES = "tmpfs pipe log imgfs names proc console uart0 keeper loader"


def run(t, case):
    t.boot(smp=int(case.split()[0]))
    status, output = t.exec(f"torture kill 20 4 4000 {SERVICES}", 240)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    records = t.exec_ok("log crash").splitlines()
    t.expect_equal([line for line in records if not KILLED.match(line)], [], "crash records of others than whom init starts")
