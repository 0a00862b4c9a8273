# SPDX-License-Identifier: Apache-2.0
"""A program's files go on through restarts of their servers, and a fault leaves a crash record."""

SHARE = True


def run(t):
    t.expect_match(t.exec_ok("files-test"), r"(?m)^10 passed, 0 failed$")
