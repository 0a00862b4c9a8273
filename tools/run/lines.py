# SPDX-License-Identifier: Apache-2.0
"""Which memory the kernel touches while the guest measures one operation, in lines of the cache.

QEMU logs the registers before each instruction (tools/run/where.py). Each instruction's memory operand is
read from the disassembly, its address computed from the registers. Afterwards the guest's memory tells
what the lines belong to: an item of a pool begins with its pool's number.

Not seen: what the processor reads by itself, page tables and descriptors.
"""

import re
import struct
import subprocess
import tempfile
import threading
from collections import Counter, defaultdict
from pathlib import Path

from tools.run import bench, where

LINE_BYTES = 64
ITEM_BYTES_MAX = 8 * 4096
OFTEN = 50  # rounds that are looked at
LIMIT = 600
LOADING = ("cmp", "test", "bt", "mul", "imul", "div", "xrstor", "fxrstor", "cmov", "invlpg", "lgdt", "lidt")
TOUCHING_NEITHER = ("lea", "nop", "ud1", "invlpg", "endbr")
OPERAND = re.compile(r"(%[fg]s:)?(-?0x[0-9a-f]+)?\(([^)]*)\)|(%[fg]s:)(-?0x[0-9a-f]+)")
NAMES = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15")
STATE = re.compile(rb"\[[0-9a-f]+/([0-9a-f]+)/[^\n]*\n" + rb"\s".join(rb"%-3s=([0-9a-f]{16})" % name.upper().encode() for name in NAMES)
                   + rb"\n[^\n]*\n(?:[ECSD]S [^\n]*\n){4}FS =\S+ (\S+)[^\n]*\nGS =\S+ (\S+)")
