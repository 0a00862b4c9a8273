#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the tables of abi/ stand for: headers and sources, the reference manual, the goldens.

    gen.py --out out/gen/abi                     what the build includes
    gen.py --manual docs/reference.md            the manual
    gen.py --goldens abi/goldens                 the copies that show a change of contract in review
    gen.py --check --manual ... --goldens ...    writes neither: fails if one of them is not up to date

A file is written only if its text changes, so that a build after an unchanged table does nothing.
"""

import sys

sys.dont_write_bytecode = True

import argparse
import difflib
from pathlib import Path

import emit_events
import emit_fuzz
import emit_headers
import emit_kernel
import emit_names
import emit_user
import goldens
import manual
import tables

EMITTERS = (emit_headers, emit_kernel, emit_user, emit_events, emit_names, emit_fuzz)


def generate(contract):
    """name -> text of every file of out/gen/abi."""
    files = {}
    for emitter in EMITTERS:
        files |= emitter.emit(contract)
    return files


def write(path, text):
    path = Path(path)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def difference(path, text):
    """The difference between a file and what it should be, as lines; empty if there is none."""
    path = Path(path)
    if not path.is_file():
        return [f"{path} does not exist"]
    found = path.read_text(encoding="utf-8")
    return list(difflib.unified_diff(found.splitlines(), text.splitlines(), str(path), "from the tables", lineterm=""))


def check(wanted, folder):
    """Compares; also reports goldens that belong to nothing any more."""
    lines = []
    for path, text in sorted(wanted.items()):
        lines += difference(path, text)
    if folder:
        for path in sorted(Path(folder).glob("*")):
            if path not in wanted:
                lines.append(f"{path} belongs to nothing the generator makes; remove it")
    if not lines:
        return 0
    print("\n".join(lines), file=sys.stderr)
    print("The contract in abi/ and its goldens or manual differ. If the change is meant, write them anew with "
          "`./ferrous build --goldens` and commit them; if not, undo the change of the table.", file=sys.stderr)
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--abi", default=Path(__file__).parents[2] / "abi", help="folder of the tables")
    parser.add_argument("--out", help="folder for headers and sources")
    parser.add_argument("--manual", help="file for the reference manual")
    parser.add_argument("--goldens", help="folder of the goldens")
    parser.add_argument("--check", action="store_true", help="compare manual and goldens instead of writing them")
    options = parser.parse_args()
    contract, problems = tables.load(options.abi)
    if problems:
        print("\n".join(f"abi/{line}" for line in problems), file=sys.stderr)
        print(f"{len(problems)} mistakes in the tables; nothing was written", file=sys.stderr)
        return 1
    files = generate(contract)
    if options.out:
        for name, text in files.items():
            write(Path(options.out) / name, text)
    wanted = {}
    if options.manual:
        wanted[Path(options.manual)] = manual.text(contract)
    if options.goldens:
        for name, text in goldens.texts(contract, files).items():
            wanted[Path(options.goldens) / name] = text
    if options.check:
        return check(wanted, options.goldens)
    for path, text in wanted.items():
        write(path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
