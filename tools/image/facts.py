# SPDX-License-Identifier: Apache-2.0
"""Facts the image tools take from where they are defined: enum constants of C headers, and
rights and flags of the abi tables. Nothing is numbered here a second time."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CONSTANT = re.compile(r"\b([A-Z][A-Z0-9_]+)\s*=\s*(0x[0-9a-fA-F]+|\d+)(?:ull|u)?\b(?:\s*<<\s*(\d+))?")
ENUM = re.compile(r"enum\s+(\w+)\s*:\s*\w+\s*\{(.*?)\}", re.DOTALL)


def without_comments(path):
    return COMMENT.sub("", (ROOT / path).read_text())


def constants(path):
    """All NAME = number (or number << number) of a header."""
    return {name: int(value, 0) << int(shift or 0) for name, value, shift in CONSTANT.findall(without_comments(path))}


def enum(path, name, prefix):
    """{lower-case name without prefix: number} of one enum, counted as C counts."""
    for found, body in ENUM.findall(without_comments(path)):
        if found == name:
            values, number = {}, 0
            for entry in filter(None, (part.strip() for part in body.split(","))):
                label, _, value = (text.strip() for text in entry.partition("="))
                number = int(value, 0) if value else number
                values[label.removeprefix(prefix).lower()] = number
                number += 1
            return values
    raise LookupError(f"{path} has no enum {name}")


def rights(abi):
    """{object type: {right: bit value}}; common rights take the lowest bits."""
    table = tomllib.loads((Path(abi) / "objects.toml").read_text())
    common = [right["name"] for right in table["common"]]
    return {each["name"]: {name: 1 << bit for bit, name in
                           enumerate(common + [right["name"] for right in each.get("rights", [])])}
            for each in table["type"]}


def flags(abi, set_name):
    """{bit name: value} of a flag set of structs.toml."""
    table = tomllib.loads((Path(abi) / "structs.toml").read_text())
    for each in table["flags"]:
        if each["name"] == set_name:
            return {bit: 1 << at for at, bit in enumerate(each["bits"])}
    raise LookupError(f"structs.toml has no flag set {set_name}")
