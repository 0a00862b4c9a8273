# SPDX-License-Identifier: Apache-2.0
"""Memory and processors are told apart by NUMA node; a table of nodes that lies is told and not believed."""

import struct
import tempfile
from pathlib import Path

CASES = ["in a row", "mixed", "overlap", "wrap", "length"]
NEEDS = {"in a row": ["a controller of lines for each node"], "mixed": ["nodes of any processors"],
         "overlap": ["tables of one's own"], "wrap": ["tables of one's own"], "length": ["tables of one's own"]}
MIB = 1 << 20
NODE_MIB = 128  # firmware of aarch64 needs as much in the first node


def memory_entry(domain, base, length):
    """SPEC: ACPI 6.5, 5.2.16.2; the last flag is "enabled"."""
    return struct.pack("<BBIHQQIIQ", 1, 40, domain, 0, base, length, 0, 1, 0)


# A table that cannot be, and what the loader says of it.
LIES = {
    "overlap": (memory_entry(0, 0, 64 * MIB) + memory_entry(1, 63 * MIB, 64 * MIB), "ranges of two nodes that overlap"),
    "wrap": (memory_entry(0, 0, 64 * MIB) + memory_entry(1, 64 * MIB, 2**64 - 1), "reaches beyond 64 bits"),
    "length": (memory_entry(0, 0, 64 * MIB) + bytes([1, 200]), "an entry whose length cannot be"),
}


def nodes(t):
    """{node: (bytes, free bytes, processors)} as the guest's mem tells it."""
    found = {}
    lines = t.exec_ok("mem").splitlines()
    for line in lines:
        words = line.split()
        if words[:1] == ["node"] and words[2] == "CPUs":
            node = found.setdefault(int(words[1]), {})
            node["cpus"] = [int(word) for word in words[3:]]
        elif words[:1] == ["node"]:
            node = found.setdefault(int(words[1]), {})
            node["free" if words[2] == "free" else "total"] = int(words[-2])
    return found


# The processors of two nodes, and what else the machine needs.
TWO = {"in a row": ([[0, 1, 2], [3]], "aia=aplic"), "mixed": ([[0, 2], [1, 3]], "")}


def two_nodes(t, case):
    cpus, machine = TWO[case]
    extra = []
    for node, numbers in enumerate(cpus):
        places = "".join(f",cpus={number}" for number in numbers)
        extra += ["-object", f"memory-backend-ram,id=node{node},size={NODE_MIB}M", "-numa", f"node,nodeid={node},memdev=node{node}{places}"]
    t.boot(smp=4, mem=f"{2 * NODE_MIB}M", machine=machine, extra=extra)
    found = nodes(t)
    told = {node: facts["cpus"] for node, facts in found.items()}
    if case == "mixed":
        t.expect_equal(told, dict(enumerate(cpus)), "processors of nodes")
    else:  # firmware has any of them boot, which is the first then
        t.expect_equal([len(told.get(0, [])), *sorted(sum(told.values(), []))], [len(cpus[0]), 0, 1, 2, 3], "how many are of node 0, and all")
    for node, facts in found.items():
        t.expect((NODE_MIB - 16) * MIB < facts["total"] <= NODE_MIB * MIB,
                 f"node {node} has {facts['total']} bytes, of {NODE_MIB} MiB")
        t.expect(0 < facts["free"] <= facts["total"], f"node {node} has {facts['free']} bytes free of {facts['total']}")
    total = int(t.expect_match(t.exec_ok("mem"), r"^memory .* (\d+) B$")[1])
    t.expect_equal(sum(facts["total"] for facts in found.values()), total, "bytes of both nodes")


def a_lie(t, case):
    entries, words = LIES[case]
    with tempfile.TemporaryDirectory(prefix="ferrous-") as folder:
        table = Path(folder) / "table"
        table.write_bytes(struct.pack("<IQ", 1, 0) + entries)
        t.boot(mem="128M", extra=["-acpitable", f"sig=SRAT,rev=3,data={table}"])
    t.console_expect(rf"table of NUMA nodes \(ACPI SRAT\) .*{words}")
    t.expect_equal(nodes(t), {}, "nodes")
    t.expect_match(t.exec_ok("mem"), r"^memory ")


def run(t, case):
    if case in TWO:
        two_nodes(t, case)
    else:
        a_lie(t, case)
