# SPDX-License-Identifier: Apache-2.0
"""What is booted, with a few files changed: of a disk's EFI system partition, or of a bundle.

What was built is never changed; a copy lives as long as the `with` block.
"""

import dataclasses
import shutil
import struct
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tools.image import bundle
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


def part_name(path):
    """A file of a disk as a bundle has it: ferrous/kernel.elf is its kernel.elf."""
    return path.removeprefix("ferrous/")


def read_file(boot, path):
    """The bytes of a file of what is booted."""
    if boot.way == "raw":
        return bundle.unpack(boot.path.read_bytes())[part_name(path)]
    return mtool("mtype", boot.path, f"::/{path}")


def checked_cmdline(text):
    if len(text) > LONGEST_CMDLINE or not text.isprintable() or not text.isascii():
        raise MachineError(f"the command line must be at most {LONGEST_CMDLINE} printable ASCII characters; found {text!r}")
    return text.encode()


def change_disk(disk, files, folder):
    copy, source = folder / "disk.img", folder / "file"
    shutil.copyfile(disk, copy)
    for path, content in files.items():
        if content is None:
            mtool("mdel", copy, f"::/{path}")
        else:
            source.write_bytes(content)
            mtool("mcopy", copy, "-D", "o", str(source), f"::/{path}")
    return copy


def change_bundle(path, files, folder):
    parts = bundle.unpack(path.read_bytes())
    parts.update({part_name(name): content for name, content in files.items()})
    copy = folder / "bundle"
    copy.write_bytes(bundle.pack({name: content for name, content in parts.items() if content is not None}))
    return copy


@contextmanager
def boot_with(boot, cmdline="", files=None):
    """The boot with another command line and files ({path: bytes, or None to remove}) put in."""
    files = dict(files or {})
    if cmdline and boot.way == "raw":
        boot = dataclasses.replace(boot, cmdline=checked_cmdline(cmdline).decode())
    elif cmdline:
        files["ferrous/cmdline.txt"] = checked_cmdline(cmdline)
    if not files:
        yield boot
        return
    change = change_bundle if boot.way == "raw" else change_disk
    with tempfile.TemporaryDirectory(prefix="ferrous-disk-") as folder:
        yield boot.at(change(boot.path, files, Path(folder)))
