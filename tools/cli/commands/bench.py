# SPDX-License-Identifier: Apache-2.0
"""bench: guest instructions of the kernel's operations, beside the figures of others."""

import json
import re
import subprocess
from pathlib import Path

from tools.cli import work
from tools.cli.commands.boot import check_nvme
from tools.cli.options import ROOT, Arguments, Command, Option, ToolError
from tools.run import bench as measure, disk_costs, figures, lines, pairs, peers, qemu, stretches, touched, ways, where
from tools.setup import linux, packages

WAKEUP_LINES = 20
ALL = "all"


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def cpu_counts(text):
    if not re.fullmatch(r"[1-8](,[1-8])*", text):
        raise ValueError("expected numbers of CPUs from 1 to 8, such as 1,2,4")
    return [int(each) for each in text.split(",")]


def of_arch(args, arch):
    return Arguments({**vars(args), "arch": arch}, [])


def measured(args):
    """The results of the architecture of the arguments."""
    disk = work.prepare(args)
    return measure.results(disk, args.build / "kernel.elf", args.mem)


def several(args):
    """Each architecture, or the one that was asked for: printed beside each other."""
    arches = [args.arch] if "arch" in args.given else figures.in_order(ways.arches())
    found = {arch: measured(of_arch(args, arch)) for arch in arches}
    print(measure.table(found, ROOT / figures.ANCHORS))
    if args.keep:
        figures.keep(ROOT, found)
    return [{"arch": arch, **each} for arch, of in found.items() for each in of]


def touched_by_all(args):
    """What the kernel touches in each measure, on each architecture or the one that was asked for."""
    found = {}
    for arch in [args.arch] if "arch" in args.given else figures.in_order(ways.arches()):
        own = of_arch(args, arch)
        found[arch] = touched.measure(work.prepare(own), own.mem, own.build / "kernel.elf", work.plugin(own, "touched"))
        print(touched.table(arch, found[arch]), flush=True)
    if args.keep:
        touched.keep(ROOT, found)
    return [{"arch": arch, "name": name, **dict(zip(touched.COLUMNS, row))} for arch, of in found.items() for name, row in of.items()]


def many_at_once(args, disk, kernel):
    results = []
    for row in pairs.rows(disk, args.mem, kernel, work.plugin(args, "count"), ROOT / "kernel" / "core" / "cpu" / "lock.h", results):
        print(row, flush=True)
    return results


def wakeups(args, disk, kernel):
    """On one processor how late by its clock; on each number of them the longest stretches that lateness is made of."""
    results = []
    for cpus in args.wakeup:
        if cpus == 1:
            found = measure.wakeups(disk, args.mem)
            print(measure.wakeup_table(found, WAKEUP_LINES), flush=True)
            results.append(measure.summary("wakeup_worst_1cpu", "instructions", [found[0][0]]))
        found = stretches.measure(disk, args.mem, cpus, kernel, work.plugin(args, "stretch"))
        print(stretches.table(found, cpus, WAKEUP_LINES), flush=True)
        results.append(measure.summary(f"stretch_longest_{cpus}cpu", "instructions", [found[0][0]]))
    return results


def beside_peers(args, disk, kernel):
    """Ours and Linux's, which is named so in the results."""
    try:
        folder, version = linux.ensure(args.out, work.say)
    except packages.SetupError as error:
        raise ToolError(str(error)) from None
    work.make(args, "host-peers")
    ours = disk_costs.measure(disk, args.mem, kernel, work.plugin(args, "count"))
    theirs = peers.measure(folder, args.out / "host" / "peers" / "linux", args.mem, work.plugin(args, "count"))
    print(peers.table(ours, theirs, version))
    return ours + [{**each, "name": f"linux_{each['name']}"} for each in theirs]


def special(args):
    """One of those that say more about less, on one architecture."""
    for name, why in (("lines", "reads operands of x86_64's instructions"), ("peers", "has Linux for x86_64")):
        if getattr(args, name) and args.arch != "x86_64":
            raise ToolError(f"--{name} {why} only; without it, bench measures {args.arch} too")
    if args.iommu and args.arch == "riscv64":
        raise ToolError("--iommu: on riscv64 it takes another QEMU, which does not know this one's plugins; without it, or on another "
                        "architecture")
    disk, kernel, results = work.prepare(args), args.build / "kernel.elf", []
    if args.where:
        print(where.report(kernel, where.stays(disk, kernel, args.mem, args.where)))
    elif args.lines:
        print(lines.measure(disk, kernel, args.mem, args.lines))
    elif args.pairs:
        results = many_at_once(args, disk, kernel)
    elif args.disk:
        check_nvme(args, disk)
        results = disk_costs.measure(disk, args.mem, kernel, work.plugin(args, "count"), args.iommu, args.bus)
        print(disk_costs.table(results))
    elif args.net:
        results = disk_costs.measure_net(disk, args.mem, kernel, work.plugin(args, "count"), args.iommu)
        print(disk_costs.table(results))
    elif args.peers:
        results = beside_peers(args, disk, kernel)
    else:
        results = wakeups(args, disk, kernel)
    return [{"arch": args.arch, **each} for each in results]


def bench(args):
    try:
        instead = (args.where, args.lines, args.pairs, args.wakeup, args.disk, args.net, args.peers)
        if args.lines == ALL:
            results = touched_by_all(args)
        else:
            results = special(args) if any(instead) else several(args)
    except (measure.BenchError, qemu.MachineError) as error:
        raise ToolError(str(error)) from None
    if args.json:
        report = {"profile": args.profile, "commit": commit(), "results": results}
        Path(args.json).write_text(json.dumps(report, indent=2) + "\n")
    return 0


BENCH = Command(
    "bench", "measure the kernel in guest instructions", bench,
    text="Boots one CPU with one instruction a nanosecond (QEMU -icount shift=0), checks that scale with a known loop,\n"
         "and runs the guest's `bench', on each architecture or the one given. Two runs give nearly the same figures.\n"
         "tests/bench/README.md says what each means.",
    options=[Option("--keep", None, "keep the figures: they are in docs/performance.md then, and tests expect them", False),
             Option("--json", "FILE", "also write the results there", ""),
             Option("--where", "MEASURE", "instead show which kernel functions the instructions of one measure go to", ""),
             Option("--pairs", None, "instead compare many clients at once on 1, 2, 4 and 8 CPUs, with waits for locks", False),
             Option("--disk", None, "instead measure what 4 KiB from and to a disk cost, with its driver", False),
             Option("--net", None, "instead measure what a frame of a network costs, with its driver", False),
             Option("--iommu", None, "with --disk or --net: whose driver reaches its own memory only", False),
             Option("--bus", "NAME", "with --disk: one of virtio (pci), or of NVMe (nvme)", "pci", ["pci", "nvme"]),
             Option("--peers", None, "instead measure the disk here and under Debian's Linux, which is fetched", False),
             Option("--wakeup", "CPUS", "instead measure how late the most important thread wakes at most beside all system\n"
                    "calls, on so many CPUs; several by commas: 1,2,4", [], convert=cpu_counts),
             Option("--lines", "MEASURE", "instead show which lines of memory the kernel touches in one measure; `all': loads,\n"
                    "stores, lines, changes of page tables and flushes in each; with --keep they are kept", "")])
