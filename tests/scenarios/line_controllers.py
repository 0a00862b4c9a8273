# SPDX-License-Identifier: Apache-2.0
"""A machine with a controller of interrupt lines for each node: devices at the second interrupt like those at the first, and are
used again after their drivers were killed."""

import re

# Kind of controller, and where virtio devices are.
CASES = ["PLIC pci", "PLIC mmio", "APLIC pci", "messages pci", "messages mmio"]
# WHY the newer QEMU (which machines with an IOMMU have): 7.2 does not connect supervisors to any PLIC but the first.
NEEDS = {case: ["a controller of lines for each node"] + ["iommu"] * case.startswith("PLIC") for case in CASES}
KINDS = {"PLIC": "aia=none", "APLIC": "aia=aplic", "messages": "aia=aplic-imsic"}
LINES = 95  # of each controller, or one more
MEGABYTE, NODE_MIB = 1 << 20, 128


def nodes():
    """The first has more processors than the second."""
    memory = [word for node in (0, 1) for word in ("-object", f"memory-backend-ram,id=node{node},size={NODE_MIB}M")]
    return [*memory, "-numa", "node,nodeid=0,memdev=node0,cpus=0-2", "-numa", "node,nodeid=1,memdev=node1,cpus=3"]


def lines_of(t, device):
    return [int(line) for line in re.findall(r"(?m)^has +line (\d+)$", t.exec_ok(f"devices {device}"))]


def run(t, case):
    kind, bus = case.split()
    t.boot(smp=4, mem=f"{2 * NODE_MIB}M", bus=bus, machine=KINDS[kind], newer=kind == "PLIC", blocks=MEGABYTE, net="user", extra=nodes())
    for device in ("block0", "net0", "rng0"):
        lines = lines_of(t, device)
        t.expect(len(lines) == 1 and LINES + 1 < lines[0] < 256, f"lines of {device} at the second controller: {lines}")
    t.expect(lines_of(t, "serial0")[0] <= LINES, "the line of serial0 is not at the first controller")
    t.exec_ok("disk /dev/disk0 fill 7 0 256; disk /dev/disk0 check 7 0 256")
    t.expect_equal(t.exec_ok("net arp 10.0.2.2"), "10.0.2.2 is at 52:55:0a:00:02:02\n")
    t.expect_match(t.exec_ok("head -n 3 /dev/random | wc"), r"^ *[1-9]")
    status, output = t.exec("torture kill 3 20 4000 disk0", 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    t.expect_equal(t.exec_ok("log crash"), "")
