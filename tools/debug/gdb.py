# SPDX-License-Identifier: Apache-2.0
"""./ferrous debug: QEMU stopped at its first instruction, gdb attached with the kernel's symbols."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.run import qemu

# Where the loader puts the kernel with `nokaslr` on the command line (boot/common/layout.c).
KERNEL_BASE = 0xffffffff80000000
# By architecture: gdb's name for it, and the program that knows it.
GDB = {"x86_64": ("i386:x86-64", "gdb"), "aarch64": ("aarch64", "gdb-multiarch"),
       "riscv64": ("riscv:rv64", "gdb-multiarch")}


class DebugError(Exception):
    """gdb or QEMU could not be used."""


def script(args):
    """Commands that gdb reads first; paths are relative to the sources."""
    elf = args.build / "kernel.elf"
    lines = [
        "set pagination off",
        "set confirm off",
        "set history save off",
        f"set architecture {GDB[args.arch][0]}",
        f"add-symbol-file {elf} -o {KERNEL_BASE:#x}",
        f"source {Path(__file__).with_name('ferrous.gdb')}",
        f"target remote 127.0.0.1:{args.port}",
        "hbreak core_start",
    ]
    lines += [command.strip() for command in args.batch.split(";") if command.strip()]
    if args.batch:
        lines += ["kill", "quit"]
    else:
        lines += ["echo \\nThe guest is stopped at its first instruction. `continue' runs to the kernel's start (core_start).\\n"]
    return "\n".join(lines) + "\n"


def session(args, config):
    """Runs gdb to its end, then ends the guest; gdb's exit status."""
    program = GDB[args.arch][1]
    if not shutil.which(program):
        raise DebugError(f"{program} is missing; install the Debian package {program}")
    with qemu.Machine(config) as machine, tempfile.NamedTemporaryFile("w", suffix=".gdb") as commands:
        commands.write(script(args))
        commands.flush()
        words = [program, "-q", "-nx", "-x", commands.name]
        if args.batch:
            words.insert(1, "-batch")
        status = subprocess.run(words).returncode
        (args.build / "debug-console.log").write_text(machine.console.text())
        return status
