#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a bootable disk image: a GPT with one EFI system partition, FAT32, made with mtools.

Needs no root. The same input gives the same bytes: identifiers are derived from the contents'
names, times are fixed.

SPEC: UEFI 2.10 chapter 5 (GPT), 13.3 (EFI system partition)
"""
import argparse
import binascii
import datetime
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid

SECTOR = 512
MIB = 1 << 20
FIRST_SECTOR = 2048                  # of the partition: 1 MiB
TABLE_SECTORS = 32                   # 128 entries of 128 bytes
ESP_TYPE = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
NAMESPACE = uuid.UUID("5f0c54a3-0d5e-4d7e-9b3a-6f6572726f75")
FAT32_MIN_CLUSTERS = 65525           # fewer would make it FAT16 by definition
FIXED_TIME = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)


class Trouble(Exception):
    """Something the person can put right; the text says what."""


def run(*command):
    """Runs one of the mtools with times and locale fixed."""
    environment = dict(os.environ, SOURCE_DATE_EPOCH=str(int(FIXED_TIME.timestamp())), MTOOLS_SKIP_CHECK="1",
                       TZ="UTC", LC_ALL="C")
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if result.returncode != 0:
        raise Trouble(f"{command[0]} failed: {result.stderr.strip() or result.stdout.strip()}")


def parse_files(loader, pairs):
    """[(path on the volume, path here)], the loader first."""
    if not os.path.isfile(loader):
        raise Trouble(f"--loader {loader}: there is no such file; build it first")
    files = [("EFI/BOOT/" + os.path.basename(loader).upper(), loader)]
    for pair in pairs:
        name, found, source = pair.partition("=")
        if not found or not name or name.startswith("/") or ".." in name.split("/"):
            raise Trouble(f"--file {pair}: expected NAME=PATH, NAME being a relative path on the volume")
        if not os.path.isfile(source):
            raise Trouble(f"--file {pair}: there is no file {source}; build it first")
        if name.lower() in (n.lower() for n, _ in files):
            raise Trouble(f"--file {pair}: {name} is given twice")
        files.append((name, source))
    return files


def volume_sectors(files):
    """Sectors of the FAT volume: the contents, some room, at least the smallest FAT32."""
    contents = sum((os.path.getsize(source) // SECTOR + 1) * SECTOR for _, source in files)
    data = max(contents + MIB, (FAT32_MIN_CLUSTERS + 64) * SECTOR)
    tables = 2 * (data // SECTOR * 4 + SECTOR)
    total = data + tables + 64 * SECTOR
    return (total + MIB - 1) // MIB * MIB // SECTOR


def fill_volume(path, offset, sectors, files):
    """Formats the partition inside the disk image and copies the files into it."""
    image = f"{path}@@{offset}"
    # One sector a cluster (-c 1) keeps it FAT32 at its smallest size.
    run("mformat", "-i", image, "-F", "-c", "1", "-T", str(sectors), "-h", "64", "-s", "32", "-H", str(FIRST_SECTOR),
        "-N", "46455252", "-v", "FERROUS", "::")
    made = set()
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, source) in enumerate(files):
            parts = name.split("/")
            for depth in range(1, len(parts)):
                parent = "/".join(parts[:depth])
                if parent.lower() not in made:
                    run("mmd", "-i", image, "::" + parent)
                    made.add(parent.lower())
            # mcopy -m keeps the time of the source, so a copy with a fixed time is what it gets.
            copy = os.path.join(folder, str(number))
            shutil.copyfile(source, copy)
            os.utime(copy, (FIXED_TIME.timestamp(),) * 2)
            run("mcopy", "-m", "-i", image, copy, "::" + name)


def gpt(disk_sectors, partition_sectors, identity):
    """The two headers and the table: (bytes for the start of the disk, bytes for its end)."""
    name = "EFI system partition".encode("utf-16-le").ljust(72, b"\0")
    entry = ESP_TYPE.bytes_le + uuid.uuid5(NAMESPACE, identity + "/esp").bytes_le
    entry += struct.pack("<QQQ", FIRST_SECTOR, FIRST_SECTOR + partition_sectors - 1, 0) + name
    table = entry.ljust(TABLE_SECTORS * SECTOR, b"\0")
    disk_id = uuid.uuid5(NAMESPACE, identity).bytes_le

    def header(own, other, table_at):
        fields = struct.pack("<QQQQ", own, other, 2 + TABLE_SECTORS, disk_sectors - 2 - TABLE_SECTORS)
        fields += disk_id + struct.pack("<QIII", table_at, 128, 128, binascii.crc32(table))
        blank = b"EFI PART" + struct.pack("<IIII", 0x00010000, 92, 0, 0) + fields
        checksum = struct.pack("<I", binascii.crc32(blank))
        return (blank[:16] + checksum + blank[20:]).ljust(SECTOR, b"\0")

    last = disk_sectors - 1
    protective = bytearray(SECTOR)
    protective[446:462] = struct.pack("<BBBBBBBBII", 0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, 1, min(last, 0xffffffff))
    protective[510:512] = b"\x55\xaa"
    start = bytes(protective) + header(1, last, 2) + table
    end = table + header(last, 1, last - TABLE_SECTORS)
    return start, end


def make_disk(out, files):
    """Writes the disk beside its place and moves it there when it is whole."""
    partition = volume_sectors(files)
    disk = FIRST_SECTOR + partition + MIB // SECTOR
    new = out + ".new"
    try:
        with open(new, "wb") as image:
            image.truncate(disk * SECTOR)
        fill_volume(new, FIRST_SECTOR * SECTOR, partition, files)
        start, end = gpt(disk, partition, "ferrous")
        with open(new, "r+b") as image:
            image.write(start)
            image.seek(disk * SECTOR - len(end))
            image.write(end)
        os.replace(new, out)
    finally:
        if os.path.exists(new):
            os.unlink(new)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", required=True, help="the disk image to write")
    parser.add_argument("--loader", required=True, help="the UEFI loader; put into EFI/BOOT under its own name")
    parser.add_argument("--file", action="append", default=[], metavar="NAME=PATH",
                        help="another file: NAME on the volume from PATH here; may be repeated")
    options = parser.parse_args()
    for tool in ("mformat", "mmd", "mcopy"):
        if shutil.which(tool) is None:
            raise Trouble(f"{tool} is missing; install the Debian package mtools")
    make_disk(options.out, parse_files(options.loader, options.file))


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"disk.py: {trouble}")
