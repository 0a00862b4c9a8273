# SPDX-License-Identifier: Apache-2.0
"""Measuring in the guest: boots with -icount, runs `bench`, reads its lines, makes the table.

The guest prints `bench NAME UNIT v1 v2 ...`, one line for each measure. The measure scale_loop runs
a loop of SCALE_INSTRUCTIONS instructions and gives the nanoseconds it took by the guest's clock:
with -icount shift=0 they must agree, or no other figure means anything. clock_tick is how far the clock goes at once.
"""

import re
import struct
import tomllib

from tools.run import control, disk as disks, qemu

NAMES = ["null_syscall", "ipc_rtt_0w", "ipc_rtt_4w", "ipc_rtt_8w", "ipc_rtt_64w", "ipc_rtt_4k", "ipc_call_cap", "pager_fault",
         "signal_idle", "signal_wake", "yield_switch", "cap_derive", "cap_drop", "revoke_0", "revoke_1", "revoke_8", "revoke_64",
         "revoke_4096", "thread_create", "process_create", "process_destroy", "map_4k", "unmap_4k", "touch_16m",
         "trace_event", "wakeup_worst_1cpu",
         "boot_to_first_user", "boot_to_prompt", "kernel_text_bytes", "idle_memory_bytes"]
SCALE_INSTRUCTIONS = 1_000_000
SCALE_TOLERANCE = 0.005
NEAR = 0.25  # of the median
LINE = re.compile(r"^bench (\w+) (\w+)((?: \d+)+)\s*$", re.MULTILINE)
# WHY: where things lie in memory decides the shape of trees, and so the figures by a few per cent.
CMDLINE = "nokaslr norandom"
BOOT_LIMIT, RUN_LIMIT, WAKEUP_LIMIT = 300, 600, 1800


class BenchError(Exception):
    """The measurement is not to be trusted, or did not happen."""


def text_bytes(elf):
    """Size of the executable sections of an ELF file (SPEC: System V gABI, section headers)."""
    data = elf.read_bytes()
    table, = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    total = 0
    for index in range(count):
        _, kind, flags, _, _, length = struct.unpack_from("<IIQQQQ", data, table + index * size)
        if kind == 1 and flags & 4:  # PROGBITS, EXECINSTR
            total += length
    return total


def run_guest(disk, mem, command="bench", limit=RUN_LIMIT):
    """What a command printed in the guest."""
    output = bytearray()
    with disks.boot_with(disk, CMDLINE) as boot, \
            qemu.Machine(qemu.Config(boot=boot, smp=1, mem=mem, icount=True)) as machine:
        agent = control.Control(machine)
        try:
            agent.wait_ready(BOOT_LIMIT)
            status = agent.run(command, output.extend, limit)
        except control.ControlError as error:
            raise BenchError(f"{error}; `{command}' printed:\n{output.decode('utf-8', 'replace')}\n"
                             f"the console said:\n{machine.console.text()[-3000:]}") from None
        agent.off()
    text = output.decode("utf-8", "replace")
    if status:
        raise BenchError(f"`{command}' ended with status {status}; it printed:\n{text}")
    return text


def usual(ordered, tick):
    """The mean of what is about the median: what came only now and then is left out, and of what costs one time more, one time less (a
    processor takes frames in batches) no side is taken. Where the guest's clock takes many instructions for a tick, samples begin
    anywhere between two ticks (tests/bench/program/samples.c), so this is as exact as there are many."""
    median = ordered[len(ordered) // 2]
    reach = max(2 * tick, median * NEAR)
    near = [each for each in ordered if abs(each - median) <= reach]
    return round(sum(near) / len(near))


def summary(name, unit, samples, tick=1):
    ordered = sorted(samples)
    return {"name": name, "unit": unit, "usual": usual(ordered, tick), "min": ordered[0], "max": ordered[-1],
            "samples": len(ordered)}


def check_scale(measures):
    if "scale_loop" not in measures:
        raise BenchError("`bench' printed no line scale_loop; without it the scale cannot be checked")
    found = summary("scale_loop", *measures["scale_loop"])["usual"]
    if abs(found - SCALE_INSTRUCTIONS) > SCALE_INSTRUCTIONS * SCALE_TOLERANCE:
        raise BenchError(f"the scale is wrong: a loop of {SCALE_INSTRUCTIONS} instructions took {found} ns by the guest's "
                         "clock; expected one instruction a nanosecond, so the clock's calibration is off")


def results(disk, kernel, mem):
    """The results in the order of NAMES, those the guest adds at the end."""
    text = run_guest(disk, mem)
    measures = {name: (unit, [int(v) for v in values.split()]) for name, unit, values in LINE.findall(text)}
    check_scale(measures)
    _, (tick,) = measures.pop("clock_tick", ("", [1]))
    measures["wakeup_worst_1cpu"] = ("instructions", [wakeups(disk, mem)[0][0]])
    measures["kernel_text_bytes"] = ("bytes", [text_bytes(kernel)])
    missing = [name for name in NAMES if name not in measures]
    if missing:
        raise BenchError(f"`bench' did not measure {', '.join(missing)}; it printed:\n{text}")
    order = NAMES + sorted(set(measures) - set(NAMES) - {"scale_loop"})
    return [summary(name, *measures[name], tick) for name in order]


def wakeups(disk, mem):
    """How late the most important thread woke at most on one processor: (instructions, times, beside what), the latest
    first."""
    text = run_guest(disk, mem, "wakeup 1", limit=WAKEUP_LIMIT)
    found = [(int(late), int(times), what) for late, times, what in re.findall(r"^wakeup (\d+) (\d+) (.+?)\s*$", text, re.MULTILINE)]
    if not found:
        raise BenchError(f"`wakeup 1' printed no line `wakeup LATENESS TIMES WHAT'; it printed:\n{text}")
    return sorted(found, reverse=True)


def wakeup_table(found, lines):
    late, _, what = found[0]
    rows = [f"wakeup_worst_1cpu  {figure(late)} instructions, of {figure(sum(each[1] for each in found))} times, in: {what}"]
    return "\n".join(rows + [f"  {figure(late):>9}  {figure(times):>7}  {what}" for late, times, what in found[:lines]])


def figure(value):
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(found, anchors_path):
    """Our figures beside what is asked of them and the anchors', aligned. `found`: the results of each architecture; of
    several the usual values only."""
    anchors = tomllib.loads(anchors_path.read_text())
    columns = anchors["columns"]
    shown = ["usual", "min", "max"] if len(found) == 1 else ["usual"]
    heads = [f"{arch} {what}" if len(shown) > 1 else arch for arch in found for what in shown]
    rows = [["measure", "unit", *heads, "asked", *(column["title"] for column in columns)]]
    results = {arch: {each["name"]: each for each in of} for arch, of in found.items()}
    for name in dict.fromkeys(name for of in results.values() for name in of):
        known = anchors.get("figures", {}).get(name, {})
        unit = next(of[name]["unit"] for of in results.values() if name in of)
        rows.append([name, unit, *(figure(of[name][what]) if name in of else "-" for of in results.values() for what in shown),
                     figure(anchors["asked"].get(name, "-")), *(figure(known.get(column["name"], "-")) for column in columns)])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) if at < 2 else cell.rjust(width)
                               for at, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows)
