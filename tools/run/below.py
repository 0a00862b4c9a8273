# SPDX-License-Identifier: Apache-2.0
"""Faults that come from below services: a disk that says what is not so, over its driver's queue and by storms of interrupts
(tools/run/vhost_disk.py), and, behind an IOMMU, a driver that has its device write anywhere. Each is carried out when it is counted."""

import random
import re
import time
from dataclasses import dataclass, field, replace

from tools.run import control, qemu, vhost_disk

# WHY not `silent': each takes the driver ten seconds to see.
LIES = tuple(lie for lie in vhost_disk.LIES if lie != "silent")
DISK_BYTES, BLOCKS, LIES_OF_THOUSAND = 1 << 20, 240, 100
CHANGED = "holds something else"
WILD, WILD_BYTES, MEMORY_BYTES = "wild dma", 64, 256 << 20
SERVICE = re.compile(r"^ *(\S+) +([a-z-]+) +[\d-]+ +(\d+) ", re.MULTILINE)
STRAYED = re.compile(r"^dma-faults +(\d+)$", re.MULTILINE)
BOOT_LIMIT, LIMIT, BACK_SECONDS = 600, 300, 60


class BelowError(Exception):
    """It could not be run."""


@dataclass
class Below:
    """By kind: how many were carried out, and how often the driver was started again meanwhile."""
    kinds: dict = field(default_factory=dict)
    back: int = 0
    lost: str = ""

    def add(self, kind, injected, restarts):
        before = self.kinds.get(kind, (0, 0))
        self.kinds[kind] = before[0] + injected, before[1] + restarts

    def injected(self):
        return sum(injected for injected, _ in self.kinds.values())


class Guest:
    def __init__(self, machine, driver):
        self.agent, self.driver = control.Control(machine), driver
        self.agent.wait_ready(BOOT_LIMIT)
        self.others = self.restarts()

    def run(self, command):
        """(status, what it printed)"""
        output = bytearray()
        status = self.agent.run(command, output.extend, LIMIT)
        return status, output.decode("utf-8", "replace")

    def services(self):
        return {name: (state, int(count)) for name, state, count in SERVICE.findall(self.run("services")[1])}

    def restarts(self):
        """Of all but the driver."""
        return {name: count for name, (_, count) in self.services().items() if name != self.driver}

    def serving(self):
        """How often the driver was started again, once it runs. A person starts what was given up."""
        end = time.monotonic() + BACK_SECONDS
        while time.monotonic() < end:
            state, count = self.services()[self.driver]
            if state == "running":
                return count
            if state == "given-up":
                self.run(f"services start {self.driver}")
        raise BelowError(f"{self.driver} did not come back; its state is {state}")

    def harmed(self):
        """Who was started again that nothing was done to; empty: nobody."""
        return ", ".join(name for name, count in self.restarts().items() if count != self.others.get(name))


def one_round(guest, disk, kind, number, result):
    """Bytes that were written are there, or whoever asks is told that they cannot be had."""
    before, told = guest.serving(), disk.told[kind]
    disk.kinds, disk.lies = (kind,), LIES_OF_THOUSAND
    status, _ = guest.run(f"disk /dev/disk0 fill {number} 0 {BLOCKS}")
    _, output = guest.run(f"disk /dev/disk0 check {number} 0 {BLOCKS}")
    disk.lies = 0
    result.add(kind, disk.told[kind] - told, guest.serving() - before)
    result.back += 1
    if status == 0 and CHANGED in output:
        result.lost = f"{kind}: bytes were changed, and nobody was told:\n{output[-2000:]}"
    elif status == 0 and guest.run(f"disk /dev/disk0 check {number} 0 {BLOCKS}")[0]:
        result.lost = f"{kind}: the bytes are not there, now that the disk says nothing but the truth"


def each_kind(guest, disk, number, result):
    """Then the disk serves as before, and nobody else was started again."""
    for kind in LIES:
        if not result.lost:
            one_round(guest, disk, kind, number, result)
    status, output = guest.run(f"disk /dev/disk0 fill {number} 0 {BLOCKS}; disk /dev/disk0 check {number} 0 {BLOCKS}")
    if status and not result.lost:
        result.lost = f"the disk does not serve as before:\n{output}{guest.run('services disk0; log')[1][-3000:]}"
    result.lost = result.lost or guest.harmed() or disk.complaint


def lying_disk(config, seconds, count, seed, say):
    result, number = Below(), seed
    with vhost_disk.new(DISK_BYTES, seed) as disk, qemu.Machine(replace(config, disk=None, extra=tuple(disk.words(config.mem)))) as machine:
        guest = Guest(machine, "disk0")
        end = time.monotonic() + seconds
        while time.monotonic() < end and result.injected() < count and not result.lost:
            each_kind(guest, disk, number, result)
            number += 1
            say(f"{result.injected()} lies of the disk, nobody else harmed")
    return result


def strayed(guest):
    found = STRAYED.search(guest.run(f"services {guest.driver}")[1])
    return int(found[1]) if found else 0


def one_stray(guest, address, result):
    """The IOMMU keeps the device from it, and the keeper ends its driver."""
    restarts, before = guest.serving(), strayed(guest)
    guest.run(f"echo {address:#x} {WILD_BYTES} > /dev/rogue")
    end = time.monotonic() + BACK_SECONDS
    while strayed(guest) == before:
        if time.monotonic() > end:
            result.lost = f"the device was not kept from {address:#x}"
            return
    result.add(WILD, 1, guest.serving() - restarts)
    result.back += 1


def wild_dma(config, seconds, count, seed, say):
    """To places anywhere in memory, a page each. WHY a file with a known text: of what is there something must be seen to be the same."""
    result, chosen = Below(), random.Random(seed)
    device = ("-device", "virtio-rng-pci,disable-legacy=on,iommu_platform=on")
    with qemu.Machine(replace(config, extra=(*config.extra, *device))) as machine:
        guest = Guest(machine, "rogue")
        guest.run("echo as it was > /tmp/known")
        end = time.monotonic() + seconds
        while time.monotonic() < end and result.injected() < count and not result.lost:
            for _ in range(10):
                if not result.lost:
                    place = qemu.MEMORY_AT[config.boot.arch] + (chosen.randrange(MEMORY_BYTES) & ~0xfff)
                    one_stray(guest, place, result)
            if guest.run("cat /tmp/known")[1] != "as it was\n":
                result.lost = "a file was changed"
            result.lost = result.lost or guest.harmed()
            say(f"{result.injected()} times memory that is not the driver's, nobody else harmed")
    return result


def run(config, seconds, count, seed, say):
    """The Below of so many seconds or so many of them, whichever is over first, in one boot."""
    try:
        return (wild_dma if config.iommu else lying_disk)(config, seconds, count, seed, say)
    except control.ControlError as error:
        raise BelowError(str(error)) from None


def rows(result):
    return [("fault", "injected", "driver started again")] + \
           [(kind, f"{injected:,}", f"{restarts:,}") for kind, (injected, restarts) in result.kinds.items()]
