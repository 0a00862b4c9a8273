# SPDX-License-Identifier: Apache-2.0
"""The scenario runner: each file of tests/scenarios boots the system and asserts on what it does.

A scenario is a Python file whose docstring says what it shows, with

    def run(t): ...            t is a Guest, below; an assertion that fails ends the scenario
    BOOT = {...}               optional: what Guest.boot takes; scenarios with SHARE use one boot
    SHARE = True               optional: it leaves the system as it found it, and may share a boot
    NEEDS = [...]              optional: what machine (boot_ways.toml) and QEMU (qemu.has) must have; others pass it over
    LIMIT_S = N                optional: seconds after which it is cut short, if not the usual 600
    CASES = [...]              optional: run(t, case) is called for each; each is a test

tests/scenarios/README.md shows one.
"""

import importlib.util
import os
import re
import tempfile
import time
import traceback
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.debug import state
from tools.run import at_once, control, disk as disks, overdue, qemu, ways

TAIL_LINES = 40
BOOT_LIMIT = 120
LIMIT_S = 600


class Failure(Exception):
    """An expectation that was not met."""


@dataclass
class Outcome:
    name: str
    error: str = ""       # empty: passed
    seconds: float = 0.0


@contextmanager
def new_disk(size):
    """The path of a file of so many zero bytes."""
    with tempfile.TemporaryDirectory(prefix="ferrous-disk-") as folder:
        path = Path(folder) / "disk"
        path.touch()
        os.truncate(path, size)
        yield path


class Guest:
    """What a scenario drives. Boots on first use, ends with the scenario (or is shared)."""

    def __init__(self, disk, defaults):
        self.disk, self.defaults = disk, defaults
        self.stack, self.machine, self.agent = ExitStack(), None, None
        self.read_to = 0  # characters of the console that console_expect has passed
        self.cut = False  # its time is up
        self.debugger, self.last_state = None, ""

    # ---- the machine ----

    def boot(self, smp=None, mem=None, cmdline="", files=None, ready=True, com1=True, extra=(), blocks=None, share=None,
             icount=False, iommu=False, limit=BOOT_LIMIT, **more):
        """Starts the machine anew; with ready it waits until the guest takes commands. `extra` are words for QEMU; `blocks` is a
        file that it has as its disk, or how many bytes a new one has; `share', a folder that it has as /share; with `icount` an
        instruction is a nanosecond, on one processor if not told otherwise; `more' is of qemu.Config."""
        self.close()
        if self.cut:
            raise Failure("its time was up before a boot")
        disk = self.stack.enter_context(disks.boot_with(self.disk, cmdline, files))
        if isinstance(blocks, int):
            blocks = self.stack.enter_context(new_disk(blocks))
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="ferrous-debug-"))
        self.debugger = Path(folder) / "gdb"
        config = qemu.Config(boot=disk, smp=smp or (1 if icount else self.defaults["smp"]), mem=mem or self.defaults["mem"], com1=com1,
                             icount=icount, disk=blocks, share=share, iommu=iommu, scratch=True,
                             extra=(*extra, *state.words(self.debugger)), **more)
        self.machine = self.stack.enter_context(qemu.Machine(config))
        self.agent, self.read_to = control.Control(self.machine), 0
        if ready:
            self.agent.wait_ready(limit)

    def disk_file(self, path):
        """A file of the disk image, for scenarios that damage it: ferrous/system.img and so on."""
        return disks.read_file(self.disk, path)

    def close(self):
        self.stack.close()
        self.stack, self.machine, self.agent = ExitStack(), None, None

    def running(self):
        return self.machine is not None and self.machine.running()

    def state(self):
        """What processors and threads do, and the last events; empty if there is no machine. It goes on afterwards."""
        if not self.debugger or not self.running():
            return self.last_state
        return state.describe(self.disk.arch, self.disk.path.with_name("kernel.elf"), self.debugger)

    def cut_short(self):
        """Whoever waits for the machine is told that it ended. From another thread."""
        if not self.cut:
            self.last_state = self.state()
        machine, self.cut = self.machine, True
        if machine:
            machine.kill()

    def wait_off(self, limit=30):
        """Expects that the machine powers off or resets by itself."""
        if not self.machine.wait_end(limit):
            raise Failure(f"the machine was still on after {limit} s")

    # ---- commands and the console ----

    def exec(self, command, limit=60):
        """(status, output) of a command line in the guest's shell."""
        if self.machine is None:
            self.boot()
        output = bytearray()
        try:
            status = self.agent.run(command, output.extend, limit)
        except control.ControlError as error:
            raise control.ControlError(f"{error}; it had printed:\n{output.decode('utf-8', 'replace')}") from None
        return status, output.decode("utf-8", "replace")

    def exec_ok(self, command, limit=60):
        """The output of a command that must succeed."""
        status, output = self.exec(command, limit)
        if status:
            raise Failure(f"`{command}' ended with status {status}, expected 0; it printed:\n{output}")
        return output

    def console(self):
        return self.machine.console.text() if self.machine else ""

    def console_send(self, text):
        self.machine.console.send(text.encode())

    def console_expect(self, pattern, limit=60):
        """Waits for a match in what the console prints after the last match; gives the match."""
        expression = re.compile(pattern, re.MULTILINE)

        def look(data):
            return expression.search(data.decode("utf-8", "replace"), self.read_to)
        found = self.machine.console.wait(look, limit)
        if not found:
            raise Failure(f"the console did not print {pattern!r} within {limit} s")
        self.read_to = found.end()
        return found

    def eventually(self, command, pattern, limit=30):
        """Repeats a command until its output matches."""
        end = time.monotonic() + limit
        while True:
            status, output = self.exec(command)
            if found := re.search(pattern, output, re.MULTILINE):
                return found
            if time.monotonic() > end:
                raise Failure(f"`{command}' did not come to print {pattern!r} within {limit} s; "
                              f"last: status {status}, output:\n{output}")
            time.sleep(0.2)

    # ---- expectations ----

    @staticmethod
    def expect(condition, text):
        if not condition:
            raise Failure(text)

    @staticmethod
    def expect_equal(found, expected, what="value"):
        if found != expected:
            raise Failure(f"{what}: expected {expected!r}, found {found!r}")

    @staticmethod
    def expect_match(text, pattern, what="output"):
        found = re.search(pattern, text, re.MULTILINE)
        if not found:
            raise Failure(f"{what}: expected a match of {pattern!r}, found:\n{text}")
        return found


