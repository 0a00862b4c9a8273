# SPDX-License-Identifier: Apache-2.0
"""test: every test there is, suite by suite; details of failures only; the total at the end."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tools.cli import work
from tools.cli.commands import fuzz_syscalls
from tools.cli.options import ROOT, Arguments, Command, Option, ToolError, whole_number
from tools.fuzz import campaign
from tools.run import at_once, bench, control, figures, qemu, scenarios, touched
from tools.setup import newer_qemu

TOTAL = re.compile(r"^(\d+) passed, (\d+) failed\s*$", re.MULTILINE)
HOST_LIMIT = 150  # seconds, each
FUZZ_SECONDS = 40          # for all fuzzers together
LEAST_FUZZ_SECONDS = 2
SYSCALLS_SECONDS = 60      # of random system calls
KASAN_CALLS = 40000
SYSCALLS_SEED = 1
LEAST_CALLS, LEAST_EDGES = 20000, 2000  # else it did not try what it should


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    details: list = field(default_factory=list)

    def add(self, name, error=""):
        if error:
            self.failed += 1
            self.details.append(f"FAIL {name}: {error}")
        else:
            self.passed += 1

    def take(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.details += other.details


def gather(args, work_on, items):
    """One Tally of several: of each item, args.jobs of them at a time."""
    total = Tally()
    for tally in at_once.each(args.jobs, work_on, items):
        total.take(tally)
    return total


def last_lines(text, count=40):
    return "\n".join(f"    | {line}" for line in text.splitlines()[-count:])


def count_program(name, words, limit):
    """The figures of a program that ends with `N passed, N failed`."""
    tally = Tally()
    try:
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, errors="replace", timeout=limit,
                              stdin=subprocess.DEVNULL)
        output, status = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
        text = output if isinstance(output, str) else output.decode("utf-8", "replace")
        tally.add(name, f"did not end within {limit} s; it printed:\n{last_lines(text)}")
        return tally
    count_output(tally, name, status, output)
    return tally


def count_output(tally, name, status, output):
    totals = TOTAL.findall(output)
    if not totals:
        tally.add(name, f"ended with status {status} and without a line `N passed, N failed'; it printed:\n" + last_lines(output))
        return
    passed, failed = map(int, totals[-1])
    tally.passed += passed
    tally.failed += failed
    if failed:
        tally.details.append(f"FAIL {name}: {failed} failed; it printed:\n" + last_lines(output))
    elif status:
        tally.add(name, f"says that nothing failed, but ended with status {status}; it printed:\n" + last_lines(output))
    elif not passed:
        tally.add(name, "ran no test at all")


def programs_of(folder):
    return sorted(p for p in folder.glob("*") if p.is_file() and p.stat().st_mode & 0o111) if folder.is_dir() else []


def built(folder, names):
    """Only what the build names: an old program of an earlier build is none of the tests."""
    return [p for p in programs_of(folder) if p.name in names]


def listed(args, kind):
    """Names of the host's programs of a kind, as the build lists them."""
    done = subprocess.run(["make", "-s", "-C", str(ROOT), f"OUT={args.out_folder}", "list"], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    for line in done.stdout.splitlines():
        if line.startswith(f"{kind}: "):
            return line.split(": ", 1)[1].split()
    return []


def on_this_machine(args):
    """What runs here is the host's own, whatever architecture is asked for."""
    return Arguments({**vars(args), "arch": "x86_64"}, [])


def host(args, wanted):
    args = on_this_machine(args)
    work.make(args, "host-tests", "host-plugins")
    programs = built(args.out / "host" / "tests", listed(args, "host tests"))
    return gather(args, lambda program: count_program(program.name, [str(program)], HOST_LIMIT),
                  [program for program in programs if not wanted or program.name in wanted])


def tools(args, wanted):
    """The tools' own tests: each tests/*/run.py."""
    work.make(args, "gen")
    scripts = sorted((ROOT / "tests").glob("*/run.py"))
    return gather(args, lambda script: count_program(f"tests/{script.parent.name}", [sys.executable, "-B", str(script)], HOST_LIMIT),
                  [script for script in scripts if not wanted or script.parent.name in wanted])


def conformance(args, wanted):
    """The program `conform` in the guest: every system call of the booted kernel."""
    tally, output = Tally(), bytearray()
    try:
        with qemu.Machine(qemu.Config(boot=work.boot_of(args), smp=args.smp, mem=args.mem)) as machine:
            try:
                agent = control.Control(machine)
                agent.wait_ready(120)
                status = agent.run("conform", output.extend, 300)
            except control.ControlError as error:
                text = output.decode("utf-8", "replace")
                tally.add("conform", f"{error}; it printed:\n{last_lines(text)}\n  the console said:\n"
                          + last_lines(machine.console.text()))
                return tally
    except qemu.MachineError as error:
        raise ToolError(str(error)) from None
    count_conform(tally, "conform", status, output.decode("utf-8", "replace"))
    return tally


def count_conform(tally, name, status, text):
    failed = "\n".join(line for line in text.splitlines() if line.startswith("FAIL"))
    # WHY at the end, too: only that is shown.
    count_output(tally, name, status, text[-4000:] + (f"\n{failed}" if failed else ""))


def scenario(args, wanted, folder="scenarios"):
    """WHY no newer QEMU for those that need none: it may have to be fetched."""
    tally, boot = Tally(), work.boot_of(args)
    found = scenarios.chosen(ROOT / "tests" / folder, boot, wanted)
    boot = work.with_newer(args, boot, set().union(*(one.needs for one in found)))

    def report(outcome):
        if args.each:
            print(f"  {'FAIL' if outcome.error else 'ok'} {outcome.name} {outcome.seconds:.1f} s", flush=True)
    for outcome in scenarios.run_all(found, boot, {"smp": args.smp, "mem": args.mem}, report, args.jobs):
        tally.add(outcome.name, outcome.error)
    return tally


def kasan(args, wanted):
    """A kernel that looks at every access: it finds what it should, and nothing in conform and under load."""
    args = Arguments({**vars(args), "profile": "kasan", "smp": 4}, [])
    work.make_boot(args)
    tally = scenario(args, wanted, "kasan")
    if not wanted or "syscalls" in wanted:
        tally.add("syscalls", syscalls(args, KASAN_CALLS, None))
    if not wanted or "conform" in wanted:
        tally.take(conformance(args, wanted))
    return tally


def kasan_slice(args):
    """Of that what takes seconds, on another architecture."""
    args = Arguments({**vars(args), "profile": "kasan", "smp": 4}, [])
    work.make_boot(args)
    tally = scenario(args, ["mistakes"], "kasan")
    tally.take(conformance(args, []))
    return tally


# On aarch64, besides: what lines, registers, units and nodes ACPI's tables tell.
ACPI_SCENARIOS = ["devices", "disk[file]", "iommu[kept]", "numa_nodes"]


def conforms(name, boot, mem, **more):
    """A machine that differs from the usual one: all its processors start, and every system call works."""
    tally, output = Tally(), bytearray()
    try:
        with qemu.Machine(qemu.Config(boot=boot, smp=4, mem=mem, **more)) as machine:
            agent = control.Control(machine)
            agent.wait_ready(120)
            status = agent.run("conform", output.extend, 300)
            missing = re.search(r"only \d+ of \d+ processors started", machine.console.text())
    except qemu.MachineError as error:
        tally.add(name, f"{error}; it printed:\n{last_lines(output.decode('utf-8', 'replace'))}")
        return tally
    tally.add(f"processors of {name}", missing[0] if missing else "")
    count_conform(tally, f"conform, {name}", status, output.decode("utf-8", "replace"))
    return tally


def others_conform(args, machines):
    """Each of {name: what qemu.Config takes}."""
    boot = work.boot_of(args)  # once: firmware may have to be fetched for it
    if any(machine.get("newer") for machine in machines.values()):
        boot = work.with_newer(args, boot, {newer_qemu.KINDS[args.arch].need})
    return gather(args, lambda name: conforms(name, boot, args.mem, **machines[name]), machines)


FLOATS_USED = re.compile(r"\(conform\): INSTRUCTION fault\b.*\n(.*\n)*?.* floats_fill\+0x0$", re.MULTILINE)


def without_floats(args, cpu):
    """A processor without floating point: its first use is a fault, which ends the program that did and nobody else."""
    tally, output, name = Tally(), bytearray(), "without floating point"
    try:
        with qemu.Machine(qemu.Config(boot=work.boot_of(args), smp=1, mem=args.mem, extra=("-cpu", cpu))) as machine:
            agent = control.Control(machine)
            agent.wait_ready(120)
            agent.run("conform floating; log crash", output.extend, 120)
    except (qemu.MachineError, control.ControlError) as error:
        output.extend(str(error).encode())
    text = output.decode("utf-8", "replace")
    tally.add(name, "" if FLOATS_USED.search(text) else "expected a crash record of a fault at floats_fill; found:\n" + last_lines(text))
    return tally


def from_firmware(args):
    args = Arguments({**vars(args), "boot": "uefi"}, [])
    work.make_boot(args)
    return args


def other(args, arch, wanted):
    """Another architecture: every system call on one processor and on several, all scenarios, a slice of kasan, and random
    system calls; the arguments too."""
    args = Arguments({**vars(args), "arch": arch, "boot": None, "smp": 4}, [])
    work.make_boot(args)
    tally = Tally()
    for cpus in (1, 4):
        if not wanted or "conform" in wanted:
            tally.take(conformance(Arguments({**vars(args), "smp": cpus}, []), wanted))
    tally.take(scenario(args, wanted))
    if not wanted or "kasan" in wanted:
        tally.take(kasan_slice(args))
    if not wanted or "syscalls" in wanted:
        tally.add("syscalls", syscalls(args, LEAST_CALLS, None))
    return args, tally


def aarch64(args, wanted):
    """With each way to boot, the older interrupt controller, a machine that starts where hypervisors do, the oldest processors, and
    with addresses signed by another algorithm, or not."""
    args, tally = other(args, "aarch64", wanted)
    if not wanted or "boots" in wanted:
        tally.take(others_conform(args, {"gic 2": {"machine": "gic-version=2"}, "from EL2": {"machine": "virtualization=on"},
                                  "A57": {"extra": ("-cpu", "cortex-a57")}, "A53": {"extra": ("-cpu", "cortex-a53")},
                                  "without signed addresses": {"extra": ("-cpu", "max,pauth=off")},
                                  "another algorithm of them": {"extra": ("-cpu", "max,pauth-impdef=on")}}))
        args = from_firmware(args)
        tally.take(others_conform(args, {"device tree by UEFI": {"machine": "acpi=off"}, "ACPI": {}}))
        tally.take(scenario(args, ACPI_SCENARIOS))
    return tally


# WHY the newer QEMU: Debian 12's has four levels on every processor.
THREE_LEVELS = {"newer": True, "extra": ("-cpu", "rv64,sv57=off,sv48=off")}


def riscv64(args, wanted):
    """With the timer of firmware, with kinds of memory in page tables and flushes in parts, on a processor without either, with vectors
    that the kernel does not keep, without floating point, with page tables of three levels, and with each kind of interrupt controller."""
    args, tally = other(args, "riscv64", wanted)
    if not wanted or "boots" in wanted:
        tally.take(others_conform(args, {"without Sstc": {"extra": ("-cpu", "rv64,sstc=off")},
                                  "with Svpbmt and Svinval": {"extra": ("-cpu", "rv64,svpbmt=on,svinval=on")},
                                  "with vectors": {"extra": ("-cpu", "rv64,v=true,vext_spec=v1.0")},
                                  "U54": {"extra": ("-cpu", "sifive-u54")}, "AIA, by wires": {"machine": "aia=aplic"},
                                  "AIA, by messages": {"machine": "aia=aplic-imsic"}, "Sv39": THREE_LEVELS,
                                  "U54 with Sv39": {"newer": True, "extra": ("-cpu", "sifive-u54")}}))
        tally.take(without_floats(args, "rv64,f=off,d=off"))
        args = from_firmware(args)
        tally.take(others_conform(args, {"uefi": {}, "AIA through UEFI": {"machine": "aia=aplic-imsic"},
                                  "Sv39 through UEFI": THREE_LEVELS}))
        tally.take(scenario(args, ["iommu[kept]", "numa_nodes[in a row]"]))
    return tally


FIGURES_BOOTS = 3  # when the host says something to the guest is not the same in each; a figure has to be right in one


def in_some_boot(differences):
    """{measure: what is wrong, or nothing}, after as many boots as it takes."""
    wrong = {}
    for boot in range(FIGURES_BOOTS):
        now = differences()
        wrong = {name: text and wrong[name] and text for name, text in now.items()} if boot else now
        if not any(wrong.values()):
            break
    return wrong


def figures_again(args, arch, kept, kept_touched):
    tally, own = Tally(), Arguments({**vars(args), "arch": arch, "boot": None, "profile": "release"}, [])
    kernel = own.build / "kernel.elf"
    try:
        disk, plugin = work.prepare(own), work.plugin(own, "touched")
        found = in_some_boot(lambda: figures.differences(arch, kept, bench.results(disk, kernel, own.mem)))
        seen = in_some_boot(lambda: touched.differences(kept_touched, touched.measure(disk, own.mem, kernel, plugin)))
    except (bench.BenchError, qemu.MachineError) as error:
        tally.add(arch, str(error))
        return tally
    for name, wrong in found.items():
        tally.add(f"{name} of {arch}", wrong)
    for name, wrong in seen.items():
        tally.add(f"what {name} of {arch} touches", wrong)
    return tally


def kept_figures(args, wanted):
    """Every figure that is kept, measured again: NAMEs are architectures."""
    kept, kept_touched = figures.load(ROOT), touched.load(ROOT)
    return gather(args, lambda arch: figures_again(args, arch, kept[arch], kept_touched.get(arch, {})),
                  [arch for arch in kept if not wanted or arch in wanted])


def syscalls(args, calls, seconds):
    """What is wrong after a bounded slice of random system calls; each run of the tests takes the same seed."""
    where = fuzz_syscalls.setting(Arguments({**vars(args), "cpus": 4}, []))
    try:
        result = campaign.Campaign(where, SYSCALLS_SEED).run(calls or campaign.FOREVER, seconds or campaign.FOREVER)
    except qemu.MachineError as error:
        return str(error)
    if result.finding:
        return f"{result.finding}\n  the program: {result.file}\n  {result.text()}\n{last_lines(result.console, 60)}"
    if result.calls < LEAST_CALLS or max(result.since, result.reached) < LEAST_EDGES:
        return f"expected {LEAST_CALLS} calls and {LEAST_EDGES} edges, found: {result.text()}"
    return ""


def hang(args):
    """What is wrong with noticing a machine that stands still."""
    try:
        return campaign.notices_a_hang(fuzz_syscalls.setting(Arguments({**vars(args), "cpus": 4}, [])))
    except qemu.MachineError as error:
        return str(error)


def fuzz(args, wanted):
    from tools.cli.commands.fuzz import run_target, targets
    names = targets(args)
    seconds = max(LEAST_FUZZ_SECONDS, FUZZ_SECONDS // len(names))

    def what_is_wrong(name):
        if name == "syscalls":
            return syscalls(args, None, SYSCALLS_SECONDS)
        if name == "syscalls-hang":
            return hang(args)
        status, output = run_target(args, name, seconds, quiet=True)
        return f"libFuzzer found something (status {status}):\n" + last_lines(output) if status else ""

    tally, chosen = Tally(), [name for name in ("syscalls", "syscalls-hang", *names) if not wanted or name in wanted]
    for name, error in zip(chosen, at_once.each(args.jobs, what_is_wrong, chosen)):
        tally.add(name, error)
    return tally


def proofs(args, wanted):
    """The proofs that take seconds, and trials of slow ones, so that none goes out of date unseen; `./ferrous prove' runs all."""
    from tools.cli.commands import prove
    args = Arguments({**vars(args), "mutants": False, "trace": False}, [])
    tally = Tally()
    every = [proof for proof in prove.chosen([]) if not wanted or proof.name in wanted]
    for outcome in [*prove.outcomes(args, prove.quick(every)), *prove.trials(args, every)]:
        tally.add(outcome.name, outcome.problem)
    return tally


SUITES = {"host": host, "tools": tools, "proofs": proofs, "conformance": conformance, "scenarios": scenario, "kasan": kasan, "fuzz": fuzz,
          "aarch64": aarch64, "riscv64": riscv64, "figures": kept_figures}
BOOTS = {"conformance", "scenarios"}


def test(args):
    work.setup(args)
    chosen = [args.suite] if args.suite else list(SUITES)
    if BOOTS & set(chosen):
        work.make_boot(args)
    total = Tally()
    for name in chosen:
        start = time.monotonic()
        try:
            tally = SUITES[name](args, args.rest)
        except ToolError as error:
            tally = Tally()
            tally.add(name, str(error))
        print(f"{name:12} {tally.passed:6} passed {tally.failed:4} failed {time.monotonic() - start:7.1f} s", flush=True)
        for detail in tally.details:
            print(f"  {detail}", flush=True)
        total.passed += tally.passed
        total.failed += tally.failed
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed or not total.passed else 0


TEST = Command(
    "test", "set up, build and run every test", test, positional="[NAME]...", maximum=None,
    text="Suites, in order: " + ", ".join(SUITES) + ". NAMEs choose tests within the suites.\n"
         "Ends with the line `N passed, N failed'; status 1 if any failed.",
    options=[Option("--suite", "NAME", "only this suite", None, list(SUITES)),
             Option("--each", None, "show each scenario as it ends", False),
             Option("--jobs", "N", "how many machines and programs at a time; as many as the host has CPUs if not given", os.cpu_count() or 1,
                    convert=whole_number(1, 64))])
