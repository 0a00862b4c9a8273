# SPDX-License-Identifier: Apache-2.0
"""Many clients at once: boots with 1, 2, 4 and 8 processors and runs `bench pairs N` on each.

The guest prints `pairs KIND N NANOSECONDS ROUNDS SPINS LEVEL:WAITS ...`. With -icount QEMU runs one processor
at a time and its clock counts the instructions of all of them, so nanoseconds over rounds are instructions a
round trip, the same in every run. How often locks are found taken is counted without it: the processors then
run at once, as far as the host has any, and figures differ from run to run.
"""

import re

from tools.run import bench, control, disk as disks, qemu

COUNTS = (1, 2, 4, 8)
LINE = re.compile(r"^pairs (\w+) (\d+) (\d+) (\d+) (\d+)((?: \d+:\d+)*)\s*$", re.MULTILINE)
LEVEL = re.compile(r"^\tLOCK_(\w+),", re.MULTILINE)
TITLES = {"pairs": "a server each, bound", "free": "a server each, not bound", "one_server": "one server for all",
          "charging": "one group charged"}
BOOT_LIMIT, RUN_LIMIT = 900, 900  # one processor after the other, which wait for each other


def run_guest(disk, mem, count, icount):
    """What `bench pairs` printed: {kind: (nanoseconds, rounds, spins, {level: waits})}."""
    output = bytearray()
    with disks.boot_with(disk, bench.CMDLINE) as boot, \
            qemu.Machine(qemu.Config(boot=boot, smp=count, mem=mem, icount=icount)) as machine:
        agent = control.Control(machine)
        agent.wait_ready(BOOT_LIMIT)
        status = agent.run(f"bench pairs {count}", output.extend, RUN_LIMIT)
        agent.off()
    text = output.decode("utf-8", "replace")
    found = parse(text)
    if status or sorted(found) != sorted(TITLES):
        raise bench.BenchError(f"`bench pairs {count}' ended with status {status}; it printed:\n{text}")
    return found


def parse(text):
    found = {}
    for kind, _, ns, rounds, spins, waits in LINE.findall(text):
        levels = dict(each.split(":") for each in waits.split())
        found[kind] = (int(ns), int(rounds), int(spins), {int(level): int(times) for level, times in levels.items()})
    return found


def each_round(found):
    ns, rounds, _, _ = found
    return round(ns / rounds)


def level_names(lock_header):
    return LEVEL.findall(lock_header.read_text())


def waits_text(found, levels):
    _, rounds, spins, waits = found
    total = sum(waits.values())
    where = ", ".join(f"{levels[level]} {1000 * times / rounds:.2f}" for level, times in sorted(waits.items(), key=lambda w: -w[1]))
    return f"{1000 * total / rounds:8.2f}  {1000 * spins / rounds:9.1f}  {where}"


def rows(disk, mem, lock_header, results):
    """Lines of a table as they are found: instructions, and waits for locks in a thousand rounds, of each kind. The
    instructions of independent pairs are added to `results`."""
    levels = level_names(lock_header)
    yield f"CPUs  {'':26} {'instructions':>12} {'waits':>9}  {'looks':>9}  in 1,000 rounds; waits by lock"
    for count in COUNTS:
        counted, parallel = (run_guest(disk, mem, count, icount) for icount in (True, False))
        value = each_round(counted["pairs"])
        results.append({"name": f"ipc_pairs_{count}", "unit": "instructions", "median": value, "min": value, "max": value,
                        "samples": 1})
        for kind, title in TITLES.items():
            yield f"{count:>4}  {title:26} {each_round(counted[kind]):>12,} {waits_text(parallel[kind], levels)}".rstrip()
