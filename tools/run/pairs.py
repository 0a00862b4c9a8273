# SPDX-License-Identifier: Apache-2.0
"""Many clients at once: boots with 1, 2, 4 and 8 processors and runs `bench pairs N` on each.

The guest prints `pairs KIND N ROUNDS SPINS LEVEL:WAITS ...`. The processors run at once, as far as the host has any. A
plugin of QEMU (tests/bench/plugins/count.c) counts the instructions of each and writes the counts down whenever the kernel is asked
for a processor's statistics: the guest asks for those of all just before the round trips and just after them. How
often processors meet at a lock, and how long one spins there, depends on the host and differs from run to run.
"""

import re
import tempfile
from pathlib import Path

from tools.run import bench, control, disk as disks, qemu, where

COUNTS = (1, 2, 4, 8)
LINE = re.compile(r"^pairs (\w+) (\d+) (\d+) (\d+)((?: \d+:\d+)*)\s*$", re.MULTILINE)
LEVEL = re.compile(r"^\tLOCK_(\w+),", re.MULTILINE)
TITLES = {"pairs": "a server each, bound", "free": "a server each, not bound", "one_server": "one server for all",
          "charging": "one group charged"}
ASKED = "syscall_machine_cpu_stat"
BOOT_LIMIT, RUN_LIMIT = 300, 600


def run_guest(disk, mem, count, kernel, plugin):
    """What `bench pairs` printed, and the instructions: {kind: (instructions, rounds, spins, {level: waits})}."""
    output = bytearray()
    with tempfile.TemporaryDirectory(prefix="ferrous-pairs-") as folder, disks.boot_with(disk, bench.CMDLINE) as boot:
        counts = Path(folder) / "counts"
        environment = {"COUNT_AT": str(where.symbols(kernel)[ASKED][0]), "COUNT_TO": str(counts)}
        with qemu.Machine(qemu.Config(boot=boot, smp=count, mem=mem, extra=("-plugin", str(plugin)),
                                      environment=environment)) as machine:
            agent = control.Control(machine)
            agent.wait_ready(BOOT_LIMIT)
            status = agent.run(f"bench pairs {count}", output.extend, RUN_LIMIT)
            agent.off()
        lines = counts.read_text().splitlines()
    text = output.decode("utf-8", "replace")
    if status:
        raise bench.BenchError(f"`bench pairs {count}' ended with status {status}; it printed:\n{text}")
    return parse(text, lines, count)


def parse(text, lines, cpus):
    """Of what the guest printed and of the plugin's lines: {kind: (instructions, rounds, spins, {level: waits})}."""
    kinds = LINE.findall(text)
    if sorted(kind for kind, *_ in kinds) != sorted(TITLES) or len(lines) != 2 * cpus * len(kinds):
        raise bench.BenchError(f"`bench pairs {cpus}' printed {len(kinds)} lines and asked for statistics {len(lines)} times; "
                               f"expected {len(TITLES)} and {2 * cpus * len(TITLES)}; it printed:\n{text}")
    found = {}
    for at, (kind, _, rounds, spins, waits) in enumerate(kinds):
        levels = dict(each.split(":") for each in waits.split())
        first, last = (sum(map(int, line.split()[1:])) for line in lines[2 * cpus * at + cpus - 1:][:2])
        found[kind] = (last - first, int(rounds), int(spins), {int(level): int(times) for level, times in levels.items()})
    return found


def each_round(found):
    instructions, rounds, _, _ = found
    return round(instructions / rounds)


def level_names(lock_header):
    return LEVEL.findall(lock_header.read_text())


def waits_text(found, levels):
    _, rounds, spins, waits = found
    total = sum(waits.values())
    names = ", ".join(f"{levels[level]} {1000 * times / rounds:.2f}" for level, times in sorted(waits.items(), key=lambda w: -w[1]))
    return f"{1000 * total / rounds:8.2f}  {1000 * spins / rounds:9.1f}  {names}"


def rows(disk, mem, kernel, plugin, lock_header, results):
    """Lines of a table as they are found: instructions, and waits for locks in a thousand rounds, of each kind. The
    instructions of independent pairs are added to `results`."""
    levels = level_names(lock_header)
    yield f"CPUs  {'':26} {'instructions':>12} {'waits':>9}  {'looks':>9}  in 1,000 rounds; waits by lock"
    for count in COUNTS:
        found = run_guest(disk, mem, count, kernel, plugin)
        value = each_round(found["pairs"])
        results.append({"name": f"ipc_pairs_{count}", "unit": "instructions", "usual": value, "min": value, "max": value,
                        "samples": 1})
        for kind, title in TITLES.items():
            yield f"{count:>4}  {title:26} {each_round(found[kind]):>12,} {waits_text(found[kind], levels)}".rstrip()
