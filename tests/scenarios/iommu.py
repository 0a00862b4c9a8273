# SPDX-License-Identifier: Apache-2.0
"""Devices are kept to the memory of their drivers, whatever dies, and whatever a driver tells its device."""

import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.run import monitor as monitors, qemu

CASES = ["kept", "four levels", "without interrupts", "behind a bridge", "killed", "attack without", "attack",
         "configuration space"]
NEEDS = {"kept": ["iommu"], "behind a bridge": ["vt-d"], "four levels": ["vt-d"], "without interrupts": ["iommu", "riscv iommu"],
         "killed": ["iommu"], "attack without": ["iommu", "a line to spare"],
         "attack": ["iommu", "a line to spare"], "configuration space": ["a line to spare"]}
MEGABYTE = 1 << 20
DISK = "disk /dev/disk0 fill 7 0 40; disk /dev/disk0 check 7 0 40"
KEPT = r"(?m)^dma +kept to its own memory"
SECRET = "a line that only its owner may change"


def kept(t, extra=()):
    """Drivers are as they were, and are not trusted any more."""
    t.boot(blocks=MEGABYTE, iommu=True, extra=extra)
    t.exec_ok(DISK)
    t.expect_match(t.exec_ok("head -n 3 /dev/random | wc"), r"^ *[1-9]")
    for name in ("disk0", "random"):
        t.expect_match(t.exec_ok(f"services {name}"), KEPT)
    t.expect_match(t.exec_ok("services iommu"), r"(?m)^dma .*trusted like the kernel")
    t.expect_equal(re.findall(r"(?m)^ *(\S+) .* trusted$", t.exec_ok("services")), ["iommu"], "drivers that are trusted")
    t.expect_match(t.exec_ok("devices rng0"), r"(?m)^has +requester 0x")


def behind_a_bridge(t):
    """What the IOMMU may not tell from others reaches no memory: its driver is not started, and is told why."""
    t.boot(iommu=True, extra=("-device", "pcie-root-port,id=bridge,chassis=1,addr=0xa", "-device",
                              "virtio-rng-pci,bus=bridge,disable-legacy=on,iommu_platform=on"))
    t.expect_match(t.exec_ok("devices rng1"), r"(?m)^has +behind a bridge")
    about = t.exec_ok("services rogue")
    t.expect_match(about, r"(?m)^state +absent")
    t.expect("trusted like the kernel" not in about, f"nobody need trust it:\n{about}")
    t.expect_match(t.exec_ok("log"), r"(?m)rogue: device rng1 reaches no memory: the IOMMU does not know it")
    t.expect_match(t.exec_ok("services random"), KEPT)


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


# ---- a driver whose device writes elsewhere ----

class Memory:
    """The machine's, as the host sees it."""

    def __init__(self, monitor, folder, start, size):
        self.monitor, self.file, self.start, self.size = monitor, Path(folder) / "memory", start, size

    def read(self, at, size):
        self.monitor.run(f'pmemsave {at:#x} {size:#x} "{self.file}"')
        return self.file.read_bytes()

    def places(self, data):
        return [self.start + found.start() for found in re.finditer(re.escape(data), self.read(self.start, self.size))]


@contextmanager
def with_rogue(t, iommu):
    """A machine with a second device of random numbers, whose driver does with it what it is told."""
    behind = ",disable-legacy=on,iommu_platform=on" if iommu else ""
    with TemporaryDirectory(prefix="ferrous-monitor-") as folder:
        place = Path(folder) / "monitor"
        t.boot(blocks=MEGABYTE, iommu=iommu, mem="256M",
               extra=("-device", f"virtio-rng-pci{behind}", *monitors.words(place)))
        t.exec_ok("echo own 200 > /dev/rogue")
        t.eventually("cat /dev/rogue", r"^1 done, [12]\d\d bytes changed")
        yield Memory(monitors.Monitor(place), folder, qemu.MEMORY_AT[t.machine.config.boot.arch], 256 * MEGABYTE)


