# SPDX-License-Identifier: Apache-2.0
"""Torture: the guest's program `torture` kills services under load; here its rounds are repeated for as long as is
asked, first over the control line, then from the console for the services that carry the control line."""

import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.run import control, monitor as monitors, places, qemu, ways

BACK = re.compile(r"^back (\S+) (\d+) (alone|pair|inits)\s*$", re.MULTILINE)
HOW = {"alone": "alone", "pair": "with another", "inits": "with keeper or loader"}   # how it was killed
SLOW = re.compile(r"^slow (\S+) (\d+) (\d+)\s*$(.*?)^slow end\s*$", re.MULTILINE | re.DOTALL)
EVENT = re.compile(r"^(\d+)\.(\d{6}) (cpu .*?)\s*$", re.MULTILINE)
END = re.compile(r"^(\d+) lost\s*$", re.MULTILINE)
SERVICE = re.compile(r"^ *(\S+) +(?:running) +\d+ .* (\S+)\s*$", re.MULTILINE)
BOOT_LIMIT, ROUND_LIMIT = 600, 900
ROUNDS, PAUSE_US = 3, 3000
CARRIERS_SHARE = 0.15   # of the time
# Who is no service, and started again by init.
INITS = ("keeper", "loader")
# The other end of the control line; the agent is found by its name.
CARRIER_PATH = "/dev/uart1"


# Faults: what is changed while it runs, and who may not notice. WHY not all: whoever keeps state may keep what a fault made
# wrong, and a device that writes to memory by itself could be told to write anywhere, unless an IOMMU keeps it from that.
INJECT_WORD = "inject"
# Those joined by + are changed in turn: who uses the one uses the other.
VICTIMS = ("proc", "devices", "console+uart0", "trial-told", "trial-stopped")
KEPT_VICTIMS, NETWORK_DRIVER = ("random", "disk0", "share", "net0"), "net0"
KNOWN_FILE, KNOWN = "known", "known to whoever uses the folder\n"   # tests/torture/faults.c
OTHERS = ("tmpfs", "pipe", "imgfs", "names", "log", "agent", "uart1")
FAULTS = re.compile(r"^faults (\S+) quiet (\d+) late (\d+) wrong (\d+) died (\d+) hung (\d+) executed (\d+) unnoticed (\d+)\s*$",
                    re.MULTILINE)
RECOVERED = re.compile(r"^recovered (\d+) of (\d+)\s*$", re.MULTILINE)
FAULTS_A_ROUND = 1000
LOG_END = 6000   # characters


# A disk at full speed, undisturbed and with its driver killed every so often.
DISK_DRIVER = "disk0"
SPEED_WAYS = ("calls", "rings")   # how eight requests are under way
KILL_EVERY_US, KILLS = 50_000, 40
SPEED_BYTES = 16 << 20
DISK_BYTES = 1 << 20
SPEED = re.compile(r"^speed (\S+) (\d+) (\d+) (\d+)\s*$", re.MULTILINE)


class TortureError(Exception):
    """It could not be run."""


def explained(slow):
    """The events of a match of SLOW, in microseconds since the order to kill."""
    name, us, since_us = slow[1], int(slow[2]), int(slow[3]) // 1000
    events = ((int(event[1]) * 1_000_000 + int(event[2]) - since_us, event[3]) for event in EVENT.finditer(slow[4]))
    lines = "\n".join(f"{at:6} {what}" for at, what in events)
    return f"{name} was away for {us} us; since the order to kill it, in us:\n{lines}"


@dataclass
class Result:
    back_us: dict = field(default_factory=dict)  # of each service, by HOW it was killed
    rounds: int = 0
    lost: str = ""                               # what was lost, in the guest's words; empty: nothing
    slow: list = field(default_factory=list)     # what was done while one was away for longer than asked

    def add(self, text, seed):
        self.slow += map(explained, SLOW.finditer(text))
        text = SLOW.sub("", text)
        for name, value, how in BACK.findall(text):
            self.back_us.setdefault(name, {how: [] for how in HOW})[how].append(int(value))
        self.rounds += 1
        end = END.search(text)
        if not end or int(end[1]):
            self.lost = f"with seed {seed}:\n{text[-3000:]}"

    def killed(self, name):
        return sum(map(len, self.back_us.get(name, {}).values()))

    def recoveries(self):
        return sum(map(self.killed, self.back_us))

    def goes_on(self, names, end, count):
        """Until the time is over or each of these was killed so often."""
        return not self.lost and time.monotonic() < end and any(self.killed(name) < count for name in names)


OUTCOMES, NOTICED = 5, 3   # the last of them


