# SPDX-License-Identifier: Apache-2.0
"""Makes the compact symbol table of an ELF file: functions, and places in the source.

    symbols.py [--no-lines] FILE.elf OUT.sym

The kernel's panic report and the keeper's crash records read it. All numbers are little-endian
u32, except the magic:

    header   "FSYM", version (1), count of symbols, count of lines, bytes of strings     20 bytes
    symbols  {offset, size, name}            ascending by offset; no two the same        12 bytes each
    lines    {offset, file_name, line}       ascending by offset; no two the same        12 bytes each
    strings  each ended by a zero byte; the first is the empty string

Offsets count from the image's base (link address 0). `name` and `file_name` are offsets into the
strings. A symbol covers [offset, offset + size); where size is 0 (assembly) it reaches to the next
symbol. A line covers up to the next entry; an entry with line 0 means: no source known from here.
Same input, same output.
"""

import re
import struct
import subprocess
import sys
from pathlib import Path

VERSION = 1
NM = "llvm-nm-19"
DWARFDUMP = "llvm-dwarfdump-19"
HIDDEN_PREFIXES = ("__cfi_", ".L", "$")  # kcfi's type words and local labels are no functions

DIRECTORY = re.compile(r'include_directories\[\s*(\d+)\] = "(.*)"')
FILE_INDEX = re.compile(r"file_names\[\s*(\d+)\]:")
FILE_NAME = re.compile(r'\s+name: "(.*)"')
FILE_DIRECTORY = re.compile(r"\s+dir_index: (\d+)")
ROW = re.compile(r"0x([0-9a-f]{16})\s+(\d+)\s+\d+\s+(\d+)\s")


def output_of(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"symbols.py: {words[0]} failed: {done.stderr.strip()}")
    return done.stdout.splitlines()


def functions(path):
    """[(offset, size, name)]: for several names at one place, the global one, else the first in order."""
    best = {}
    for line in output_of(NM, "--defined-only", "--print-size", "--format=posix", path):
        name, kind, offset, *size = line.split()
        if kind not in "tTwW" or name.startswith(HIDDEN_PREFIXES):
            continue
        rank = (kind == "t", -int(size[0], 16) if size else 0, name)
        at = int(offset, 16)
        if at not in best or rank < best[at][0]:
            best[at] = (rank, int(size[0], 16) if size else 0, name)
    return [(at, size, name) for at, (_, size, name) in sorted(best.items())]


class LineTable:
    """Collects rows of `dwarfdump --debug-line`, unit by unit."""

    def __init__(self):
        self.rows = {}
        self.start_unit()

    def start_unit(self):
        self.directories, self.files, self.index = {}, {}, 0

    def file_path(self, index):
        name, directory = self.files.get(index, ("", 0))
        folder = self.directories.get(directory, "")
        return name if name.startswith("/") or folder in ("", ".") else f"{folder}/{name}"

    def take(self, line):
        if row := ROW.match(line):
            at, number = int(row[1], 16), int(row[2])
            if "end_sequence" in line:
                self.rows.setdefault(at, ("", 0))
            else:
                self.rows[at] = (self.file_path(int(row[3])), number)
        elif line.startswith("debug_line["):
            self.start_unit()
        elif found := DIRECTORY.match(line):
            self.directories[int(found[1])] = found[2]
        elif found := FILE_INDEX.match(line):
            self.index = int(found[1])
        elif found := FILE_NAME.match(line):
            self.files[self.index] = (found[1], 0)
        elif found := FILE_DIRECTORY.match(line):
            self.files[self.index] = (self.files[self.index][0], int(found[1]))


def source_lines(path, first, end):
    """[(offset, file, line)] of the places where the line changes, within the functions."""
    table = LineTable()
    for line in output_of(DWARFDUMP, "--debug-line", path):
        table.take(line)
    result, last = [], ("", 0)
    for at, place in sorted(table.rows.items()):
        # WHY: functions that the linker dropped leave their rows behind, at addresses near 0.
        if first <= at <= end and place != last:
            result.append((at, *place))
            last = place
    return result


class Strings:
    def __init__(self):
        self.data, self.places = bytearray(b"\0"), {"": 0}

    def place(self, text):
        if text not in self.places:
            self.places[text] = len(self.data)
            self.data += text.encode() + b"\0"
        return self.places[text]


def table(symbols, lines):
    strings = Strings()
    body = b"".join(struct.pack("<III", at, size, strings.place(name)) for at, size, name in symbols)
    body += b"".join(struct.pack("<III", at, strings.place(name), line) for at, name, line in lines)
    return struct.pack("<4s4I", b"FSYM", VERSION, len(symbols), len(lines), len(strings.data)) + body + bytes(strings.data)


def main(words):
    with_lines = "--no-lines" not in words
    paths = [word for word in words if word != "--no-lines"]
    if len(paths) != 2:
        sys.exit("symbols.py: expected [--no-lines] FILE.elf OUT.sym")
    symbols = functions(paths[0])
    if not symbols:
        sys.exit(f"symbols.py: {paths[0]} names no functions; expected a linked file that is not stripped")
    end = symbols[-1][0] + symbols[-1][1]
    lines = source_lines(paths[0], symbols[0][0], end) if with_lines else []
    Path(paths[1]).write_bytes(table(symbols, lines))


if __name__ == "__main__":
    main(sys.argv[1:])
