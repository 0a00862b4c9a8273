# SPDX-License-Identifier: Apache-2.0
"""A device whose driver has ended writes to memory no more, though it has more to write; it works again for the next instance."""

import re
import tempfile
from pathlib import Path

from tools.image import change
from tools.run import monitor as monitors

NEEDS = ["a line to spare"]
# Each request takes the device a quarter of a second, so that it has work for long.
OWN, REQUESTS, MASTER, COMMAND = 256, 8, 4, 4
SLOW = ("-device", f"virtio-rng-pci,max-bytes={OWN},period=250")


class Machine:
    def __init__(self, t, place):
        self.t, self.monitor = t, monitors.Monitor(place)

    def words(self, at, count):
        """32-bit words of physical memory, as the host sees it."""
        lines = re.findall(r"(?m)^[0-9a-f]{16}: (.*?)\r?$", self.monitor.run(f"xp /{count}wx {at:#x}"))
        return [int(word, 16) for line in lines for word in line.split()]

    def reaches(self):
        config = int(self.t.expect_match(self.t.exec_ok("devices rng1"), r"^has +config (0x\w+)")[1], 16)
        return self.words(config + COMMAND, 1)[0] & MASTER != 0

    def own(self):
        """Of the driver's memory for its device, where this one writes."""
        at = int(self.t.expect_match(self.t.exec_ok("cat /dev/rogue"), r"at (0x\w+)$")[1], 16)
        return lambda: self.words(at, OWN // 4)


def ended(t, machine):
    memory = machine.own()
    t.expect(machine.reaches(), "the device of a driver that runs reaches no memory")
    t.exec(f"echo own {OWN} {REQUESTS} > /dev/rogue", 20)
    t.eventually("services rogue", r"^state +finished")
    t.expect(not machine.reaches(), "a device without a driver may reach memory")
    before = memory()
    t.expect_equal(len(before), OWN // 4, "words of that memory")
    t.exec_ok("sleep 1")  # what does not happen has no event
    t.expect_equal(memory(), before, "memory that the device was told of")


def works_again(t, machine):
    t.exec_ok("services start rogue")
    t.expect(machine.reaches(), "the next instance's device reaches no memory")
    t.exec_ok(f"echo own {OWN} > /dev/rogue")
    t.eventually("cat /dev/rogue", r"^1 done, ")


def not_again(manifest):
    manifest.restart = "never"


def run(t):
    image = change.with_manifest(t.disk_file("ferrous/system.img"), "rogue", not_again)
    with tempfile.TemporaryDirectory(prefix="ferrous-monitor-") as folder:
        place = Path(folder) / "monitor"
        t.boot(files={"ferrous/system.img": image}, extra=(*SLOW, *monitors.words(place)))
        machine = Machine(t, place)
        for _ in range(2):
            ended(t, machine)
            works_again(t, machine)
        t.close()
