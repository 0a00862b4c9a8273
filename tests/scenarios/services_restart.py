# SPDX-License-Identifier: Apache-2.0
"""Each service is killed and comes back under its declared policy, and its clients go on."""

import re

SHARE = True
# How a client notices that it works again. The agent and its line carry this test itself.
CASES = {
    "log": ("log", r"keeper: log: process \d+ ended"),
    "names": ("ls /svc", r"\A"),
    "imgfs": ("ls /image", r"^init$"),
    "proc": ("ps", r"^ *\d+ init "),
    "tmpfs": ("echo kept > /tmp/k; cat /tmp/k", r"^kept$"),
    "pipe": ("echo through | cat", r"^through$"),
    "uart0": ("services", r"^uart0 +running"),
    "console": ("services", r"^console +running"),
    "shell": ("services", r"^shell +running"),
}


def starts(t, name):
    return int(t.eventually("services", rf"^{re.escape(name)} +running +\d+ +(\d+) ")[1])


def run(t, case):
    command, pattern = CASES[case]
    before = starts(t, case)
    t.exec_ok(f"kill {case}")
    t.eventually("services", rf"^{case} +running +\d+ +{before + 1} ")
    t.eventually(command, pattern)
