# SPDX-License-Identifier: Apache-2.0
"""A machine that runs the image `fuzz': leading it, noticing what it finds, and getting the programs out of its memory.

A finding is a panic, a machine that says nothing for SILENCE seconds or turns itself off, or what the guest itself calls
one: something is left behind after a program.
"""

import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tools.fuzz import program as programs
from tools.run import control, monitor as monitors, qemu

BOOT_LIMIT = 180
SILENCE = 90            # seconds without a line; a busy host is slow
READY = re.compile(rb"^ready (\d+)\r?\n", re.MULTILINE)
PANIC = re.compile(r"KERNEL PANIC.*")
WAKE = 1.0


@dataclass
class Outcome:
    finding: str = ""       # empty: none
    progress: list = field(default_factory=list)   # calls, rounds, cut short, not begun, edges, kept
    calls: dict = field(default_factory=dict)      # name: (made, succeeded, how it fails mostly)
    since: str = ""         # edges as hexadecimal digits, four each
    boot: str = ""
    programs: list = field(default_factory=list)   # of a finding, newest first
    console: str = ""
    seconds: float = 0.0


class Guest:
    """Use it in a `with` statement."""

    def __init__(self, boot, smp, mem):
        self.boot, self.smp, self.mem = boot, smp, mem
        self.silence, self.on_progress = SILENCE, lambda progress: None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ferrous-fuzz-")
        self.socket = Path(self.folder.name) / "monitor"
        self.machine = qemu.Machine(qemu.Config(boot=self.boot, smp=self.smp, mem=self.mem,
                                                extra=monitors.words(self.socket))).__enter__()
        self.taken, self.monitor = 0, None
        found = self.machine.control.wait(lambda data: READY.search(data), BOOT_LIMIT)
        if not found:
            how = f"within {BOOT_LIMIT} s" if self.machine.running() else "before QEMU ended: " + self.machine.complaint()
            text = self.machine.console.text()
            self.__exit__()
            raise qemu.MachineError(f"the fuzzer did not begin {how}; the console said:\n{text[-2000:]}")
        self.edges, self.taken = int(found[1]), found.end()
        return self

    def __exit__(self, *_):
        self.machine.__exit__()
        self.folder.cleanup()

    def tell(self, *lines):
        self.machine.control.send("".join(f"{line}\n" for line in lines).encode())

    def next_line(self, data):
        end = data.find(b"\n", self.taken)
        if end < 0:
            return "" if control.STOPPED in self.machine.console.data else None
        line = bytes(data[self.taken:end]).decode("ascii", "replace").strip()
        self.taken = end + 1
        return line

    def follow(self, limit):
        """Reads until the guest has come to its end, found something, or `limit' seconds are over."""
        outcome, start, heard = Outcome(), time.monotonic(), time.monotonic()
        while time.monotonic() - start < limit:
            line = self.machine.control.wait(self.next_line, WAKE)
            if line is None and self.machine.control.closed:
                outcome.finding = "the machine went off"
            elif line is None and time.monotonic() - heard > self.silence:
                outcome.finding = f"hang: nothing was heard for {self.silence} s"
            elif line == "":
                outcome.finding = self.panic()
            if line is None and not outcome.finding:
                continue
            heard = time.monotonic()
            if outcome.finding or self.understand(outcome, line):
                break
        outcome.seconds = time.monotonic() - start
        outcome.console = self.machine.console.text()
        if outcome.finding and self.machine.running():
            outcome.programs = programs.in_memory(self.memory())
        return outcome

    def understand(self, outcome, line):
        """True at the end."""
        word, _, rest = line.partition(" ")
        if word == "at":
            outcome.progress = [int(n) for n in rest.split()]
            self.on_progress(outcome.progress)
        elif word == "call":
            name, made, succeeded, failure = rest.split()
            outcome.calls[name] = int(made), int(succeeded), failure
        elif word in ("since", "boot"):
            setattr(outcome, word, rest)
        elif word == "finding":
            outcome.finding = rest
        return word in ("end", "finding")

    def panic(self):
        self.machine.console.wait(lambda data: None, 1)  # the rest of the report
        found = PANIC.search(self.machine.console.text())
        return found[0] if found else "the kernel stopped"

    def stop(self):
        if not self.monitor:
            self.monitor = monitors.Monitor(self.socket)
        self.monitor.run("stop")

    def memory(self):
        path = Path(self.folder.name) / "memory"
        self.stop()
        size = int(self.mem[:-1]) << (30 if self.mem[-1] == "G" else 20)
        self.monitor.run(f'pmemsave {qemu.MEMORY_AT[self.boot.arch]} {size} "{path}"')
        return path.read_bytes()


def random(guest, seed, calls, limit):
    guest.tell(f"option seed {seed}", f"option calls {calls}", "go")
    return guest.follow(limit)


def replay(guest, program, repeats, limit):
    guest.tell(f"shape {program.processes} {program.threads} {program.options} {program.times}",
               *[f"op {thread} {op.pack().hex()}" for thread, ops in enumerate(program.lists) for op in ops],
               f"option repeats {repeats}", "replay")
    return guest.follow(limit)
