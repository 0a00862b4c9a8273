# SPDX-License-Identifier: Apache-2.0
"""torture: every service is killed again and again under load; nobody may lose anything."""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace

from tools.cli import work
from tools.cli.commands.boot import DISK, IOMMU, check_nvme
from tools.cli.options import Command, Option, ToolError, whole_number
from tools.run import below, disk as disks, qemu, scenarios, torture as runs

SEED_MAX = 1 << 31


def add_devices(config, stack):
    blocks = config.disk or stack.enter_context(scenarios.new_disk(runs.DISK_BYTES))
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ferrous-share-"))
    return runs.with_devices(config, blocks, folder)


def run_faults(args, config, seed):
    """WHY all devices with an IOMMU: faults in their drivers cannot harm others there."""
    with ExitStack() as stack:
        if config.iommu:
            config = add_devices(config, stack)
        return runs.run_faults(config, args.seconds, args.count, seed, work.say)


def run_kills(args, config, seed):
    """Every service has what it drives."""
    with ExitStack() as stack:
        config = replace(add_devices(config, stack), console="virtio")
        if config.icount:   # nothing is random there, if it is not asked for
            config = replace(config, extra=tuple(qemu.virtio(config, "virtio-rng")))
        return runs.run(config, args.seconds, args.count, seed, work.say, args.slow)


def verdict(table, result, said):
    """Prints what came of it; the exit status."""
    print(table)
    print(f"LOST {result.lost}" if result.lost else said)
    return 1 if result.lost else 0


def faults(args, disk, seed):
    work.say(f"putting faults into running services; --seed {seed} begins with the same")
    try:
        with disks.boot_with(disk, runs.INJECT_WORD) as boot:
            config = qemu.Config(boot=boot, smp=args.smp, mem=args.mem, disk=args.disk, scratch=True, iommu=args.iommu)
            result = run_faults(args, config, seed)
    except (runs.TortureError, qemu.MachineError) as error:
        raise ToolError(str(error)) from None
    return verdict(runs.fault_table(result), result,
                   f"{result.injected():,} faults injected, {result.executed():,} of them surely executed, {result.detected():,} detected, "
                   f"{result.recovered:,} of {result.away:,} recoveries; kernel crashes 0, others harmed 0, data lost 0")


def from_below(args, disk, seed):
    work.say(f"faults from below services; --seed {seed} begins with the same")
    try:
        config = qemu.Config(boot=disk, smp=args.smp, mem=args.mem, scratch=True, iommu=args.iommu)
        result = below.run(config, args.seconds, args.count, seed, work.say)
    except (below.BelowError, qemu.MachineError) as error:
        raise ToolError(str(error)) from None
    return verdict(runs.columns(below.rows(result)), result,
                   f"{result.injected():,} faults injected, all executed; after each of {result.back:,} rounds the driver served again; "
                   "kernel crashes 0, others harmed 0, data lost 0")


def throughput(args, disk):
    work.say(f"a disk at full speed, then with its driver killed every {runs.KILL_EVERY_US // 1000} ms")
    cpus = args.smp if "smp" in args.given else 1
    try:
        with disks.boot_with(disk, "") as boot, scenarios.new_disk(runs.SPEED_BYTES) as blocks:
            config = qemu.Config(boot=boot, smp=cpus, mem=args.mem, icount=cpus == 1, host_idle=True,
                                 disk=args.disk or blocks, scratch=True, bus=args.bus)
            found, lost = runs.run_speed(config)
    except (runs.TortureError, qemu.MachineError) as error:
        raise ToolError(str(error)) from None
    if lost:
        print(f"LOST {lost}")
        return 1
    print(runs.speed_table(found))
    shares = ", ".join(f"by {way} {runs.speed_share(of):.1f} %" for way, of in found.items())
    print(f"{shares} of the operations are left, nothing lost")
    return 0


def torture(args):
    disk = work.prepare(args)
    check_nvme(args, disk)
    if args.throughput:
        return throughput(args, disk)
    seed = args.seed if args.seed is not None else time.time_ns() % SEED_MAX
    if args.below:
        return from_below(args, disk, seed)
    if args.faults:
        return faults(args, disk, seed)
    cpus = args.smp if "smp" in args.given else 1
    work.say(f"killing every service for {args.seconds} s; --seed {seed} begins with the same")
    try:
        with disks.boot_with(disk, "") as boot:
            config = qemu.Config(boot=boot, smp=cpus, mem=args.mem, icount=cpus == 1, disk=args.disk, scratch=True,
                                 iommu=args.iommu, bus=args.bus)
            result = run_kills(args, config, seed)
    except (runs.TortureError, qemu.MachineError) as error:
        raise ToolError(str(error)) from None
    print("".join(f"{text}\n\n" for text in result.slow), end="")
    return verdict(runs.table(result), result, f"{result.recoveries():,} recoveries, nothing lost")


TORTURE = Command(
    "torture", "kill every service again and again under load, and see that nothing is lost", torture,
    text="Boots one CPU with one instruction a nanosecond (QEMU -icount shift=0), so that a microsecond is a thousand\n"
         "instructions; with --smp several, in real time. Prints how long each service was away. Ends with 0 only if no byte and\n"
         "no request was lost. With --faults, text and data of drivers and services are changed while they run instead, in real\n"
         "time; ends with 0 only if all came back and nobody else noticed; with --iommu, of drivers of devices that write to memory by\n"
         "themselves, too. With --throughput, eight requests to a disk are under way\n"
         "all the time, for two seconds undisturbed and for two more with its driver killed. docs/reliability.md has figures.",
    options=[DISK, IOMMU, Option("--bus", "NAME", "of those killed the disk is one of virtio (pci), or of NVMe (nvme)", "pci", ["pci", "nvme"]),
             Option("--seconds", "N", "for how long", 60, convert=whole_number(1, 1 << 20)),
             Option("--faults", None, "put faults into running services instead of killing them", False),
             Option("--below", None, "instead let a disk tell its driver what is not so; with --iommu, a driver send its device astray", False),
             Option("--throughput", None, "instead say what a disk does while its driver is killed every 50 ms", False),
             Option("--count", "N", "so many faults, or kills of each service, if the time allows", 1 << 20, convert=whole_number(1, 1 << 20)),
             Option("--slow", "US", "say what was done meanwhile where one killed alone was away for longer", None,
                    convert=whole_number(0, 1 << 30)),
             Option("--seed", "N", "first seed; by the clock if not given", None, convert=whole_number(0, SEED_MAX))])
