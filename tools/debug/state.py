# SPDX-License-Identifier: Apache-2.0
"""What a guest is doing, as gdb finds it in its memory: for a test that failed, and a guest whose shell does not answer. The guest
stands meanwhile, goes on afterwards, and need not have been made for it."""

import shutil
import subprocess
from pathlib import Path

from tools.debug import gdb

READER = Path(__file__).with_name("in_gdb.py")
LIMIT_S = 60
BEGIN = "the processors:"


def words(path):
    """Words for QEMU's command line."""
    return ("-chardev", f"socket,id=debugger,path={path},server=on,wait=off", "-gdb", "chardev:debugger")


def script(arch, kernel, path):
    """Commands for gdb; the kernel is told where it lies once that is known."""
    return ("set pagination off", "set confirm off", f"set architecture {gdb.GDB[arch][0]}", f'set $kernel = "{kernel}"', f"file {kernel}",
            f"target remote {path}", f"source {READER}")


def describe(arch, kernel, path):
    """The text; or in words why there is none, because whoever wants it has a failure to tell that matters more."""
    program = gdb.GDB[arch][1]
    if not shutil.which(program):
        return f"{program} is missing, which would tell"
    commands = [word for command in script(arch, kernel, path) for word in ("-ex", command)]
    try:
        done = subprocess.run([program, "-q", "-nx", "-batch", *commands], capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        return f"{program} did not end within {LIMIT_S} s"
    begin = done.stdout.find(BEGIN)
    return (done.stdout[begin:] if begin >= 0 else "") + done.stderr
