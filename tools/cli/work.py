# SPDX-License-Identifier: Apache-2.0
"""What the commands share: messages, set-up, calling make, one build at a time."""

import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

from tools.cli.options import ROOT, ToolError, UsageError
from tools.run import ways
from tools.setup import firmware, newer_qemu, packages


def say(text):
    """A message about progress. Standard output belongs to the result."""
    print(f"ferrous: {text}", file=sys.stderr, flush=True)


def setup(args):
    try:
        packages.ensure(args.out, say)
    except packages.SetupError as error:
        raise ToolError(str(error)) from None


@contextmanager
def build_lock(args):
    """Two builds into one output folder would trip over each other."""
    args.out.mkdir(parents=True, exist_ok=True)
    with open(args.out / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(args, *targets, keep_going=False):
    """Runs make; its progress goes to stderr. Raises ToolError when it fails."""
    command = ["make", "-C", str(ROOT), "--no-print-directory", f"-j{os.cpu_count() or 1}", f"ARCH={args.arch}",
               f"PROFILE={args.profile}", f"IMAGE={args.image}", f"OUT={args.out_folder}",
               f"PYTHON={sys.executable} -B", *targets]
    if keep_going:
        command.insert(1, "-k")
    command += ["V=1"] if args.verbose else ["-s"]
    with build_lock(args):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if done.returncode:
        raise ToolError(f"the build failed (make {' '.join(targets)}); the first error is above")


def plugin(args, name):
    """A plugin of the emulator, up to date."""
    make(args, "host-plugins")
    return args.out / "host" / "plugins" / f"{name}.so"


def boot_way(args):
    try:
        return ways.choose(args.arch, args.boot)
    except ways.WayError as error:
        raise UsageError(str(error)) from None


def firmware_of(args):
    """The folder of UEFI firmware that is not among the system's packages; fetched if need be."""
    try:
        return firmware.ensure(args.arch, args.out, say)
    except packages.SetupError as error:
        raise ToolError(str(error)) from None


def boot_of(args):
    """What make_boot makes."""
    way, suffix = boot_way(args), "" if args.image == "default" else f"-{args.image}"
    if way == "raw":
        return ways.Boot(args.arch, way, args.build / f"boot{suffix}.bundle", args.build / "boot.image")
    return ways.Boot(args.arch, way, args.build / f"disk{suffix}.img", firmware=firmware_of(args))


def with_newer(args, boot, needs):
    """The same for machines that need these: with a newer QEMU, where one of them takes that, fetched if need be."""
    if args.arch not in newer_qemu.KINDS or newer_qemu.KINDS[args.arch].need not in needs:
        return boot
    try:
        return replace(boot, newer_qemu=newer_qemu.ensure(args.arch, args.out, say))
    except packages.SetupError as error:
        raise ToolError(str(error)) from None


def make_boot(args):
    make(args, {"uefi": "disk", "raw": "raw"}[boot_way(args)])


def prepare(args):
    """Set-up and an up-to-date image to boot: what every command that boots needs."""
    boot_way(args)
    setup(args)
    make_boot(args)
    return with_newer(args, boot_of(args), {"iommu"} if getattr(args, "iommu", False) else ())
