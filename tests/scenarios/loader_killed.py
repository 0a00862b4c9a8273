# SPDX-License-Identifier: Apache-2.0
"""The loader is killed while programs are started: whoever starts one only waits, and nothing that runs notices."""

import re

KILLS = 5


def run(t):
    t.boot(smp=2)
    for _ in range(KILLS):
        loader = re.search(r"(?m)^ *(\d+) loader ", t.exec_ok("ps"))[1]
        t.exec_ok(f"kill {loader} & echo one | cat; echo two | cat; wait")
        t.expect(re.search(rf"(?m)^ *{loader} loader ", t.exec_ok("ps")) is None, "the loader was not killed")
    table = t.exec_ok("services")
    for line in table.splitlines()[1:]:
        t.expect_match(line, r" (running|absent|finished) +\S+ +0 ", "a service that nothing was done to")
