# SPDX-License-Identifier: Apache-2.0
"""trace: runs a command in the guest and leaves the kernel's events of it on the host."""

from pathlib import Path

from tools.cli import work
from tools.cli.commands.boot import MACHINE, config, what_it_said, write_output
from tools.cli.options import Command, Option, ToolError, whole_number
from tools.run import control, qemu
from tools.trace import ctf
from tools.trace.record import record


def record_in(machine, args):
    """(status of the command, the packets)."""
    agent = control.Control(machine)
    try:
        agent.wait_ready(args.boot_limit)
        recorded = record(agent, " ".join(args.rest), write_output, args.limit, args.classes, args.size)
        agent.off()
        return recorded
    except control.ControlError as error:
        raise ToolError(f"{error}; {what_it_said(machine)}") from None


def trace(args):
    disk = work.prepare(args)
    folder = Path(args.folder) if args.folder else args.out / "trace"
    try:
        with qemu.Machine(config(args, disk)) as machine:
            status, data = record_in(machine, args)
        found = ctf.write(data, args.out / "gen" / "abi" / "metadata", folder)
    except (qemu.MachineError, ctf.TraceError) as error:
        raise ToolError(str(error)) from None
    work.say(f"{found.events} events of {found.cpus} CPUs are in {folder}, {found.lost} were lost; "
             f"`babeltrace2 {folder}' prints them")
    return min(status, 255)


TRACE = Command(
    "trace", "run a command in the guest and keep the kernel's events of it", trace,
    positional="-- COMMAND", minimum=1, maximum=None,
    text="Boots, runs COMMAND in the guest's shell with its system calls, switches, messages and so on recorded, also\n"
         "those of services that work for it, and writes a folder in the Common Trace Format. Ends with COMMAND's\n"
         "status. docs/observability.md says what is in it.",
    options=[*MACHINE, Option("--out", "FOLDER", "where the trace goes; out/trace if not given", "", key_as="folder"),
             Option("--class", "NAME,...", "only these classes of events", "", key_as="classes"),
             Option("--size", "MIB", "most that is recorded", 8, convert=whole_number(1, 15)),
             Option("--boot-limit", "SECONDS", "how long the guest may take to come up", 120,
                    convert=whole_number(1, 86400)),
             Option("--limit", "SECONDS", "how long the command may take", 600, convert=whole_number(1, 86400))])
