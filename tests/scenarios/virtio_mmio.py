# SPDX-License-Identifier: Apache-2.0
"""Virtio devices behind registers in memory: the same drivers, killed in the middle of requests, and pages that are one driver's
or nobody's."""

import re
import tempfile
from pathlib import Path

from tools.run import qemu
from tools.run.scenarios import new_disk

NEEDS = ["virtio in memory"]
CASES = ["all", "all, packed", "killed", "anywhere in its page", "two in a page", "of an older version"]
MEGABYTE = 1 << 20


def everything(t, rings):
    with tempfile.TemporaryDirectory(prefix="ferrous-share-") as folder:
        (Path(folder) / "greeting").write_text("from the host\n")
        t.boot(bus="mmio", rings=rings, blocks=MEGABYTE, share=Path(folder), net="user")
        t.exec_ok("disk /dev/disk0 fill 7 0 256; disk /dev/disk0 check 7 0 256")
        t.expect_equal(t.exec_ok("cat /share/greeting"), "from the host\n")
        t.expect_equal(t.exec_ok("net arp 10.0.2.2"), "10.0.2.2 is at 52:55:0a:00:02:02\n")
        t.expect_match(t.exec_ok("services random"), r"(?m)^state +running")
        t.expect_match(t.exec_ok("services disk0"), r"(?m)^dma +without an IOMMU")
        for name in ("rng0", "block0", "files0", "net0"):
            t.expect_match(t.exec_ok("devices"), rf"(?m)^{name} +tree virtio_mmio@")
        t.close()


def killed(t):
    t.boot(bus="mmio", blocks=MEGABYTE)
    status, output = t.exec("torture kill 20 20 4000 disk0", 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    t.expect(len(re.findall(r"(?m)^back disk0 \d+ alone$", output)) >= 20, f"the driver was not killed:\n{output[-3000:]}")
    t.expect_equal(t.exec_ok("log crash"), "")


def words(path, place):
    """For QEMU: one more disk, at that place."""
    return ["-drive", f"if=none,id=more,format=raw,file={path}", "-device", f"virtio-blk-device,drive=more,bus=virtio-mmio-bus.{place}"]


def with_disk_at(t, place, **more):
    with new_disk(MEGABYTE) as path:
        t.boot(extra=words(path, place), **more)
        yield
        t.close()


def places(t):
    """Of a machine: another place in the page of random numbers, if that has several; and the last one."""
    shared = qemu.MMIO_PLACES[t.disk.arch][1] > 1
    return (1, 31) if shared else (None, 7)


def anywhere(t):
    for _ in with_disk_at(t, places(t)[1], bus="mmio"):
        t.exec_ok("disk /dev/disk0 fill 7 0 20; disk /dev/disk0 check 7 0 20")


def two_in_a_page(t):
    """Neither is given to anybody, and who asks is told why; where pages are one device's, both are."""
    beside, _ = places(t)
    for _ in with_disk_at(t, beside or 1, bus="mmio"):
        states = [t.exec_ok(f"services {name}") for name in ("random", "disk0")]
        for text in states:
            t.expect_match(text, r"(?m)^state +" + ("absent" if beside else "running"))
        if beside:
            t.expect(t.exec("disk /dev/disk0")[0] != 0, "a disk was there whose registers are another's, too")


def older(t):
    """One that speaks the old way only is not driven, and says so."""
    for _ in with_disk_at(t, places(t)[1]):
        t.expect(t.exec("disk /dev/disk0")[0] != 0, "a device of an older version was driven")
        t.expect_match(t.exec_ok("log"), "no virtio device of version 1")


def run(t, case):
    if case.startswith("all"):
        everything(t, "packed" if "packed" in case else "split")
    else:
        {"killed": killed, "anywhere in its page": anywhere, "two in a page": two_in_a_page, "of an older version": older}[case](t)