def victim(t, memory):
    """What another service keeps, a line in a file of tmpfs, and where that is: its only place in memory, once what it came by
    has other uses. WHY two spaces: whoever takes the command has them, only the file has one."""
    t.exec_ok(f"echo {SECRET.replace(' ', '  ')} > /tmp/victim")
    for _ in range(20):
        t.exec_ok("ps; services; devices; mem; ls /tmp; true; true; true")
        if len(places := memory.places(SECRET.encode())) == 1:
            return places[0]
    raise AssertionError(f"the line lies at {places}; expected one place")


def attack_without(t):
    """Where no IOMMU is, a driver is trusted because it has to be: this one breaks that."""
    with with_rogue(t, False) as memory:
        t.expect_match(t.exec_ok("services rogue"), r"(?m)^dma +without an IOMMU")
        place = victim(t, memory)
        t.exec_ok(f"echo {place:#x} {len(SECRET)} > /dev/rogue")
        t.eventually("cat /dev/rogue", r"^2 done")
        t.expect(memory.read(place, len(SECRET)) != SECRET.encode(), "the attack did no harm where nothing is in its way")
        t.expect(SECRET not in t.exec_ok("cat /tmp/victim"), "the attack hit another place")


def configuration_space(t):
    """A driver reads its device's, and cannot change it: there its registers could be moved over others'."""
    with with_rogue(t, False):
        status, output = t.exec("echo config > /dev/rogue")
        t.expect(status != 0, "a driver's configuration space can be changed by it")
        t.expect_match(output, r"(?i)right|denied")
        t.exec_ok("echo own 100 > /dev/rogue")
        t.eventually("cat /dev/rogue", r"^2 done")
        t.expect_match(t.exec_ok("devices rng1"), r"(?m)^has +reaches memory$")


def faults(t):
    found = re.search(r"(?m)^dma-faults +(\d+)$", t.exec_ok("services rogue"))
    return int(found[1]) if found else 0


def strike(t, place, limit):
    """Each time that it is asked the driver is ended, and at last given up. WHY not so many times: who is told nothing asks again."""
    while (before := faults(t)) < limit:
        t.exec(f"echo {place:#x} {len(SECRET)} > /dev/rogue")
        t.eventually("services rogue", rf"(?m)^dma-faults +(?!{before}$)")
    t.eventually("services rogue", r"(?m)^problem +given up after 4 failures in a row$")


def attack(t):
    """Where one is, memory is as it was; the log says why the driver was ended. Started again, it works: its device was reset."""
    with with_rogue(t, True) as memory:
        place = victim(t, memory)
        for turn in range(2):
            strike(t, place, 4 * turn + 4)
            about = t.exec_ok("services rogue")
            t.expect_match(about, KEPT)
            t.expect_match(about, rf"(?m)^dma-faults +{4 * turn + 4}$")
            t.expect_equal(memory.read(place, len(SECRET)), SECRET.encode(), "memory of the victim")
            t.exec_ok("services start rogue; echo own 200 > /dev/rogue")
            t.eventually("cat /dev/rogue", r"^1 done, [12]\d\d bytes changed")
        t.expect_equal(t.exec_ok("cat /tmp/victim"), SECRET + "\n")
        said = rf"problem: rogue: its device, pci \w\w:\w\w\.\d, may not write at {place & ~0xfff:#x} and was kept from it"
        t.expect_equal(len(re.findall(said, t.exec_ok("log"))), 8, "faults in the log")
        t.exec_ok(DISK)
        t.expect_match(t.exec_ok("head -n 3 /dev/random | wc"), r"^ *[1-9]")
        for name in ("disk0", "random"):
            t.expect(not re.search(r"(?m)^dma-faults", t.exec_ok(f"services {name}")), f"{name} was blamed")


def run(t, case):
    if case == "four levels":
        kept(t, ("-global", "intel-iommu.aw-bits=48"))
    elif case == "without interrupts":
        # Nor places for them in its tables, which have another form then.
        kept(t, ("-global", "riscv-iommu.intremap=off"))
    else:
        globals()[case.replace(" ", "_")](t)