class Scenario:
    """One file, or one case of it."""

    def __init__(self, path, module, case=None, has_case=False):
        self.module, self.case, self.has_case = module, case, has_case
        self.name = path.stem + (f"[{case}]" if has_case else "")
        self.boot = getattr(module, "BOOT", {})
        self.share = getattr(module, "SHARE", False)
        self.limit = getattr(module, "LIMIT_S", LIMIT_S)
        needs = getattr(module, "NEEDS", [])
        self.needs = set(needs.get(case, ()) if isinstance(needs, dict) else needs)

    def run(self, guest):
        if self.has_case:
            self.module.run(guest, self.case)
        else:
            self.module.run(guest)


def load(folder, wanted):
    found = []
    for path in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"scenario_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cases = getattr(module, "CASES", None)
        found += [Scenario(path, module, case, True) for case in cases] if cases else [Scenario(path, module)]
    if wanted:
        found = [s for s in found if s.name in wanted or s.name.split("[")[0] in wanted]
    # Those that share a boot stand together; otherwise by name.
    return sorted(found, key=lambda s: (not s.share, repr(sorted(s.boot.items())) if s.share else "", s.name))


def tail(guest):
    lines = guest.console().replace("\r", "").splitlines()[-TAIL_LINES:]
    return "\n".join(f"    | {line}" for line in lines) or "    | (nothing)"


def attempt(scenario, guest):
    """Runs one scenario on a guest; the text of what went wrong, or an empty one."""
    with overdue.limit(scenario.limit, scenario.name, guest.cut_short, qemu.kill_all):
        why = what_is_wrong(scenario, guest)
    return f"it did not end within {scenario.limit} s\n{why}" if guest.cut else why


def what_is_wrong(scenario, guest):
    try:
        scenario.run(guest)
        return ""
    except Failure as failure:
        why = str(failure)
    except qemu.MachineError as error:
        why = str(error)
    except Exception:  # a mistake in the scenario itself: show where
        why = traceback.format_exc()
    return f"{why}\n  end of the console's text:\n{tail(guest)}{told(guest.state())}"


def told(text):
    return "\n  where it stood:\n" + "\n".join(f"    | {line}" for line in text.splitlines()) if text else ""


def boots(scenarios):
    """Lists of scenarios that go on in one machine; most are alone."""
    found, key = [], None
    for scenario in scenarios:
        mine = repr(sorted(scenario.boot.items())) if scenario.share else None
        if mine is None or mine != key:
            found.append([])
        found[-1].append(scenario)
        key = mine
    return found


def run_boot(scenarios, disk, defaults, report):
    """[Outcome] of scenarios that share a machine: it is started anew behind one that failed or turned it off."""
    outcomes, guest = [], None
    for scenario in scenarios:
        start, error = time.monotonic(), ""
        if guest and not guest.running():
            guest.close()
            guest = None
        if guest is None:
            guest = Guest(disk, defaults)
            if scenario.share or scenario.boot:
                error = attempt(Starter(scenario.boot), guest)
        error = error or attempt(scenario, guest)
        if error:
            guest.close()
            guest = None
        outcomes.append(Outcome(scenario.name, error, time.monotonic() - start))
        report(outcomes[-1])
    if guest:
        guest.close()
    return outcomes


def chosen(folder, boot, wanted=()):
    """[Scenario] of those that are wanted and can be on such a machine."""
    there = ways.has(boot) | qemu.has(boot.arch)
    return [s for s in load(folder, wanted) if s.needs <= there]


def run_all(scenarios, disk, defaults, report=lambda outcome: None, jobs=1):
    """[Outcome] of scenarios; so many machines run at a time."""
    found = boots(scenarios)
    return [outcome for some in at_once.each(jobs, lambda some: run_boot(some, disk, defaults, report), found) for outcome in some]


class Starter:
    """Boots a guest as a scenario's BOOT asks, so that a failing boot is reported like a scenario."""

    name, limit = "the boot", LIMIT_S

    def __init__(self, boot):
        self.options = boot

    def run(self, guest):
        guest.boot(**self.options)
