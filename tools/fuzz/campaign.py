# SPDX-License-Identifier: Apache-2.0
"""Running the system call fuzzer: so many random calls in as many boots as it takes, or one program again and again."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from tools.fuzz import edges, guest as guests, program as programs, shrink

TELL = 20           # seconds between lines about progress
BOOT_CALLS = 3000000  # after so many the machine is started anew, with another seed
FOREVER = 1 << 40
SHRINK_SECONDS = 600


@dataclass
class Setting:
    boot: object        # ways.Boot
    kernel: Path
    folder: Path        # where findings and reports go
    cpus: int = 4
    mem: str = "256M"
    say: object = print


@dataclass
class Result:
    finding: str = ""
    file: str = ""      # the program
    console: str = ""
    calls: int = 0
    rounds: int = 0
    edges: int = 0
    since: int = 0
    reached: int = 0    # edges that programs of one boot had reached when it was last heard of
    either: int = 0
    never: list = field(default_factory=list)   # calls that never succeeded
    seconds: float = 0.0

    def text(self):
        rate = self.calls / self.seconds if self.seconds else 0
        told = f"{self.calls} calls in {self.rounds} programs, {self.seconds:.0f} s, {rate:.0f} calls/s"
        if self.reached and not self.edges:
            told += f"; edges: {self.reached} by programs of one boot"
        if self.edges:
            told += (f"; edges: {self.since} by programs, {self.either} with the boot, of {self.edges} "
                     f"({100 * self.either / self.edges:.0f} %)")
        if self.never:
            told += "; never succeeded: " + ", ".join(self.never)
        return told


def boot(setting):
    return guests.Guest(setting.boot, setting.cpus, setting.mem)


def union(one, other):
    """Of two lists of edges as digits."""
    pairs = zip(one.ljust(len(other), "0"), other.ljust(len(one), "0"))
    return "".join(f"{int(a, 16) | int(b, 16):x}" for a, b in pairs)


class Campaign:
    def __init__(self, setting, seed):
        self.setting, self.seed = setting, seed
        self.result, self.since, self.boots = Result(), "", ""
        self.made, self.told = {}, time.monotonic()

    def report(self, progress):
        if time.monotonic() - self.told < TELL:
            return
        self.told = time.monotonic()
        calls, rounds, _, _, reached, kept = progress
        self.setting.say(f"{self.result.calls + calls} calls, {self.result.rounds + rounds} programs, {reached} edges, {kept} kept")

    def one_boot(self, calls, limit):
        with boot(self.setting) as guest:
            guest.on_progress = self.report
            outcome = guests.random(guest, self.seed, calls, limit)
        if outcome.progress:
            self.result.calls += outcome.progress[0]
            self.result.rounds += outcome.progress[1]
            self.result.reached = max(self.result.reached, outcome.progress[4])
        self.since, self.boots = union(self.since, outcome.since), union(self.boots, outcome.boot)
        for name, (made, succeeded, failure) in outcome.calls.items():
            before = self.made.get(name, (0, 0, ""))
            self.made[name] = before[0] + made, before[1] + succeeded, failure
        self.result.seconds += outcome.seconds
        return outcome

    def run(self, calls, seconds):
        """Until so many calls were made or so many seconds have passed; stops at the first finding."""
        end = time.monotonic() + seconds
        while self.result.calls < calls and time.monotonic() < end:
            left = min(BOOT_CALLS, calls - self.result.calls)
            outcome = self.one_boot(left, max(1.0, end - time.monotonic()))
            if outcome.finding:
                self.found(outcome)
                break
            self.seed += 1
        self.close()
        return self.result

    def found(self, outcome):
        self.result.finding, self.result.console = outcome.finding, outcome.console
        if outcome.programs:
            self.result.file = keep(self.setting, f"syscalls-{self.seed}-{time.time():.0f}", outcome.finding, outcome.programs)

    def close(self):
        self.result.never = [name for name, (_, succeeded, _) in self.made.items() if not succeeded]
        if not self.since:
            return
        self.result.edges, self.result.since, self.result.either, text = edges.report(self.setting.kernel, self.since, self.boots)
        self.setting.folder.mkdir(parents=True, exist_ok=True)
        (self.setting.folder / "syscalls-not-reached.txt").write_text(text)


def keep(setting, name, finding, found):
    """Writes the programs that ran last, the newest under the name that is given back."""
    names = programs.Names()
    setting.folder.mkdir(parents=True, exist_ok=True)
    for index, program in enumerate(found):
        path = setting.folder / (f"{name}.txt" if index == 0 else f"{name}-before-{index}.txt")
        path.write_text(f"# {finding}\n" + programs.to_text(names, program, show_where=True))
    return str(setting.folder / f"{name}.txt")


def replay(setting, path, repeats, seconds):
    """(finding, console) of a program that is run over and over."""
    program = programs.from_text(programs.Names(), Path(path).read_text())
    with boot(setting) as guest:
        outcome = guests.replay(guest, program, repeats, seconds)
    return outcome.finding, outcome.console


def notices_a_hang(setting, silence=5):
    """What is wrong with how a machine that stands still is noticed, and its program found; empty if nothing.
    The program is one that is known, so that it can be compared."""
    names = programs.Names()
    program = programs.from_text(names, "processes 2\nthreads 2\nthread 0\nyield\nsignal_raise handle(signal,0) 1\n"
                                        "thread 1\nclock\n")
    with boot(setting) as guest:
        guest.silence = silence
        guest.on_progress = lambda progress: guest.stop()
        outcome = guests.replay(guest, program, FOREVER, 300)
    if "hang" not in outcome.finding:
        return f"a machine that was stopped was taken for: {outcome.finding or 'one that goes on'}"
    found = [programs.to_text(names, each) for each in outcome.programs]
    if not found or found[0] != programs.to_text(names, program):
        return f"{len(found)} programs were found in its memory; expected the one that it ran, found:\n{''.join(found[:1])}"
    return ""


def shorten(setting, path, repeats):
    """Writes FILE.short, the program of a finding with what it does not need left out; its name, or none."""
    names = programs.Names()
    program = programs.from_text(names, Path(path).read_text())
    shrinker = shrink.Shrinker(lambda: boot(setting), repeats, SHRINK_SECONDS, setting.say)
    program, finding = shrinker.shrink(program)
    if not finding:
        return ""
    short = Path(f"{path}.short")
    short.write_text(f"# {finding}\n" + programs.to_text(names, program))
    return str(short)
