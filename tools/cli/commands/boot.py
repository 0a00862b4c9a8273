# SPDX-License-Identifier: Apache-2.0
"""run, exec, debug: commands that boot the system for a person or a script."""

import sys
from pathlib import Path

from tools.cli import work
from tools.cli.options import Command, Option, ToolError, UsageError, whole_number
from tools.debug import gdb
from tools.run import control, disk as disks, qemu, ways

NOT_UP = 125
CONSOLE_TAIL_LINES = 60


def check_nvme(args, disk):
    wanted = "messages of functions"
    if args.bus == "nvme" and wanted not in ways.has(disk):
        have = sorted({way["arch"] for way in ways.working() if wanted in way.get("has", ())})
        raise UsageError(f"--bus nvme: its driver wants interrupts by message, which the machine of {args.arch} has not; those of "
                         f"{', '.join(have)} have")


def config(args, disk, **more):
    if args.bus == "mmio" and args.arch not in qemu.MMIO_PLACES:
        raise UsageError(f"--bus mmio: the machine of {args.arch} has no such places; those of {', '.join(qemu.MMIO_PLACES)} have")
    check_nvme(args, disk)
    if args.bus == "mmio" and args.iommu:
        raise UsageError("--iommu --bus mmio: no IOMMU knows devices in memory; behind PCI it does")
    return qemu.Config(boot=disk, smp=args.smp, mem=args.mem, disk=args.disk, share=args.share, net=args.net,
                       console=args.console, iommu=args.iommu, bus=args.bus,
                       rings=args.rings, **more)


def run(args):
    disk = work.prepare(args)
    work.say("booting; Ctrl-A X leaves QEMU, Ctrl-A H lists its other keys")
    try:
        with disks.boot_with(disk, args.cmdline) as boot:
            status, printed = qemu.interactive(config(args, boot, reboot=True))
    except qemu.MachineError as error:
        raise ToolError(str(error)) from None
    if because := control.last_words(printed):
        raise ToolError(f"the guest gave up: {because}")
    return status


def write_output(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def tail(text):
    lines = text.replace("\r", "").splitlines()
    return "\n".join(lines[-CONSOLE_TAIL_LINES:]) or "(nothing)"


def what_it_said(machine):
    """What the guest printed last and, where QEMU ended, what that complained of."""
    console = f"its console said:\n{tail(machine.console.text())}"
    return console if machine.running() else f"QEMU ended and said: {machine.complaint()}\n{console}"


def run_commands(machine, args, text, output):
    """The status of the command; ToolError with the console's text when the guest failed."""
    agent = control.Control(machine)
    try:
        agent.wait_ready(args.boot_limit)
        status = agent.run(text, output, args.limit)
        agent.off()
        return status
    except control.ControlError as error:
        if because := control.last_words(machine.console.text()):
            raise ToolError(f"{error}: {because}") from None
        raise ToolError(f"{error}; {what_it_said(machine)}") from None


def execute(args):
    disk = work.prepare(args)
    try:
        with disks.boot_with(disk, args.cmdline) as boot, qemu.Machine(config(args, boot)) as machine:
            return min(run_commands(machine, args, " ".join(args.rest), write_output), 255)
    except qemu.MachineError as error:
        raise ToolError(str(error)) from None


def debug(args):
    disk = work.prepare(args)
    try:
        with disks.boot_with(disk, (args.cmdline + " nokaslr").strip()) as boot:
            return gdb.session(args, config(args, boot, gdb_port=args.port))
    except (qemu.MachineError, gdb.DebugError) as error:
        raise ToolError(str(error)) from None


def existing_file(text):
    path = Path(text)
    if not path.is_file() or path.stat().st_size < 512:
        raise ValueError("a file of at least 512 bytes; `truncate -s 64M FILE' makes one")
    return path.resolve()


def existing_folder(text):
    path = Path(text)
    if not path.is_dir():
        raise ValueError("a folder that exists" + ("; that is a file" if path.is_file() else ""))
    return path.resolve()


CMDLINE = Option("--cmdline", "TEXT", "the kernel's command line", "")
DISK = Option("--disk", "FILE", "a file that the guest has as its disk, /dev/disk0, and writes to", None, convert=existing_file)
SHARE = Option("--share", "DIR", "a folder of the host that the guest has as /share, and changes", None, convert=existing_folder)
IOMMU = Option("--iommu", None, "devices reach the memory of their drivers only: the machine has an IOMMU", False)
BUS = Option("--bus", "NAME", "where disk, folder, network and random numbers are: pci, or mmio (registers in memory); nvme: the disk is "
             "one of NVMe, the others are as with pci", "pci", ["pci", "mmio", "nvme"])
RINGS = Option("--rings", "KIND", "queues of virtio devices: split, or packed", "split", ["split", "packed"])
NET = Option("--net", "WORDS", "a network, /dev/net0, with these words for QEMU's -netdev: `user', for one", "")
CONSOLE = Option("--console", "NAME", "the person's terminal: serial, or virtio, where firmware and kernel are not seen", "serial",
                 ["serial", "virtio"])
MACHINE = [DISK, SHARE, NET, CONSOLE, IOMMU, BUS, RINGS]
RUN = Command("run", "boot into the shell on this terminal (Ctrl-A X leaves)", run, options=[CMDLINE, *MACHINE])
EXEC = Command(
    "exec", "boot, run commands in the guest's shell, power off", execute,
    positional="'COMMAND; COMMAND'", minimum=1, maximum=None,
    text="Prints exactly what the commands print and exits with their status; 125 when the guest fails.",
    options=[CMDLINE, *MACHINE,
             Option("--boot-limit", "SECONDS", "how long the guest may take to come up", 120,
                    convert=whole_number(1, 86400)),
             Option("--limit", "SECONDS", "how long the commands may take", 600, convert=whole_number(1, 86400))])
DEBUG = Command(
    "debug", "boot stopped under QEMU with gdb attached and symbols loaded", debug,
    text="The console goes to out/ARCH-PROFILE/debug-console.log. The kernel is loaded at its link-time place\n"
         "(command line nokaslr), so that breakpoints can be set before it runs. Quitting gdb ends the guest.",
    options=[CMDLINE, *MACHINE, Option("--port", "N", "loopback port for gdb", 1234, convert=whole_number(1024, 65535)),
             Option("--batch", "COMMANDS", "run these gdb commands (separated by ;) and quit", "")])
