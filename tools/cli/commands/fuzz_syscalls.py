# SPDX-License-Identifier: Apache-2.0
"""fuzz syscalls: the system call fuzzer, on a kernel that counts what it has run (tests/fuzz/guest, tools/fuzz)."""

import time

from tools.cli import work
from tools.cli.options import Arguments, ToolError
from tools.fuzz import campaign, program
from tools.run import qemu

NAME = "syscalls"
PROFILES = ("cover", "kasan", "debug")   # release looks at too little to be worth it
SEED_MAX = 1 << 32
REPLAY_SECONDS = 3600


def setting(args):
    """Builds the image and says where everything is."""
    profile = args.profile if args.profile in PROFILES else "cover"
    args = Arguments({**vars(args), "profile": profile, "image": "fuzz"}, [])
    work.make_boot(args)
    return campaign.Setting(work.boot_of(args), args.build / "kernel.elf", args.out / "fuzz-found", args.cpus, args.mem, work.say)


def limits(args):
    """(calls, seconds): a number of calls takes as long as it takes."""
    return (args.calls, float(campaign.FOREVER)) if args.calls else (campaign.FOREVER, float(args.seconds))


def random(args):
    where = setting(args)
    seed = args.seed if args.seed is not None else time.time_ns() % SEED_MAX
    work.say(f"system calls on {where.cpus} CPUs, seed {seed}")
    result = campaign.Campaign(where, seed).run(*limits(args))
    print(result.text())
    if result.edges:
        print(f"what was not reached: {where.folder / 'syscalls-not-reached.txt'}")
    if not result.finding:
        return 0
    print(f"found: {result.finding}\n{tail(result.console)}")
    if result.file:
        print(f"the program: {result.file}\nrepeat it with: ./ferrous fuzz syscalls --replay {result.file}")
        if short := campaign.shorten(where, result.file, args.repeats):
            print(f"shorter: {short}")
    return 1


def replay(args):
    where = setting(args)
    finding, console = campaign.replay(where, args.replay, args.repeats, REPLAY_SECONDS)
    if not finding:
        print(f"nothing was found in {args.repeats} repeats")
        return 0
    print(f"found: {finding}\n{tail(console)}")
    if short := campaign.shorten(where, args.replay, args.repeats):
        print(f"shorter: {short}")
    return 1


def tail(console):
    return "\n".join(f"    | {line}" for line in console.splitlines()[-50:])


def run(args):
    try:
        return replay(args) if args.replay else random(args)
    except (qemu.MachineError, program.ProgramError, OSError) as error:
        raise ToolError(str(error)) from None
