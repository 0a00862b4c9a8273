# SPDX-License-Identifier: Apache-2.0
"""Assembles the system image from image/NAME.image and the services' manifests.

    build.py --image image/default.image --programs FOLDER --abi abi --out system.img [--root FOLDER]

FOLDER holds for each program NAME its stripped ELF file NAME and its symbol table NAME.sym. Every
grant is checked before anything is written; all problems are shown, then the status is 1.
Same input, same bytes.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.image import elf, facts, layout  # noqa: E402
from tools.image.plan import Planner  # noqa: E402
from tools.image.schema import Problems, nearest  # noqa: E402


def programs(plan, folder, problems):
    """{name: (ELF bytes, symbol bytes)} of init and all programs of the plan."""
    built = {path.name for path in folder.iterdir() if path.suffix == ""} if folder.is_dir() else set()
    found = {}
    for name in [plan.init, *plan.all_programs()]:
        if name not in built:
            problems.add(str(folder), f"there is no program {name}; expected a module.mk with PROGRAM := {name}"
                         + nearest(name, built))
            continue
        data = (folder / name).read_bytes()
        try:
            elf.segments(data)
            if found and elf.order(data) != elf.order(next(iter(found.values()))[0]):
                raise elf.ElfError(f"is {elf.ORDERS[data[5]]}; expected the order of bytes of {plan.init}, as it is for the same machine")
        except elf.ElfError as error:
            problems.add(str(folder / name), str(error))
        found[name] = (data, (folder / f"{name}.sym").read_bytes())
    return found


def assemble(plan, found, reader, abi):
    prot = facts.flags(abi, "map_flags")
    init = found[plan.init]
    image = layout.Layout(elf.order(init[0]))
    image.add("init", "program", init[0])
    image.add("init.segments", "init", lambda places: layout.init_entry(
        init[0], places["init"], plan.init_stack_kib * 1024, prot, image.limit))
    for name in plan.all_programs():
        image.add(f"bin/{name}", "program", found[name][0])
    for manifest in plan.services:
        image.add(f"manifest/{manifest.name}", "manifest", reader.pack(manifest, image.order))
    for path, source in sorted(plan.files):
        image.add(path, "file", source.read_bytes())
    for name in [plan.init, *plan.all_programs()]:
        image.add(f"sym/{name}", "symbols", found[name][1])
    return image.bytes()


def write(path, data):
    """All or nothing: a build that is stopped leaves no half image."""
    part = Path(f"{path}.part")
    part.write_bytes(data)
    os.replace(part, path)


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("--image", "--programs", "--abi", "--out"):
        parser.add_argument(name, required=True, type=Path)
    parser.add_argument("--root", type=Path, default=Path("."))
    words = parser.parse_args()
    problems = Problems()
    planner = Planner(words.root, words.abi, problems)
    plan = planner.plan(words.image)
    found = programs(plan, words.programs, problems) if plan else {}
    if problems.lines:
        sys.exit("\n".join(["the system image cannot be built:", *(f"  {line}" for line in problems.lines)]))
    try:
        write(words.out, assemble(plan, found, planner.reader, words.abi))
    except (ValueError, elf.ElfError) as error:
        sys.exit(f"the system image cannot be built: {error}")


if __name__ == "__main__":
    main()