@dataclass
class Faults:
    """By kind: how many were not noticed, had an answer come late that was none the worse, gave a wrong answer, ended the service,
    made it hang; how many were executed; and how many of those were not noticed."""
    kinds: dict = field(default_factory=dict)
    recovered: int = 0
    away: int = 0
    lost: str = ""

    def add(self, text, seed=0):
        for kind, *numbers in FAULTS.findall(text):
            before = self.kinds.get(kind, (0,) * len(numbers))
            self.kinds[kind] = tuple(a + int(b) for a, b in zip(before, numbers))
        for good, of in RECOVERED.findall(text):
            self.recovered, self.away = self.recovered + int(good), self.away + int(of)
        end = END.search(text)
        if not end or int(end[1]):
            said = RECOVERED.sub("", FAULTS.sub("", text))
            self.lost = f"with seed {seed}:\n{said[-3000:]}"

    def injected(self):
        return sum(sum(numbers[:OUTCOMES]) for numbers in self.kinds.values())

    def executed(self):
        return sum(numbers[OUTCOMES] for numbers in self.kinds.values())

    def detected(self):
        return sum(sum(numbers[OUTCOMES - NOTICED:OUTCOMES]) for numbers in self.kinds.values())


def fault_command(seed, count, victims=VICTIMS):
    return f"torture faults {seed} {count} {' '.join(victims)} -- {' '.join(OTHERS)}"


def kept_victims(config):
    return tuple(name for name in KEPT_VICTIMS if config.net or name != NETWORK_DRIVER)


def fault_victims(config):
    return (*VICTIMS, *kept_victims(config)) if config.iommu else VICTIMS


def known_folder(path):
    """A folder that has the file whose driver is put faults into."""
    (Path(path) / KNOWN_FILE).write_text(KNOWN)
    return Path(path)


def network(boot):
    """None where no line is left for it."""
    return "user" if "lines to spare" in ways.has(boot) else ""


def with_devices(config, disk, folder):
    """The machine with what KEPT_VICTIMS drive."""
    return replace(config, disk=disk, share=known_folder(folder), net=network(config.boot))


def log_end(agent):
    """What the guest's log said last: why a service did not come back."""
    output = bytearray()
    try:
        agent.run("log", output.extend, ROUND_LIMIT)
    except control.ControlError as error:
        return str(error)
    return output.decode("utf-8", "replace")[-LOG_END:]


def run_faults(config, seconds, count, seed, say):
    """The Faults of so many seconds or so many of them, whichever is over first, in one boot with INJECT_WORD."""
    result, victims = Faults(), fault_victims(config)
    with places.watched(config) as (config, monitor, log), qemu.Machine(config) as machine:
        agent = control.Control(machine)
        try:
            agent.wait_ready(BOOT_LIMIT)
            places.put(agent, places.find(agent, monitors.Monitor(monitor), log, victims))
            end = time.monotonic() + seconds
            while time.monotonic() < end and result.injected() < count and not result.lost:
                output = bytearray()
                some = min(FAULTS_A_ROUND, count - result.injected())
                agent.run(fault_command(seed, some, victims), output.extend, ROUND_LIMIT)
                result.add(output.decode("utf-8", "replace"), seed)
                result.lost += result.lost and f"\nthe log's end:\n{log_end(agent)}"
                say(f"seed {seed}: {result.injected()} faults, {result.executed()} executed, {result.detected()} detected, "
                    f"{result.recovered} recoveries")
                seed += 1
        except (control.ControlError, places.PlacesError) as error:
            raise TortureError(f"{error}; the console said:\n{machine.console.text()[-3000:]}") from None
    return result


def fault_table(result):
    rows = [("fault", "injected", "executed", "wrong answer", "ended", "hung", "executed, not noticed", "late")]
    for kind, numbers in result.kinds.items():
        _, late, wrong, died, hung, executed, unnoticed = numbers
        rows.append((kind, *(f"{number:,}" for number in (sum(numbers[:OUTCOMES]), executed, wrong, died, hung, unnoticed, late))))
    return columns(rows)


def speed_command(every_us, kills, way):
    return f"torture speed {DISK_DRIVER} {every_us} {kills} {way}"


def speeds(text):
    """{name: (operations, microseconds, kills)} of what the guest printed; what was lost, empty if nothing was."""
    found = {name: tuple(map(int, numbers)) for name, *numbers in SPEED.findall(text)}
    end = END.search(text)
    whole = set(found) == {"undisturbed", "killed"} and end and not int(end[1])
    return found, "" if whole else text[-3000:]


