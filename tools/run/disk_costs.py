# SPDX-License-Identifier: Apache-2.0
"""What 4 KiB from and to a disk cost, and a frame of a network, in instructions of client, driver and kernel together: boots one
processor with the device, and runs `bench disk` or `bench net`.

The guest prints `disk NAME TOGETHER OPERATIONS`, or `net ...`. As with many clients at once (pairs.py) a plugin of QEMU counts, and
writes its counts down whenever the guest asks for the processor's statistics, just before the operations and just after them. A
processor that waits for the device executes nothing. How many operations one interrupt ends depends on the host where several are
under way.
"""

import re
import tempfile
from pathlib import Path

from tools.run import bench, control, disk as disks, pairs, qemu, scenarios, where
from tools.run.cable import Cable

DISK_BYTES = 64 << 20
ASKS_BACK = b"\x88\xb5"
LINE = re.compile(r"^(?:disk|net) (\w+) (\d+) (\d+)\s*$", re.MULTILINE)


def run_guest(command, image, mem, kernel, plugin, **devices):
    """(what the command printed, lines of the plugin)"""
    output = bytearray()
    with tempfile.TemporaryDirectory(prefix="ferrous-costs-") as folder, disks.boot_with(image, bench.CMDLINE) as boot:
        counts = Path(folder) / "counts"
        environment = {"COUNT_AT": str(where.symbols(kernel)[pairs.ASKED][0]), "COUNT_TO": str(counts)}
        with qemu.Machine(qemu.Config(boot=boot, smp=1, mem=mem, extra=("-plugin", str(plugin)), environment=environment,
                                      **devices)) as machine:
            agent = control.Control(machine)
            agent.wait_ready(pairs.BOOT_LIMIT)
            status = agent.run(command, output.extend, pairs.RUN_LIMIT)
            agent.off()
        lines = counts.read_text().splitlines()
    text = output.decode("utf-8", "replace")
    if status:
        raise bench.BenchError(f"`{command}' ended with status {status}; it printed:\n{text}")
    return text, lines


def parse(text, lines):
    """[(name, how many together, instructions of an operation)]"""
    kinds = LINE.findall(text)
    if not kinds or len(lines) != 2 * len(kinds):
        raise bench.BenchError(f"the guest printed {len(kinds)} lines and asked for statistics {len(lines)} times; expected "
                               f"two times for each line; it printed:\n{text}")
    totals = [sum(map(int, line.split()[1:])) for line in lines]
    return [(name, int(together), round((totals[2 * at + 1] - totals[2 * at]) / int(operations)))
            for at, (name, together, operations) in enumerate(kinds)]


def results(text, lines):
    return [{"name": name, "unit": "instructions", "usual": value, "min": value, "max": value, "samples": 1}
            for name, _, value in parse(text, lines)]


def measure(image, mem, kernel, plugin, iommu=False, bus="pci"):
    """The results, one for each kind of operation."""
    with scenarios.new_disk(DISK_BYTES) as blocks:
        return results(*run_guest("bench disk", image, mem, kernel, plugin, disk=blocks, scratch=True, iommu=iommu, bus=bus))


class Peer(Cable):
    """Sends back what asks for it."""

    def came(self, frame):
        if frame[12:14] == ASKS_BACK:
            self.socket.sendto(frame, self.guest)


def measure_net(image, mem, kernel, plugin, iommu=False):
    """The same of frames."""
    with tempfile.TemporaryDirectory(prefix="ferrous-net-") as folder:
        peer = Peer(folder)
        try:
            return results(*run_guest("bench net", image, mem, kernel, plugin, net=peer.words(), iommu=iommu))
        finally:
            peer.close()


def table(results):
    return "\n".join(f"{each['name']:28} {each['usual']:>9,} instructions" for each in results)
