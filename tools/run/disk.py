# SPDX-License-Identifier: Apache-2.0
"""Disk images that differ from the built one in a few files of the EFI system partition.

The built image is never changed; a copy lives as long as the `with` block.
"""

import shutil
import struct
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tools.run.qemu import MachineError

LONGEST_CMDLINE = 511  # BOOT_CMDLINE_BYTES of boot/boot_info.h, less the terminator
SECTOR = 512
GPT_ENTRY_LBA = 2
GPT_FIRST_LBA_OFFSET = 32


def partition_offset(disk):
    """Where the first partition begins, in bytes (SPEC: UEFI 2.10 5.3.3, GPT entry array)."""
    with open(disk, "rb") as file:
        file.seek(GPT_ENTRY_LBA * SECTOR + GPT_FIRST_LBA_OFFSET)
        return struct.unpack("<Q", file.read(8))[0] * SECTOR


def mtool(name, disk, *words):
    done = subprocess.run([name, "-i", f"{disk}@@{partition_offset(disk)}", *words], capture_output=True)
    if done.returncode:
        raise MachineError(f"{name} failed on {disk}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


def read_file(disk, path):
    """The bytes of a file of the disk's system partition."""
    return mtool("mtype", disk, f"::/{path}")


def checked_cmdline(text):
    if len(text) > LONGEST_CMDLINE or not text.isprintable() or not text.isascii():
        raise MachineError(f"the command line must be at most {LONGEST_CMDLINE} printable ASCII characters; found {text!r}")
    return text.encode()


@contextmanager
def disk_with(disk, cmdline="", files=None):
    """A copy of the disk with the command line and files ({path: bytes, or None to remove}) put in."""
    files = dict(files or {})
    if cmdline:
        files["ferrous/cmdline.txt"] = checked_cmdline(cmdline)
    if not files:
        yield disk
        return
    with tempfile.TemporaryDirectory(prefix="ferrous-disk-") as folder:
        copy, source = Path(folder) / "disk.img", Path(folder) / "file"
        shutil.copyfile(disk, copy)
        for path, content in files.items():
            if content is None:
                mtool("mdel", copy, f"::/{path}")
            else:
                source.write_bytes(content)
                mtool("mcopy", copy, "-D", "o", str(source), f"::/{path}")
        yield copy
