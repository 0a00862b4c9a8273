# SPDX-License-Identifier: Apache-2.0
"""For how long processors keep an interrupt waiting at most: boots with so many and runs `wakeup CPUS` on them, which makes
every system call on each, and the long ones.

The processors run at once, as far as the host has any. A plugin of QEMU (tests/bench/plugins/stretch.c) counts the instructions from
an entry to the kernel, or a look for a pending interrupt, to the next look or to a program. Whoever becomes due
meanwhile runs after the rest of that stretch and the entry of the interrupt.
"""

import tempfile
from pathlib import Path

from tools.run import bench, control, disk as disks, qemu, where

ENTRY, LOOK, WAIT, NAME = range(4)  # enum mark_kind
LOOKS = ("hal_interrupt_pending",)
WAITING = ("lock_spin", "await_answers", "hal_tlb_serve")  # inlined ones too
WAIT_IN = ("lock_spin", "ask_others", "hal_tlb_serve")  # those of them that an architecture has
# Of riscv64, where QEMU has it. It is entered to make other processors forget translations, and waits for them.
FIRMWARE = range(0x80000000, 0x80200000)
NAMED = ("syscall_", "trap_in_")
COMMON_CASE = "a call or its answer in the common case"
# What a stay is that meets no function with a name of its own, by the way it came in (where.ENTRIES).
ENTRIES = {"syscall_entry": COMMON_CASE, "trap_stubs": "an interrupt or a fault", "user_synchronous": COMMON_CASE,
           "user_interrupt": "an interrupt", "trap_entry": COMMON_CASE}
STUBS = "trap_stubs"  # many in a row; all others are entered where they begin
IDLE = "trap_in_idle"  # an entry where there are no stubs: the processor goes on from where it waited
BOOT_LIMIT, RUN_LIMIT = 300, 1800


def inlined_ranges(kernel, found):
    """Those addresses in the functions of WAIT_IN that come from one of WAITING, as ranges."""
    addresses = {at for name in WAIT_IN if name in found for at in range(*found[name])}
    ranges = []
    for at, names in sorted(where.functions_at(kernel, addresses).items()):
        if not any(name in WAITING for name in names):
            continue
        if ranges and ranges[-1][1] == at:
            ranges[-1][1] = at + 1
        else:
            ranges.append([at, at + 1])
    return ranges


def marks(kernel):
    """Lines for the plugin, and the names of the addresses in what it writes."""
    found = where.symbols(kernel)
    entries = ENTRIES if STUBS in found else {**ENTRIES, IDLE: "an interrupt while idle"}
    names = {found[name][0]: what for name, what in entries.items() if name in found}
    lines = [(WAIT, *each) for each in inlined_ranges(kernel, found)] + [(WAIT, FIRMWARE.start, FIRMWARE.stop)]
    lines += [(LOOK, found[name][0], found[name][0] + 1) for name in LOOKS]
    lines += [(ENTRY, at, found[STUBS][1] if STUBS in found and at == found[STUBS][0] else at + 1) for at in names]
    for name, (first, _) in found.items():
        if name.startswith(NAMED) and name not in where.PASSED and first not in names:
            lines.append((NAME, first, first + 1))
            names[first] = name.removeprefix("syscall_")
    return "".join(" ".join(map(str, line)) + "\n" for line in lines), names


def parse(text, names):
    """What the plugin wrote: (instructions of its own, that waited besides, most that waited, what), the longest first."""
    rows = []
    for line in text.splitlines():
        first, work, waited, most = map(int, line.split())
        rows.append((work, waited, most, names[first]))
    if not rows:
        raise bench.BenchError("the plugin saw no stretch in the kernel")
    return sorted(rows, reverse=True)


def measure(disk, mem, cpus, kernel, plugin):
    text, names = marks(kernel)
    output = bytearray()
    with tempfile.TemporaryDirectory(prefix="ferrous-stretch-") as folder, disks.boot_with(disk, bench.CMDLINE) as boot:
        (Path(folder) / "marks").write_text(text)
        environment = {"STRETCH_MARKS": str(Path(folder) / "marks"), "STRETCH_TO": str(Path(folder) / "found")}
        with qemu.Machine(qemu.Config(boot=boot, smp=cpus, mem=mem, extra=("-plugin", str(plugin)),
                                      environment=environment)) as machine:
            agent = control.Control(machine)
            agent.wait_ready(BOOT_LIMIT)
            status = agent.run(f"wakeup {cpus}", output.extend, RUN_LIMIT)
            agent.off()
        found = (Path(folder) / "found").read_text()
    if status:
        raise bench.BenchError(f"`wakeup {cpus}' ended with status {status}; it printed:\n{output.decode('utf-8', 'replace')}")
    return parse(found, names)


def table(found, cpus, lines):
    work, _, _, what = found[0]
    rows = [f"stretch_longest_{cpus}cpu  {bench.figure(work)} instructions, in: {what}",
            "       own     waited  most that waited  in"]
    return "\n".join(rows + [f"{bench.figure(work):>10}  {bench.figure(waited):>9}  {bench.figure(most):>16}  {name}"
                             for work, waited, most, name in found[:lines]])
