# SPDX-License-Identifier: Apache-2.0
"""Where the kernel's instructions go while the guest measures one operation.

QEMU executes one instruction at a time and logs the address of each that lies in the kernel. A stay in
the kernel begins at one of its entries; it is named after the first system call function in it, and
its instructions are counted by function, inlined ones by their own names. Those of core_syscall whose name begins
with fast_ name a stay as well, unless it goes on to a system call function.
"""

import json
import os
import re
import subprocess
import tempfile
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path

from tools.run import bench, control, disk as disks, monitor as monitors, qemu

KERNEL = 0xffffffff80000000
KERNEL_BYTES = 0x8000000
STEP = re.compile(rb"\[[0-9a-f]+/([0-9a-f]+)/")
CALLS = ("syscall_", "trap_in_")
FAST = "fast_"
ENTRY = "entered"
PASSED = ("syscall_entry", "syscall_enter_traced")
# x86_64 has a row of stubs for traps besides; aarch64; riscv64.
ENTRIES = ("syscall_entry", "user_synchronous", "user_interrupt", "trap_entry")
LIMIT = 1200


class Stays:
    """Counts the addresses of each stay in the kernel as they come."""

    def __init__(self, kernel):
        found = symbols(kernel)
        self.traps = range(*found.pop("trap_stubs", (0, 0)))
        self.entries = {found[name][0] for name in ENTRIES if name in found}
        self.names = {first: name for name, (first, _) in found.items() if name.startswith(CALLS) and name not in PASSED}
        self.fast = fast_names(kernel, range(*found["core_syscall"]))
        self.found = defaultdict(lambda: [0, Counter()])  # name: how often, instructions by address
        self.name, self.previous, self.steps = None, 0, Counter()

    def add(self, address):
        if address in self.entries or address in self.traps and self.previous not in self.traps:
            self.end()
            self.name = ENTRY
        elif address in self.names and (self.name == ENTRY or (self.name or "").startswith(FAST)):
            self.name = self.names[address]
        elif address in self.fast and self.name == ENTRY:
            self.name = self.fast[address]
        self.previous = address
        self.steps[address] += 1

    def end(self):
        if self.name is not None:
            kind = self.found[self.name]
            kind[0] += 1
            kind[1].update(self.steps)
        self.steps = Counter()


def symbols(kernel):
    """Name: first address and the one behind, of every function as the kernel lies without KASLR."""
    text = subprocess.run(["llvm-nm-19", "--defined-only", "--print-size", str(kernel)], capture_output=True, text=True,
                          check=True).stdout
    found = {}
    for words in map(str.split, text.splitlines()):
        if len(words) == 4 and words[2] in "tT":
            found[words[3]] = (KERNEL + int(words[0], 16), KERNEL + int(words[0], 16) + int(words[1], 16))
    return found


def functions_at(kernel, addresses):
    """The functions that each address lies in, from the innermost inlined one outwards."""
    order = sorted(addresses)
    text = subprocess.run(["llvm-symbolizer-19", "--obj", str(kernel), "--functions=short", "--output-style=JSON"],
                          input="".join(f"{at - KERNEL:#x}\n" for at in order), capture_output=True, text=True, check=True).stdout
    frames = [json.loads(line)["Symbol"] for line in text.splitlines()]
    names = {at: [each["FunctionName"] for each in frame if each["FunctionName"]] for at, frame in zip(order, frames)}
    unknown = [at for at in order if not names[at]]  # assembly, where it has no lines
    found = symbols(kernel) if unknown else {}
    for at in unknown:
        names[at] = [name for name, (first, end) in found.items() if first <= at < end][:1] or ["?"]
    return names


def inlined_names(kernel, addresses):
    """The innermost function, inlined or not, of each address."""
    return {at: names[0] for at, names in functions_at(kernel, addresses).items()}


def fast_names(kernel, addresses):
    """Those of the addresses that lie in an inlined function of the fast path: which."""
    found = {at: [name for name in names if name.startswith(FAST)] for at, names in functions_at(kernel, addresses).items()}
    return {at: names[0] for at, names in found.items() if names}


@contextmanager
def recording(disk, mem, pattern, take):
    """A booted machine, its agent and its monitor; while QEMU's log is on, `take` gets each match of the pattern in
    what it says about the kernel's instructions."""
    with disks.boot_with(disk, bench.CMDLINE) as boot, tempfile.TemporaryDirectory(prefix="ferrous-where-") as folder:
        pipe, monitor = Path(folder) / "steps", Path(folder) / "monitor"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDWR)  # for reading; the other half keeps it open until we say so
        ended = threading.Event()
        worker = threading.Thread(target=collect, args=(reader, pattern, take, ended))
        extra = (*monitors.words(monitor), "-dfilter", f"{KERNEL:#x}+{KERNEL_BYTES:#x}", "-D", str(pipe))
        worker.start()
        try:
            with qemu.Machine(qemu.Config(boot=boot, smp=1, mem=mem, icount=True, extra=extra)) as machine:
                agent = control.Control(machine)
                agent.wait_ready(bench.BOOT_LIMIT)
                yield agent, monitors.Monitor(monitor)
        finally:
            ended.set()
            os.write(reader, b"\n")
            worker.join()
            os.close(reader)


def record(disk, mem, name, take):
    """Runs `bench NAME` in the guest and gives `take` a match for every kernel instruction."""
    with recording(disk, mem, STEP, take) as (agent, line):
        line.run("singlestep on")
        line.run("log exec,nochain")
        output = bytearray()
        status = agent.run(f"bench {name}", output.extend, LIMIT)
        line.run("log none")
        agent.off()
    if status:
        raise bench.BenchError(f"`bench {name}' ended with status {status}; it printed:\n{output.decode('utf-8', 'replace')}")


def collect(reader, pattern, take, ended):
    rest = b""
    while not ended.is_set():
        rest += os.read(reader, 1 << 20)
        done = 0
        for match in pattern.finditer(rest):
            take(match)
            done = match.end()
        rest = rest[done:]


def stays(disk, kernel, mem, name):
    """The stays in the kernel while the guest measures, by kind."""
    found = Stays(kernel)

    record(disk, mem, name, lambda match: found.add(int(match[1], 16)))
    found.end()
    return found.found


def report(kernel, found, floor=0.5):
    """Text: for each kind of stay how often, instructions each, and by function."""
    names = inlined_names(kernel, {at for _, steps in found.values() for at in steps})
    lines = []
    for kind, (count, steps) in sorted(found.items(), key=lambda each: -each[1][0]):
        total = sum(steps.values())
        lines.append(f"{kind}: {count} stays of {total / count:.1f} instructions")
        functions = Counter()
        for at, times in steps.items():
            functions[names[at]] += times
        lines += [f"  {times / count:10.1f}  {name}" for name, times in functions.most_common() if times / count >= floor]
    return "\n".join(lines)
