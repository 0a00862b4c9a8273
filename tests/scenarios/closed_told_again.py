# SPDX-License-Identifier: Apache-2.0
"""A service that ends as it learns that a file was closed: its next instance learns it, once."""


def run(t):
    for count in (1, 2, 3):
        t.exec_ok("echo close > /dev/trial/do")
        t.eventually("cat /dev/trial/do", rf"^first {count}$")
        t.expect_match(t.exec_ok("services trial"), rf"(?m)^starts +{count + 1}$")
    t.expect_match(t.exec_ok("log crash"), r"(?m)^crash: process \d+ \(trial\): exit status 1, time ")