def run_speed(config):
    """{way: speeds()} of one boot; what was lost."""
    found = {}
    with qemu.Machine(config) as machine:
        agent = control.Control(machine)
        try:
            agent.wait_ready(BOOT_LIMIT)
            for way in SPEED_WAYS:
                output = bytearray()
                agent.run(speed_command(KILL_EVERY_US, KILLS, way), output.extend, ROUND_LIMIT)
                found[way], lost = speeds(output.decode("utf-8", "replace"))
                if lost:
                    return found, lost
        except control.ControlError as error:
            raise TortureError(f"{error}; the console said:\n{machine.console.text()[-3000:]}") from None
    return found, ""


def speed_table(found):
    rows = [("eight under way by", "operations", "ms", "a second", "driver killed")]
    for way, of in found.items():
        for name, (operations, us, kills) in of.items():
            rows.append((f"{way}, {name}", f"{operations:,}", f"{us // 1000:,}", f"{operations * 1_000_000 // max(us, 1):,}", str(kills)))
    return columns(rows)


def speed_share(found):
    """What of the speed is left, in per cent."""
    rates = {name: operations / us for name, (operations, us, _) in found.items()}
    return 100 * rates["killed"] / rates["undisturbed"]


def services(agent):
    """(those that may be killed over the control line, those that carry it)"""
    output = bytearray()
    # WHY the disk first: a driver whose device is reset before it begins does not run yet.
    agent.run("disk /dev/disk0; services", output.extend, ROUND_LIMIT)
    found = SERVICE.findall(output.decode("utf-8", "replace"))
    carriers = [name for name, path in found if name == "agent" or path == CARRIER_PATH]
    return [name for name, _ in found if name not in carriers] + list(INITS), carriers


def command(seed, names, slow_us=None):
    """With slow_us, the guest explains whatever takes longer."""
    slow = "" if slow_us is None else f"--slow {slow_us} "
    return f"torture kill {seed} {ROUNDS} {PAUSE_US} {slow}{' '.join(names)}"


def over_line(agent, names, seed, end, count, result, say, slow_us=None):
    while result.goes_on(names, end, count):
        output = bytearray()
        agent.run(command(seed, names, slow_us), output.extend, ROUND_LIMIT)
        result.add(output.decode("utf-8", "replace"), seed)
        say(f"seed {seed}: {result.recoveries()} recoveries")
        seed += 1
    return seed


def from_console(machine, names, seed, end, count, result, say, slow_us=None):
    """The console has what was sent, and older ends: each round is looked for behind the last."""
    passed = machine.console.wait(lambda data: re.compile("$").search(data.decode("utf-8", "replace")), ROUND_LIMIT).end()
    while result.goes_on(names, end, count):
        machine.console.send(f"{command(seed, names, slow_us)}\r".encode())
        found = machine.console.wait(lambda data, at=passed: END.search(data.decode("utf-8", "replace"), at), ROUND_LIMIT)
        if not found:
            raise TortureError(f"the console did not come to say what was lost; it said:\n{machine.console.text()[-2000:]}")
        result.add(found.string[passed:found.end()], seed)
        passed = found.end()
        say(f"seed {seed}: {result.recoveries()} recoveries")
        seed += 1


def run(config, seconds, count, seed, say, slow_us=None):
    """The Result of so many seconds, or of so many kills of each service, in one boot."""
    result = Result()
    with qemu.Machine(config) as machine:
        agent = control.Control(machine)
        try:
            agent.wait_ready(BOOT_LIMIT)
            names, carriers = services(agent)
            begin = time.monotonic()
            seed = over_line(agent, names, seed, begin + seconds * (1 - CARRIERS_SHARE), count, result, say, slow_us)
            from_console(machine, carriers, seed, max(begin + seconds, time.monotonic() + 1), count, result, say, slow_us)
        except control.ControlError as error:
            raise TortureError(f"{error}; the console said:\n{machine.console.text()[-3000:]}") from None
    return result


def table(result):
    rows = [("service", *(cell for how in HOW.values() for cell in (how, "median us", "worst us")))]
    for name, by in sorted(result.back_us.items()):
        rows.append((name, *(cell for how in HOW for cell in median_and_worst(by[how]))))
    return columns(rows)


def median_and_worst(values):
    ordered = sorted(values)
    return (str(len(ordered)), f"{ordered[len(ordered) // 2]:,}", f"{ordered[-1]:,}") if ordered else ("0", "-", "-")


def columns(rows):
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(widths[at]) if at == 0 else cell.rjust(widths[at]) for at, cell in enumerate(row))
                     for row in rows)
