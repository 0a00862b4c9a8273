# SPDX-License-Identifier: Apache-2.0
"""A service that ends with a failure, or that somebody kills without asking the keeper, leaves a crash record: how, by whom, on whose
behalf. One that the keeper was told to end leaves none."""

import re

CASES = ["failed", "killed", "asked", "loader"]


def failed(t):
    t.exec("echo fail > /dev/trial/do")
    record = t.exec_ok("log crash")
    t.expect_match(record, r"^crash: process \d+ \(trial\): exit status 1, time ")
    t.expect_match(record, r"^crash:   ran for \d+\.\d+, cpu time \d")
    t.expect_match(record, r"^crash:   on behalf of echo/\d+ \(process \d+\), trace [0-9a-f]{32}$")
    t.expect_match(record, r"^crash:   event \S+ process_exit process \d+ ends: EXITED, status 1$")


def killed(t):
    process = re.search(r"(?m)^ *tmpfs +running +(\d+) ", t.exec_ok("services"))[1]
    t.exec_ok(f"kill {process}")
    record = t.eventually("log crash", r"^crash: process \d+ \(tmpfs\): KILLED, which nobody asked the keeper for, time ").string
    t.expect_match(record, r"^crash:   ended by proc/\d+ \(process \d+\)$")
    t.expect_match(record, r"^crash:   event \S+ process_exit process \d+ ends: KILLED, status \d+$")


def asked(t):
    for command in ("kill trial", "services restart tmpfs", "services stop trial; services start trial",
                    "services replace trial trial-next", "kill log"):
        t.exec_ok(command)
    t.expect_match(t.exec_ok("services trial"), r"^last-end +KILLED")
    t.expect_equal(t.exec_ok("log crash"), "")


def loader(t):
    """Of whom init starts there is a record, too."""
    for name in ("loader", "keeper"):
        process = re.search(rf"(?m)^ *(\d+) {name} ", t.exec_ok("ps"))[1]
        t.exec_ok(f"kill {process}; services trial")
        t.eventually("log crash", rf"^crash: process {process} \({name}\): KILLED 137; \d+ KiB free of \d+ KiB, time ")


def run(t, case):
    t.boot(smp=2)
    {"failed": failed, "killed": killed, "asked": asked, "loader": loader}[case](t)
