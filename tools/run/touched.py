# SPDX-License-Identifier: Apache-2.0
"""What the kernel touches in one operation of each measure: its instructions, loads, stores, lines of memory, new roots of page tables
and flushes of translations.

A plugin of QEMU's emulator (tests/bench/plugins/touched.c) writes a line for each sample; a row is the mean of those samples
whose instructions are about the median, as with the figures (bench.usual).
"""

import re
import tempfile
import tomllib
from pathlib import Path

from tools.run import bench, control, disk as disks, figures, qemu, where

KEPT = "tests/bench/touched.toml"
CLOCK = "syscall_clock"
# Those that are one operation of the kernel or a few.
MEASURES = bench.NAMES[:bench.NAMES.index("touch_16m")] + ["trace_event"]
# Of these the guest makes a thousand null calls a sample, in turn without and with two events for each (tests/bench/program/main.c).
EVENT, EVENTS = "trace_event", 2000
COLUMNS = ("instructions", "loads", "stores", "roots", "flushes", "lines", "stored")
TITLES = ("instructions", "loads", "stores", "changes of root", "flushes", "lines touched", "of them written")
LEAST = (figures.LEAST, figures.LEAST, figures.LEAST, 0, 0, 2, 2)  # that a column may differ by
NEEDED = 5
TABLE = re.compile(r"(<!-- touched -->\n).*?(<!-- end of touched -->)", re.DOTALL)
HEAD = f"""# SPDX-License-Identifier: Apache-2.0
# What `./ferrous bench --lines all --keep` found the kernel to do in one operation of each measure:
# {", ".join(COLUMNS)}.
# Tests measure again.
"""


def samples(text):
    """The samples that the plugin wrote down, a list of numbers each."""
    rows = [line.split() for line in text.splitlines()]
    if any(len(row) != len(COLUMNS) or not all(map(str.isdecimal, row)) for row in rows):
        raise bench.BenchError(f"the plugin wrote something else than {len(COLUMNS)} numbers for each sample:\n{text[:1000]}")
    return [[int(each) for each in row] for row in rows]


def means(rows):
    """Of each column, over the samples about the median of the instructions."""
    if len(rows) < NEEDED:
        raise bench.BenchError(f"the plugin saw {len(rows)} samples; expected at least {NEEDED}")
    median = sorted(row[0] for row in rows)[len(rows) // 2]
    near = [row for row in rows if abs(row[0] - median) <= median * bench.NEAR]
    return [sum(column) / len(near) for column in zip(*near)]


def operation(name, rows):
    """One operation's numbers, whole ones."""
    if name != EVENT:
        return [round(each) for each in means(rows)]
    many = [row for row in rows if row[0] > EVENTS // 2 * 10]  # others are none of these samples
    return [round((traced - untraced) / EVENTS) for untraced, traced in zip(means(many[::2]), means(many[1::2]))]


def measure(disk, mem, kernel, plugin, names=()):
    """{name: numbers}"""
    found = {}
    with tempfile.TemporaryDirectory(prefix="ferrous-touched-") as folder, disks.boot_with(disk, bench.CMDLINE) as boot:
        path = Path(folder) / "found"
        environment = {"TOUCHED_CLOCK": str(where.symbols(kernel)[CLOCK][0]), "TOUCHED_TO": str(path)}
        with qemu.Machine(qemu.Config(boot=boot, smp=1, mem=mem, icount=True, extra=("-plugin", str(plugin)),
                                      environment=environment)) as machine:
            agent = control.Control(machine)
            agent.wait_ready(bench.BOOT_LIMIT)
            for name in names or MEASURES:
                seen, output = len(path.read_text()), bytearray()
                if agent.run(f"bench {name}", output.extend, bench.RUN_LIMIT):
                    raise bench.BenchError(f"`bench {name}' failed; it printed:\n{output.decode('utf-8', 'replace')}")
                found[name] = operation(name, samples(path.read_text()[seen:]))
            agent.off()
    return found


def differences(kept, found):
    """{measure: what is wrong, or nothing}"""
    wrong = {}
    for name, row in found.items():
        before = kept.get(name)
        share = figures.SHARE_OF.get(name, figures.SHARE)
        far = before is None or any(abs(now - then) > max(least, share * then) for now, then, least in zip(row, before, LEAST))
        wrong[name] = (f"found {row} ({', '.join(COLUMNS)}), expected {before} as in {KEPT}; if the change is meant, "
                       "`./ferrous bench --lines all --keep` keeps it") if far else ""
    return wrong


def load(root):
    path = root / KEPT
    return tomllib.loads(path.read_text()) if path.exists() else {}


def keep(root, found):
    """Writes down what was found of each architecture, beside what is kept of others, and the document's table."""
    kept = {**load(root), **found}
    lines = [HEAD.rstrip()]
    for arch in sorted(kept):
        lines += ["", f"[{arch}]"] + [f"{name} = {row}" for name, row in kept[arch].items()]
    (root / KEPT).write_text("\n".join(lines) + "\n")
    path = root / figures.DOCUMENT
    path.write_text(with_table(root, path.read_text()))


def with_table(root, document):
    return TABLE.sub(lambda found: found[1] + markdown(load(root)) + "\n" + found[2], document, count=1)


def markdown(kept):
    arches = figures.in_order(kept)
    rows = [["measure", *TITLES]]
    rows.append(["---"] * len(rows[0]))
    for name in dict.fromkeys(name for arch in arches for name in kept[arch]):
        rows.append([name] + [", ".join(bench.figure(kept[arch][name][at]) for arch in arches if name in kept[arch])
                              for at in range(len(COLUMNS))])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def table(arch, found):
    rows = [["measure", *COLUMNS]] + [[name, *map(bench.figure, row)] for name, row in found.items()]
    return "\n".join([arch] + [f"{row[0]:16}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows])
