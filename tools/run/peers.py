# SPDX-License-Identifier: Apache-2.0
"""The same measures on another system in the same emulator: so far Linux, and its disk.

Debian's kernel boots with one program (tests/bench/peers/linux), on a machine with the same processor, memory and disk as ours, and the
same plugin counts. Without mitigations and without a scheduler of its disk, so that it is as quick as it can be; and its clock goes
with its instructions, so that its ticks are as many as on a quick machine.
"""

import subprocess
import tempfile
from pathlib import Path

from tools.run import bench, disk_costs, qemu, scenarios

LIMIT = 900
CMDLINE = "console=ttyS0 quiet panic=-1 mitigations=off nokaslr cryptomgr.notests"
MARK = "look"
# SPEC: Linux, Documentation/driver-api/early-userspace/buffer-format.rst, "newc"
MAGIC, FILE_MODE, LAST = "070701", 0o100755, "TRAILER!!!"


def archive_entry(number, name, data, mode=FILE_MODE):
    """A file of an initial file system, padded to words."""
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = MAGIC.encode() + b"".join(b"%08x" % each for each in fields) + name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def initial_files(program, folder):
    """The program as /init, and the modules."""
    files = [("init", program.read_bytes())]
    files += [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.ko"))]
    entries = [archive_entry(number, name, data) for number, (name, data) in enumerate(files, 1)]
    return b"".join([*entries, archive_entry(0, LAST, b"", 0)])


def address_of(program, name):
    text = subprocess.run(["llvm-nm-19", str(program)], capture_output=True, text=True, check=True).stdout
    found = [line.split()[0] for line in text.splitlines() if line.split()[-1] == name]
    if len(found) != 1:
        raise bench.BenchError(f"{program} has {len(found)} symbols {name}; expected one")
    return int(found[0], 16)


def command(folder, linux, mem, blocks, plugin):
    config = qemu.Config(boot=None, disk=blocks, scratch=True)
    return ["qemu-system-x86_64", "-machine", "q35,hpet=on", "-cpu", "max", "-accel", "tcg", "-smp", "1", "-m", mem, "-nodefaults",
            "-icount", "shift=0,sleep=on", "-no-user-config", "-display", "none", "-nic", "none", "-no-reboot", "-kernel", str(linux / "vmlinuz"),
            "-initrd", str(folder / "initrd"), "-append", CMDLINE, "-serial", f"file:{folder / 'console'}",
            *qemu.disk(config), "-plugin", str(plugin)]


def run(linux, program, mem, plugin):
    """(what the program printed, lines of the plugin)"""
    with tempfile.TemporaryDirectory(prefix="ferrous-peer-") as name, scenarios.new_disk(disk_costs.DISK_BYTES) as blocks:
        folder = Path(name)
        (folder / "initrd").write_bytes(initial_files(program, linux))
        environment = {"PATH": "/usr/bin:/bin", "TMPDIR": name, "COUNT_AT": str(address_of(program, MARK)),
                       "COUNT_TO": str(folder / "counts")}
        try:
            done = subprocess.run(command(folder, linux, mem, blocks, plugin), capture_output=True, text=True, timeout=LIMIT,
                                  stdin=subprocess.DEVNULL, env=environment)
        except subprocess.TimeoutExpired:
            raise bench.BenchError(f"Linux did not end within {LIMIT} s; its console:\n{console(folder)}") from None
        if done.returncode:
            raise bench.BenchError(f"QEMU ended with status {done.returncode}: {done.stderr.strip()}")
        return console(folder), (folder / "counts").read_text().splitlines()


def console(folder):
    path = folder / "console"
    return path.read_text("utf-8", "replace") if path.exists() else "(nothing)"


def measure(linux, program, mem, plugin):
    """The results of disks, one for each kind of operation."""
    return disk_costs.results(*run(linux, program, mem, plugin))


def table(ours, theirs, version):
    rows = [("", "Ferrous", f"Linux {version}", "of Linux's")]
    for mine, other in zip(ours, theirs):
        rows.append((mine["name"], f"{mine['usual']:,}", f"{other['usual']:,}", f"{100 * mine['usual'] / other['usual']:.0f} %"))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) if at == 0 else cell.rjust(width)
                               for at, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows)
