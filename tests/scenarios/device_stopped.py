# SPDX-License-Identifier: Apache-2.0
"""A device whose driver has ended writes to memory no more, though it has more to write; it works again for the next instance."""

import re
import tempfile
from pathlib import Path

from tools.image import change
from tools.run import monitor as monitors
from tools.run import qemu

CASES = ["function of PCI", "registers in memory"]
NEEDS = {"function of PCI": ["a line to spare"], "registers in memory": ["virtio in memory"]}
OWN, REQUESTS = 256, 8


class Machine:
    def __init__(self, t, place):
        self.t, self.monitor = t, monitors.Monitor(place)

    def words(self, at, count):
        """32-bit words of physical memory, as the host sees it."""
        lines = re.findall(r"(?m)^[0-9a-f]{16}: (.*?)\r?$", self.monitor.run(f"xp /{count}wx {at:#x}"))
        return [int(word, 16) for line in lines for word in line.split()]

    def own(self):
        """Of the driver's memory for its device, where this one writes."""
        at = int(self.t.expect_match(self.t.exec_ok("cat /dev/rogue"), r"at (0x\w+)$")[1], 16)
        return lambda: self.words(at, OWN // 4)


def ended(t, machine):
    memory = machine.own()
    t.exec(f"echo own {OWN} {REQUESTS} > /dev/rogue", 20)
    t.eventually("services rogue", r"^state +finished")
    before = memory()
    t.expect_equal(len(before), OWN // 4, "words of that memory")
    t.exec_ok("sleep 1")  # what does not happen has no event
    t.expect(memory() == before, "the device went on writing to memory")


def works_again(t):
    t.exec_ok("services start rogue")
    t.exec_ok(f"echo own {OWN} > /dev/rogue")
    t.eventually("cat /dev/rogue", r"^1 done, ")


def not_again(manifest):
    manifest.restart = "never"


# Each request takes devices of random numbers a quarter of a second, so that they have work for long. WHY all of them: which is
# the second differs between machines.
SLOW = ("-global", f"virtio-rng-device.max-bytes={OWN}", "-global", "virtio-rng-device.period=250")


def second_device(t, case):
    if case == "function of PCI":
        return {"extra": (*SLOW, "-device", "virtio-rng-pci")}
    last = 31 if qemu.MMIO_PLACES[t.disk.arch][1] > 1 else 7
    return {"bus": "mmio", "extra": (*SLOW, "-device", f"virtio-rng-device,bus=virtio-mmio-bus.{last}")}


def run(t, case):
    image = change.with_manifest(t.disk_file("ferrous/system.img"), "rogue", not_again)
    with tempfile.TemporaryDirectory(prefix="ferrous-monitor-") as folder:
        place = Path(folder) / "monitor"
        machine = second_device(t, case)
        machine["extra"] += tuple(monitors.words(place))
        t.boot(files={"ferrous/system.img": image}, **machine)
        machine = Machine(t, place)
        for _ in range(2):
            ended(t, machine)
            works_again(t)
        t.close()
