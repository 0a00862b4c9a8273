# SPDX-License-Identifier: Apache-2.0
"""What 4 KiB from and to a disk cost, in instructions of client, driver and kernel together: boots one processor with a
disk, and runs `bench disk`.

The guest prints `disk NAME THREADS OPERATIONS`. As with many clients at once (pairs.py) a plugin of QEMU counts, and writes its counts down
whenever the guest asks for the processor's statistics, just before the operations and just after them. A processor that
waits for the device executes nothing. How many operations one interrupt ends depends on the host where several are under way.
"""

import re
import tempfile
from pathlib import Path

from tools.run import bench, control, disk as disks, pairs, qemu, scenarios, where

DISK_BYTES = 64 << 20
LINE = re.compile(r"^disk (\w+) (\d+) (\d+)\s*$", re.MULTILINE)


def run_guest(disk, mem, kernel, plugin, iommu):
    """(what `bench disk' printed, lines of the plugin)"""
    output = bytearray()
    with tempfile.TemporaryDirectory(prefix="ferrous-costs-") as folder, disks.boot_with(disk, bench.CMDLINE) as boot, \
            scenarios.new_disk(DISK_BYTES) as blocks:
        counts = Path(folder) / "counts"
        environment = {"COUNT_AT": str(where.symbols(kernel)[pairs.ASKED][0]), "COUNT_TO": str(counts)}
        with qemu.Machine(qemu.Config(boot=boot, smp=1, mem=mem, disk=blocks, scratch=True, iommu=iommu,
                                      extra=("-plugin", str(plugin)), environment=environment)) as machine:
            agent = control.Control(machine)
            agent.wait_ready(pairs.BOOT_LIMIT)
            status = agent.run("bench disk", output.extend, pairs.RUN_LIMIT)
            agent.off()
        lines = counts.read_text().splitlines()
    text = output.decode("utf-8", "replace")
    if status:
        raise bench.BenchError(f"`bench disk' ended with status {status}; it printed:\n{text}")
    return text, lines


def parse(text, lines):
    """[(name, threads, instructions of an operation)]"""
    kinds = LINE.findall(text)
    if not kinds or len(lines) != 2 * len(kinds):
        raise bench.BenchError(f"`bench disk' printed {len(kinds)} lines and asked for statistics {len(lines)} times; expected "
                               f"two times for each line; it printed:\n{text}")
    totals = [sum(map(int, line.split()[1:])) for line in lines]
    return [(name, int(threads), round((totals[2 * at + 1] - totals[2 * at]) / int(operations)))
            for at, (name, threads, operations) in enumerate(kinds)]


def results(text, lines):
    return [{"name": name, "unit": "instructions", "usual": value, "min": value, "max": value, "samples": 1}
            for name, _, value in parse(text, lines)]


def measure(disk, mem, kernel, plugin, iommu=False):
    """The results, one for each kind of operation."""
    return results(*run_guest(disk, mem, kernel, plugin, iommu))


def table(results):
    return "\n".join(f"{each['name']:28} {each['usual']:>9,} instructions" for each in results)
