# SPDX-License-Identifier: Apache-2.0
"""The figures that are kept: tests/bench/figures.toml has the usual values of each architecture, as `./ferrous bench --keep` found
them, and the table in docs/performance.md is made of them. Tests measure again and compare.
"""

import re
import tomllib

from tools.run import bench

KEPT = "tests/bench/figures.toml"
ANCHORS = "tests/bench/anchors.toml"
DOCUMENT = "docs/performance.md"
TABLE = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
HEAD = """# SPDX-License-Identifier: Apache-2.0
# What `./ferrous bench --keep` found, in the units that it prints. Tests measure again: what differs by more than
# tools/run/figures.py allows is either a mistake or belongs here.
"""
# WHY anything at all: where things lie and when the host says something depend a little on what else there is; riscv64's figures
# are means of samples by a clock that ticks every hundred instructions.
SHARE, LEAST = 0.05, 8
# WHY more: how many frames and slabs were at hand before the first process decides what each of two hundred costs; and the worst of
# some thousand times is met more or less exactly.
SHARE_OF = {"process_create": 0.15, "wakeup_worst_1cpu": 0.15}
LEAST_OF = {"riscv64": 12}


def load(root):
    path = root / KEPT
    return tomllib.loads(path.read_text()) if path.exists() else {}


def differences(arch, kept, found):
    """{measure: what is wrong, or nothing} for the results of one architecture."""
    wrong, least = {}, LEAST_OF.get(arch, LEAST)
    for each in found:
        name, value, before = each["name"], each["usual"], kept.get(each["name"])
        wrong[name] = ""
        if before is None:
            wrong[name] = f"{value} {each['unit']}, and none is kept in {KEPT}; `./ferrous bench --keep` keeps it"
        elif abs(value - before) > max(least, SHARE_OF.get(name, SHARE) * before):
            wrong[name] = (f"found {value} {each['unit']}, expected {before} as in {KEPT}; if the change is meant, "
                           "`./ferrous bench --keep` keeps it")
    for name in sorted(set(kept) - set(wrong)):
        wrong[name] = f"was not measured, and {KEPT} has it"
    return wrong


def keep(root, found):
    """Writes down what was found of each architecture, beside what is kept of others, and the document's table."""
    kept = load(root)
    for arch, results in found.items():
        kept[arch] = {each["name"]: each["usual"] for each in results}
    lines = [HEAD.rstrip()]
    for arch in sorted(kept):
        lines += ["", f"[{arch}]"] + [f"{name} = {value}" for name, value in kept[arch].items()]
    (root / KEPT).write_text("\n".join(lines) + "\n")
    path = root / DOCUMENT
    path.write_text(with_table(root, path.read_text()))


def in_order(arches):
    """As they stand beside each other: the oldest port first."""
    return sorted(arches, key=lambda arch: (arch != "x86_64", arch))


def with_table(root, document):
    """The document with the table that belongs there."""
    return TABLE.sub(lambda found: found[1] + table(root) + "\n" + found[2], document, count=1)


def table(root):
    kept, anchors = load(root), tomllib.loads((root / ANCHORS).read_text())
    arches = in_order(kept)
    rows = [["measure", "asked", *arches, *(column["title"] for column in anchors["columns"])]]
    for name in order(kept):
        theirs = anchors["figures"].get(name, {})
        rows.append([name, bench.figure(anchors["asked"].get(name, "")), *(bench.figure(kept[arch].get(name, "")) for arch in arches),
                     *(bench.figure(theirs.get(column["name"], "")) for column in anchors["columns"])])
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def order(kept):
    """All measures, in the order in which they are printed."""
    names = {name for figures in kept.values() for name in figures}
    return [name for name in bench.NAMES if name in names] + sorted(names - set(bench.NAMES))
