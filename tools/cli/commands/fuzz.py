# SPDX-License-Identifier: Apache-2.0
"""fuzz: libFuzzer targets of the host, the simulator and the model, for as long as one likes.

Found inputs are kept in out/host/fuzz-corpus/TARGET, so that a later run starts where the last one
ended; seeds that are checked in lie in tests/fuzz/corpus/TARGET.
"""

import os
import subprocess
import sys
import time

from tools.cli import work
from tools.cli.commands import fuzz_syscalls
from tools.cli.options import ROOT, Command, Option, UsageError, nearest, whole_number


STRESS = ("sim", "model")   # tests of the host that go on with other seeds for SECONDS


def targets(args):
    from tools.cli.commands.test import built, listed
    work.make(args, "fuzzers")
    return [program.name for program in built(args.out / "host" / "fuzz", listed(args, "fuzzers"))]


def run_stress(args, name, seconds):
    """The status of one; the seeds begin where no run has been, and a failing one is printed."""
    settings = dict(os.environ, SECONDS=str(seconds), FIRST=str(int(time.time()) * 1000))
    return subprocess.run([str(args.out / "host" / "tests" / name)], cwd=ROOT, stdin=subprocess.DEVNULL, env=settings).returncode


def run_target(args, name, seconds, quiet):
    """(status, output) of one target; the output is shown as it comes unless quiet."""
    corpus, found = args.out / "host" / "fuzz-corpus" / name, args.out / "host" / "fuzz-found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    words = [str(args.out / "host" / "fuzz" / name), f"-max_total_time={seconds}", "-seed=1", "-timeout=10", "-rss_limit_mb=2048",
             f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", str(corpus)]
    seeds = ROOT / "tests" / "fuzz" / "corpus" / name
    if seeds.is_dir():
        words.append(str(seeds))
    pipe = subprocess.PIPE if quiet else sys.stdout
    done = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT)
    return done.returncode, (done.stdout or b"").decode("utf-8", "replace")


def fuzz(args):
    work.setup(args)
    if args.rest == [fuzz_syscalls.NAME]:
        return fuzz_syscalls.run(args)
    names = targets(args) + list(STRESS)
    if not args.rest or set(STRESS) & set(args.rest):
        work.make(args, "host-tests")
    for name in args.rest:
        if name not in names:
            raise UsageError(f"there is no fuzz target {name}{nearest(name, names)}; there are: {', '.join([*names, fuzz_syscalls.NAME])}; "
                             f"{fuzz_syscalls.NAME} goes alone")
    failed = []
    for name in args.rest or names:
        work.say(f"fuzzing {name} for {args.seconds} s")
        status = run_stress(args, name, args.seconds) if name in STRESS else run_target(args, name, args.seconds, quiet=False)[0]
        if status:
            failed.append(name)
    count = len(args.rest or names)
    if failed:
        work.say(f"found something in: {', '.join(failed)}; the inputs are in {args.out / 'host' / 'fuzz-found'}, seeds are above")
    print(f"{count - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


FUZZ = Command("fuzz", "run the fuzzers", fuzz, positional="[TARGET]...", maximum=None,
               text="An input that fails is kept in out/host/fuzz-found; give it to out/host/fuzz/TARGET to repeat it.\n"
                "sim and model print how to repeat a seed that fails.\n"
                "syscalls is the booted kernel's: programs of random system calls, guided by what they made the kernel run.\n"
                "It has options of its own, and a profile: cover unless kasan or debug is asked for.",
               options=[Option("--seconds", "N", "for how long, each", 60, convert=whole_number(1, 1 << 30)),
                        Option("--calls", "N", "syscalls: instead until so many calls were made", 0, convert=whole_number(1, 1 << 40)),
                        Option("--cpus", "N", "syscalls: number of CPUs", 4, convert=whole_number(1, 32)),
                        Option("--seed", "S", "syscalls: of the first boot; the next take the next ones", None,
                               convert=whole_number(0, (1 << 32) - 1)),
                        Option("--replay", "FILE", "syscalls: repeat this program, and make it shorter if it finds anything", ""),
                        Option("--repeats", "N", "syscalls: how often --replay runs it", 200, convert=whole_number(1, 1 << 30))])
