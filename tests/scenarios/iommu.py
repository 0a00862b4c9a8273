# SPDX-License-Identifier: Apache-2.0
"""Devices are kept to the memory of their drivers, whatever dies."""

import re

NEEDS = ["iommu"]
CASES = ["kept", "four levels", "killed"]
MEGABYTE = 1 << 20
DISK = "disk /dev/disk0 fill 7 0 40; disk /dev/disk0 check 7 0 40"
KEPT = r"(?m)^dma +kept to its own memory"


def kept(t, extra=()):
    """Drivers are as they were, and are not trusted any more."""
    t.boot(blocks=MEGABYTE, iommu=True, extra=extra)
    t.exec_ok(DISK)
    t.expect_match(t.exec_ok("head -n 3 /dev/random | wc"), r"^ *[1-9]")
    for name in ("disk0", "random"):
        t.expect_match(t.exec_ok(f"services {name}"), KEPT)
    t.expect_match(t.exec_ok("services iommu"), r"(?m)^dma .*trusted like the kernel")
    t.expect_match(t.exec_ok("devices rng0"), r"(?m)^has +requester 0x")


def killed(t):
    """Whoever keeps devices may die, and their drivers, in any order; nobody is blamed for it."""
    t.boot(blocks=MEGABYTE, iommu=True)
    for name in ("iommu", "disk0", "iommu", "random", "disk0", "iommu"):
        t.exec_ok(f"kill {name}; {DISK}")
    status, output = t.exec("torture kill 30 40 4000 disk0", 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    t.eventually("services", r"^iommu +running +\d+ +3 ")
    for name in ("disk0", "random"):
        about = t.exec_ok(f"services {name}")
        t.expect_match(about, KEPT)
        t.expect(not re.search(r"(?m)^dma-faults", about), f"{name} was blamed:\n{about}")
    t.expect_equal(t.exec_ok("log crash"), "")


def run(t, case):
    if case == "four levels":
        kept(t, ("-global", "intel-iommu.aw-bits=48"))
    else:
        globals()[case](t)
