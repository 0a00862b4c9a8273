# SPDX-License-Identifier: Apache-2.0
"""bench: guest instructions of the kernel's operations, beside the figures of others."""

import json
import re
import subprocess
from pathlib import Path

from tools.cli import work
from tools.cli.options import ROOT, Command, Option, ToolError
from tools.run import bench as measure, lines, pairs, qemu, where

WAKEUP_LINES = 20


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def cpu_counts(text):
    if not re.fullmatch(r"[1-8](,[1-8])*", text):
        raise ValueError("expected numbers of CPUs from 1 to 8, such as 1,2,4")
    return [int(each) for each in text.split(",")]


def bench(args):
    if args.where and args.arch != "x86_64":
        raise ToolError(f"--where knows the kernel's entries of x86_64 only; without it, bench measures {args.arch} too")
    disk = work.prepare(args)
    kernel = args.build / "kernel.elf"
    try:
        if args.where:
            print(where.report(kernel, where.stays(disk, kernel, args.mem, args.where)))
            return 0
        if args.lines:
            print(lines.measure(disk, kernel, args.mem, args.lines))
            return 0
        if args.pairs:
            if args.arch != "x86_64":
                raise ToolError(f"--pairs counts instructions by a kernel address that is known for x86_64 only, not {args.arch}")
            work.make(args, "host-plugins")
            plugin = args.out / "host" / "plugins" / "count.so"
            results = []
            for row in pairs.rows(disk, args.mem, kernel, plugin, ROOT / "kernel" / "core" / "cpu" / "lock.h", results):
                print(row, flush=True)
        elif args.wakeup:
            results = []
            for cpus in args.wakeup:
                found = measure.wakeups(disk, args.mem, cpus)
                print(measure.wakeup_table(found, cpus, WAKEUP_LINES), flush=True)
                results.append(measure.summary(f"wakeup_worst_{cpus}cpu", "instructions", [found[0][0]]))
        else:
            results = measure.results(disk, kernel, args.mem)
            print(measure.table(results, ROOT / "tests" / "bench" / "anchors.toml"))
    except (measure.BenchError, qemu.MachineError) as error:
        raise ToolError(str(error)) from None
    if args.json:
        report = {"arch": args.arch, "profile": args.profile, "commit": commit(), "results": results}
        Path(args.json).write_text(json.dumps(report, indent=2) + "\n")
    return 0


BENCH = Command(
    "bench", "measure the kernel in guest instructions", bench,
    text="Boots one CPU with one instruction a nanosecond (QEMU -icount shift=0), checks that scale with a known loop,\n"
         "and runs the guest's `bench'. Two runs give the same figures. tests/bench/README.md says what each means.",
    options=[Option("--json", "FILE", "also write the results there", ""),
             Option("--where", "MEASURE", "instead show which kernel functions the instructions of one measure go to", ""),
             Option("--pairs", None, "instead compare many clients at once on 1, 2, 4 and 8 CPUs, with waits for locks", False),
             Option("--wakeup", "CPUS", "instead measure how late the most important thread wakes at most beside all system\n"
                    "calls, on so many CPUs; several by commas: 1,2,4", [], convert=cpu_counts),
             Option("--lines", "MEASURE", "instead show which lines of memory the kernel touches in one measure", "")])
