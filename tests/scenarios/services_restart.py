# SPDX-License-Identifier: Apache-2.0
"""Each service is killed and comes back under its declared policy, and its clients go on."""

import re
import tomllib
from pathlib import Path

SHARE = True
BOOT = {"blocks": 1 << 20}
# How a client notices that a service works again, beyond that it runs.
SIGNS = {
    "log": ("log", r"keeper: log: process \d+ ended"),
    "imgfs": ("ls /image", r"^init$"),
    "proc": ("ps", r"^ *\d+ init "),
    "tmpfs": ("echo kept > /tmp/k; cat /tmp/k", r"^kept$"),
    "random": ("head -n 1 /dev/random | wc", r"^ +1 "),
    "disk0": ("disk /dev/disk0 fill 1 0 4; disk /dev/disk0 check 1 0 4; disk /dev/disk0", r"^2048 sectors"),
    "pipe": ("echo through | cat", r"^through$"),
}
# The agent and its line carry this test itself; tests/scenarios/control_line.py is for them.
CARRIERS = {"agent", "uart1"}
# Their devices are not in this machine: tests/scenarios/share.py, iommu.py, messages.py, net.py and console_virtio.py are for them.
ELSEWHERE = {"share", "iommu", "rogue", "edu", "net0", "vcon0"}
IMAGE = Path(__file__).resolve().parents[2] / "image" / "default.image"
CASES = [name for name in tomllib.loads(IMAGE.read_text())["services"] if name not in CARRIERS | ELSEWHERE]


def restarts(t, name):
    return int(t.eventually("services", rf"^ *{re.escape(name)} +running +\d+ +(\d+) ")[1])


def run(t, case):
    before = restarts(t, case)
    t.exec_ok(f"kill {case}")
    t.eventually("services", rf"^ *{case} +running +\d+ +{before + 1} ")
    if case in SIGNS:
        t.eventually(*SIGNS[case])