GROUPS = {name: group for group, name in enumerate((*NAMES, "fs", "gs"), 2)}
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(?:(lock|rep|repne)\s+)?(\S+)(?:\s+(.*?))?(?:\s+#.*)?$")
MEMBER = re.compile(r"^/\*\s*(\d+)(?::[ \d]+)?\s*\|\s*(\d+)\s*\*/\s+.*?(\w+)(?:\[\d+\])*;$")
NARROW = re.compile(r"^(?:e?([abcd])[xlh]|e?(si|di|bp|sp)l?|(r\d+)[dwb])$")


class Touch:
    """What one instruction does with memory: its operand's address as a sum, and whether it loads and stores."""

    def __init__(self, base, index, scale, offset, segment, loads, stores, atomic=False):
        self.base, self.index, self.scale, self.offset, self.segment = base, index, scale, offset, segment
        self.loads, self.stores, self.atomic = loads, stores, atomic

    def address(self, registers):
        at = self.offset + (registers(self.base) if self.base else 0)
        if self.index:
            at += registers(self.index) * self.scale
        if self.segment:
            at += registers(self.segment)
        return at & (1 << 64) - 1


def whole(name):
    """The 64-bit register that a name is a part of."""
    found = NARROW.match(name)
    if not found:
        return name
    if found[3]:
        return found[3]
    return f"r{found[1]}x" if found[1] else f"r{found[2]}"


def operand(text, next_address):
    """(base, index, scale, offset, segment) of the memory operand, or None."""
    found = OPERAND.search(text)
    if not found:
        return None
    if found[4]:
        return None, None, 1, int(found[5], 16), found[4][1:3]
    parts = [part.strip().lstrip("%") for part in found[3].split(",")]
    base, index = parts[0] or None, parts[1] if len(parts) > 1 else None
    offset, scale = int(found[2] or "0", 16), int(parts[2]) if len(parts) > 2 else 1
    if base == "rip":
        base, offset = None, offset + next_address
    return base and whole(base), index and whole(index), scale, offset, found[1][1:3] if found[1] else None


def access(name, text, prefix):
    """(loads, stores, atomic) of an instruction with a memory operand."""
    last = text.rstrip().endswith(")") or re.search(r"%[fg]s:-?0x[0-9a-f]+$", text.rstrip()) is not None
    if prefix == "lock" or name.startswith("xchg"):
        return True, True, True
    if name.startswith(LOADING) or not last:
        return True, False, False
    if name.startswith(("mov", "set", "xsave", "fxsave")):
        return False, True, False
    if name.startswith(("call", "jmp", "push")):
        return True, False, False
    return True, True, False


def touches(prefix, name, text, next_address):
    """The list of Touch of one instruction."""
    found = []
    parts = operand(text, next_address) if not name.startswith(TOUCHING_NEITHER) else None
    if name.startswith(("stos", "movs")) and prefix == "rep":
        found = [Touch("rdi", None, 1, 0, None, False, True)]
        return found + ([Touch("rsi", None, 1, 0, None, True, False)] if name.startswith("movs") else [])
    if parts:
        base, index, scale, offset, segment = parts
        found.append(Touch(base, index, scale, offset, segment, *access(name, text, prefix)))
    if name.startswith(("push", "call")):
        found.append(Touch("rsp", None, 1, -8, None, False, True))
    elif name.startswith(("pop", "ret", "iret", "leave")):
        found.append(Touch("rbp" if name.startswith("leave") else "rsp", None, 1, 0, None, True, False))
    return found


def disassemble(text):
    """{address: [Touch]} of the lines of llvm-objdump, those that touch memory."""
    rows = [match for match in map(INSTRUCTION.match, text.splitlines()) if match]
    found = {}
    for row, after in zip(rows, rows[1:] + [None]):
        following = where.KERNEL + int(after[1], 16) if after else 0
        each = touches(row[2], row[3], row[4] or "", following)
        if each:
            found[where.KERNEL + int(row[1], 16)] = each
    return found


def program(*words):
    return subprocess.run(words, capture_output=True, text=True, check=words[0] != "gdb").stdout


class LineStays(where.Stays):
    """Stays with the memory they touch."""

    def __init__(self, kernel):
        super().__init__(kernel)
        self.touching = disassemble(program("llvm-objdump-19", "-d", "--no-show-raw-insn", str(kernel)))
        self.lists = defaultdict(list)  # name: [(loads, stores, atomic, {line: {address: (stored, by)}}, lines of code)]
        self.enough = threading.Event()
        self.clear()

    def clear(self):
        self.loads = self.stores = self.atomic = 0
        self.lines = defaultdict(dict)

    def take(self, match):
        if self.enough.is_set():
            return
        at = int(match[1], 16)
        self.add(at)
        for touch in self.touching.get(at, ()):
            self.note(at, touch, touch.address(lambda name: int(match[GROUPS[name]], 16)))

    def note(self, by, touch, at):
        self.loads += touch.loads
        self.stores += touch.stores
        self.atomic += touch.atomic
        stored, _ = self.lines[at // LINE_BYTES].get(at, (False, 0))
        self.lines[at // LINE_BYTES][at] = (stored or touch.stores, by)

    def typical(self):
        """{name: the stay with the median number of lines} of the kinds that happen in each round."""
        return {name: sorted(each, key=lambda stay: (len(stay[3]), stay[0]))[len(each) // 2]
                for name, each in self.lists.items() if len(each) >= OFTEN // 2}

    def end(self):
        if self.name is not None:
            code = len({at // LINE_BYTES for at in self.steps})
            self.lists[self.name].append((self.loads, self.stores, self.atomic, self.lines, code))
            if len(self.lists[self.name]) == 2 * OFTEN:
                self.enough.set()
        self.clear()
        super().end()


class Memory:
    """What the lines belong to, from the guest's memory while it stands."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.pages = {}
        numbers = dict(re.findall(r"(OBJECT_\w+|POOL_\w+) = (\d+)", self.numbered("object_type") + self.numbered("pool_id")))
        self.pools = {int(number): name.split("_", 1)[1].lower() for name, number in numbers.items()}
        self.pools = {number: {"message": "queued_message"}.get(name, name) for number, name in self.pools.items()
                      if name not in ("none", "count")}
        self.layouts = {}
        self.statics = sorted((where.KERNEL + int(words[0], 16), where.KERNEL + int(words[0], 16) + int(words[1], 16), words[3])
                              for words in map(str.split, program("llvm-nm-19", "--defined-only", "--print-size",
                                                                  str(kernel)).splitlines()) if len(words) == 4)

    def numbered(self, name):
        """The text of an enum with every number written out."""
        text = program("gdb", "-batch", "-ex", f"ptype enum {name}", str(self.kernel))
        number, parts = -1, []
        for item in re.findall(r"(\w+)(?: = (\d+))?[,}]", text):
            number = int(item[1]) if item[1] else number + 1
            parts.append(f"{item[0]} = {number}")
        return ", ".join(parts) + ", "

    def keep(self, monitor, lines):
        """Copies the pages in which the lines lie, and those in which what they belong to may begin."""
        pages = {line * LINE_BYTES - back & ~0xfff for line in lines for back in range(0, ITEM_BYTES_MAX, 4096)}
        with tempfile.TemporaryDirectory(prefix="ferrous-lines-") as folder:
            for first in pages:
                path = Path(folder) / f"{first:x}"
                monitor.run(f'memsave {first:#x} 4096 "{path}"')  # quoted: else 4096 is divided by the path
                if path.exists():
                    self.pages[first] = path.read_bytes()

    def layout(self, name):
        """(size, {offset: member}) of a struct; of an object without a state of its own, that of all objects."""
        if name not in self.layouts:
            text = program("gdb", "-batch", "-ex", "ptype /o struct object", "-ex", f"ptype /o struct {name}", str(self.kernel))
            text = text[text.rfind("/* offset"):]
            members = {int(m[1]): m[3] for m in map(MEMBER.match, text.splitlines()) if m}
            sizes = re.findall(r"total size \(bytes\):\s+(\d+)", text)
            self.layouts[name] = (int(sizes[-1]) if sizes else 0, members)
        return self.layouts[name]

    def item(self, line):
        """(name, first address) of the pool's item that a line lies in; None: it lies in none."""
        for at in range(line * LINE_BYTES, line * LINE_BYTES - ITEM_BYTES_MAX, -LINE_BYTES):
            head = self.pages.get(at & ~0xfff, b"")[at & 0xfff:(at & 0xfff) + 20]
            if len(head) < 20:
                return None
            pool, kind = struct.unpack_from("<8xI4xB", head)
            name = self.pools.get(pool)
            if not name or at + self.layout(name)[0] <= line * LINE_BYTES:
                continue
            if pool == kind or pool >= 32:
                return name, at
        return None

    def owner(self, line):
        """(what, first address, struct) of a line; the struct is empty if there is none to name members by."""
        at = line * LINE_BYTES
        for first, end, name in self.statics:
            if first < at + LINE_BYTES and at < end:
                return name, first, "cpu" if name == "core_boot_cpu" else ""
        found = self.item(line)
        return (found[0], found[1], found[0]) if found else ("frame", at & ~0xfff, "")


def member(members, offset):
    below = [each for each in members if each <= offset]
    return members[max(below)] if below else f"+{offset:#x}"


def describe(memory, lines, names):
    """A line of text for each line of the cache, those of one thing together."""
    rows, numbers = [], defaultdict(dict)
    for line, places in sorted(lines.items()):
        what, first, kind = memory.owner(line)
        number = numbers[what].setdefault(first, len(numbers[what]) + 1)
        members = memory.layout(kind)[1] if kind else {}
        if members:
            touched = [("*" if stored else "") + member(members, at - first) for at, (stored, _) in sorted(places.items())]
        else:
            touched = ["by " + name for name in {names[by]: 0 for _, by in places.values()}]
        rows.append((what, number, line * LINE_BYTES - first, " ".join(dict.fromkeys(touched))))
    return [f"    {what + ' ' + str(number):24} +{offset:<6} {touched}" for what, number, offset, touched in sorted(rows)]


def report(kernel, stays, memory):
    """For each kind of stay its typical one: loads, stores, lines, and what they belong to."""
    text = []
    for kind, (loads, stores, atomic, lines, code) in stays.typical().items():
        names = where.inlined_names(kernel, {by for places in lines.values() for _, by in places.values()})
        written = sum(any(stored for stored, _ in places.values()) for places in lines.values())
        owners = Counter(memory.owner(line)[0] for line in lines)
        text.append(f"{kind}: {len(stays.lists[kind])} stays; the median has {loads} loads, {stores} stores, {atomic} instructions "
                    f"that are atomic, {code} lines of code, {len(lines)} lines of data, {written} of them written")
        text.append("  " + ", ".join(f"{name} {count}" for name, count in owners.most_common()))
        text += describe(memory, lines, names)
    return "\n".join(text)


def measure(disk, kernel, mem, name):
    """The report for `bench endless NAME`. `*` before a member: it is written."""
    stays, memory = LineStays(kernel), Memory(kernel)
    with where.recording(disk, mem, STATE, stays.take) as (agent, line):
        begun = agent.begin(f"bench endless {name}", LIMIT)
        if begun != b"begins\n":
            raise bench.BenchError(f"`bench endless {name}' did not begin; it printed:\n{begun.decode('utf-8', 'replace')}")
        line.run("singlestep on")
        line.run("log exec,cpu,nochain")
        if not stays.enough.wait(LIMIT):
            raise bench.BenchError(f"`bench endless {name}' did not do the same {OFTEN} times within {LIMIT} s")
        line.run("log none")
        line.run("stop")
        memory.keep(line, {each for stay in stays.typical().values() for each in stay[3]})
    return report(kernel, stays, memory)
