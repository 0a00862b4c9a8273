# SPDX-License-Identifier: Apache-2.0
"""Architectures and ways to boot them, from boot_ways.toml, and what a boot takes."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

TABLE = Path(__file__).with_name("boot_ways.toml")
PLACE = "tools/run/boot_ways.toml"
WAYS = tomllib.loads(TABLE.read_text())["way"]


class WayError(Exception):
    """An architecture that cannot be booted that way; the text says what can."""


@dataclass(frozen=True)
class Boot:
    """What QEMU is given: uefi boots the disk at `path'; raw starts `loader' with the bundle at `path'."""
    arch: str
    way: str
    path: Path
    loader: Path | None = None
    cmdline: str = ""              # of raw boots; a disk holds its own
    firmware: Path | None = None   # a folder with firmware, where it is not the system's
    newer_qemu: Path | None = None # for machines that the system's QEMU does not have

    def at(self, path):
        return replace(self, path=path)


def working():
    return [way for way in WAYS if way["status"] == "works"]


def arches():
    """Those that can be booted in some way."""
    return sorted({way["arch"] for way in working()})


def names():
    return sorted({way["boot"] for way in WAYS})


def has(boot):
    """What a Boot has that scenarios may need."""
    return {what for way in working() if (way["arch"], way["boot"]) == (boot.arch, boot.way) for what in way.get("has", ())}


def choose(arch, boot=None):
    """The name of the way; WayError if there is none."""
    for way in working():
        if way["arch"] == arch and (way["boot"] == boot or boot is None and way.get("default")):
            return way["boot"]
    known = next((way for way in WAYS if way["arch"] == arch and way["boot"] == boot), None)
    why = f"{known['status']} ({known['note']})" if known else "not in the table"
    can = ", ".join(way["boot"] for way in working() if way["arch"] == arch) or "nothing"
    raise WayError(f"--arch {arch} --boot {boot}: {why}; what works for {arch}: {can}. {PLACE} has all of them")
