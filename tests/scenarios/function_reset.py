# SPDX-License-Identifier: Apache-2.0
"""A function of PCI is reset before its first driver, and after one that has failed twice: that instance finds its registers where they were, and
nothing in them that the last one left. Where a register stops what it does, that is all that is done at other ends, also where who does it ends
on the way."""

from tools.image import change

# WHY this name: no other driver takes a controller that has it.
DEVICES = ("-drive", "if=none,id=null0,driver=null-co,size=1M", "-drive", "if=none,id=null1,driver=null-co,size=1M",
           "-device", "nvme,serial=0,drive=null0,use-intel-id=on", "-device", "nvme,serial=1,drive=null1,use-intel-id=on")
STOPPED = "0x5a5a"   # the mark of the last instance is there still
AFTER_FAILURES = 11  # a request is made eight times


def driver(manifest):
    """edu's place, for a driver that only looks whether its device was reset."""
    manifest.program = "fresh"
    manifest.device.name, manifest.device.number, manifest.device.matches = "block", 1, [("pci8086,5845", "")]


def back(t, restarts, mark="0x0"):
    t.eventually("services", rf"^edu +running +\d+ +{restarts} ")
    t.expect_match(t.exec_ok("cat /dev/edu"), rf"^found {mark}, answers, on$")


def run(t):
    t.boot(files={"ferrous/system.img": change.with_manifest(t.disk_file("ferrous/system.img"), "edu", driver)}, extra=DEVICES)
    t.expect_match(t.exec_ok("devices block1"), r"(?m)^has +can be reset$")
    back(t, 0)
    t.exec_ok("kill edu")
    back(t, 1, STOPPED)
    t.exec_ok("kill edu; kill devices")
    back(t, 2, STOPPED)
    t.expect_match(t.exec_ok("services"), r"(?m)^ *devices +running +\d+ +1 ")
    t.exec_ok("services stop edu")
    t.exec_ok("services start edu")
    back(t, 3, STOPPED)
    t.expect(t.exec("echo fail > /dev/edu")[0] != 0, "who asked a driver that ends each time was answered")
    back(t, AFTER_FAILURES)
