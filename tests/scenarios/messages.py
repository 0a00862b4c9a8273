# SPDX-License-Identifier: Apache-2.0
"""A device with plain MSI interrupts its driver, by message where it has no wire, and again after the driver was killed."""

import re

from tools.run import ways

NEEDS = ["a line to spare"]
FACTORIALS = {5: 120, 6: 720, 7: 5040}


def run(t):
    t.boot(extra=("-device", "edu"))
    way = "message" if "messages of functions" in ways.has(t.machine.config.boot) else "wire"
    about = t.exec_ok("devices edu0")
    t.expect_equal(bool(re.search(r"(?m)^has +reaches memory$", about)), way == "message", "whether it may write to memory")
    t.expect_equal(len(re.findall(r"(?m)^has +line \d+$", about)), 1, "lines")
    for before, (number, factorial) in enumerate(FACTORIALS.items()):
        t.expect_match(t.exec_ok("cat /dev/edu"), rf"^0 by {way}, last 0$")
        t.exec_ok(f"echo {number} > /dev/edu")
        t.eventually("cat /dev/edu", rf"^1 by {way}, last {factorial}$")
        t.exec_ok(f"echo {number} > /dev/edu")
        t.eventually("cat /dev/edu", rf"^2 by {way}, last {factorial}$")
        t.exec_ok("kill edu")
        t.eventually("services", rf"^edu +running +\d+ +{before + 1} ")
