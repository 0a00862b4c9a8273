# SPDX-License-Identifier: Apache-2.0
"""Devices are found, described alike on every architecture, and given to one driver each; the table outlives who made it."""

import re

SHARE = True
CASES = ["described", "given", "found_once", "random"]


def described(t):
    table = t.exec_ok("devices")
    for name in ("serial0", "serial1", "pci-host0", "bridge0", "kernel0"):
        t.expect_match(table, rf"(?m)^{name} ")
    for name in ("serial0", "serial1"):
        about = t.exec_ok(f"devices {name}")
        t.expect_match(about, r"(?m)^class +serial$")
        t.expect_match(about, r"(?m)^has +(memory|ports) 0x")
        t.expect_match(about, r"(?m)^has +line \d+$")
    t.expect(t.exec("devices serial9")[0] != 0, "a device that is not there was shown")
    t.expect_match(t.exec_ok("ls /dev/devices"), r"(?m)^serial1$")


def given(t):
    """A driver holds its device's registers and line, one unit of each and no more."""
    process = re.search(r"(?m)^process +(\d+)", t.exec_ok("services uart1"))[1]
    caps = t.exec_ok(f"caps {process}")
    t.expect_equal(re.findall(r"(?m)^0x\w+ irq .* (\d+)  (\S+)$", caps), [("1", "BIND")], "interrupt lines of uart1")
    t.expect_match(caps, r"(?m)^0x\w+ (ioport .* 8|memory .* 1)  INSPECT,READ,WRITE$")


def found_once(t):
    """Asking the hardware again would disturb drivers that run: a new instance takes the table as it is."""
    before = t.exec_ok("devices")
    t.exec_ok("kill devices")
    t.eventually("services", r"^ *devices +running +\d+ +[1-9] ")
    t.expect_equal(t.exec_ok("devices"), before)
    t.expect_equal(len(re.findall(r"(?m)\d+ devices$", t.exec_ok("log"))), 1, "times that devices were looked for")


def random(t):
    """A device that writes to memory by itself: its driver works again after it was killed, and says that it is trusted."""
    t.expect_match(t.exec_ok("services random"), r"(?m)^dma +without an IOMMU")
    table = t.exec_ok("services")
    t.expect_match(table, r"(?m)^random .* /dev/random  trusted$")
    t.expect_equal(len(re.findall("trusted", table)), 1, "drivers that are trusted")
    for _ in range(3):
        first, second = (t.exec_ok("head -n 3 /dev/random | wc") for _ in range(2))
        t.expect_match(first, r"^ *[1-9]")
        t.expect_match(second, r"^ *[1-9]")
        before = int(t.eventually("services", r"^random +running +\d+ +(\d+) ")[1])
        t.exec_ok("kill random")
        t.eventually("services", rf"^random +running +\d+ +{before + 1} ")


def run(t, case):
    globals()[case](t)
