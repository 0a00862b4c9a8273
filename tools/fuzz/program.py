# SPDX-License-Identifier: Apache-2.0
"""Programs of system calls: as the guest has them (tests/fuzz/guest/program.h), and as text to read, change and repeat.

    processes 2                       how many share the objects, how many threads run, which options
    threads 2                         (1: faults are sent to the shared endpoint, 2: tight limits,
    options 4                         4: log, trace, ports and so on are among the objects)
    times 1                           how often each thread goes through its list
    thread 0
    map handle(process,3) handle(memory,0) address(1) 0 0x4000 3
    group_create handle(group,0) data(0) data(0) 1 | 0x0 0x20
    call handle(endpoint,2) 0 any(1) any(1) any(1) any(1) | 0x1300000000 0x200

Each operation is a call, its arguments in the order of registers, and after `|' its data. Values at the end that
are 0 may be left out.
"""

import re
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORMS = ["value", "handle", "any", "stale", "now", "scratch", "address", "data", "id", "result"]
TOUCHES = ["read_byte", "write_byte", "use_float"]
ARGUMENTS, DATA_WORDS, OPS_MAX, THREADS_MAX = 6, 8, 32, 4
OP = struct.Struct("<H6B6Q8Q")
HEAD = struct.Struct("<3Q8I")
MAGIC = 0x3147524F525A5546
PAGE = 4096


class ProgramError(Exception):
    """A text that is no program; says where."""


def contract():
    folder = str(ROOT / "tools" / "gen")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import tables
    found, problems = tables.load(ROOT / "abi")
    if problems:
        raise ProgramError("abi/ has mistakes: " + problems[0])
    return found


class Names:
    """Numbers and names of calls and object types."""

    def __init__(self):
        found = contract()
        self.calls = [call.name for call in found.calls] + TOUCHES
        self.types = ["none"] + [kind.name for kind in found.types]


@dataclass
class Op:
    call: int
    form: tuple
    value: tuple
    data: tuple

    def pack(self):
        return OP.pack(self.call, *self.form, *self.value, *self.data)


def unpack_op(data):
    words = OP.unpack(data)
    return Op(words[0], words[1:7], words[7:13], words[13:])


@dataclass
class Program:
    processes: int = 1
    threads: int = 1
    options: int = 0
    times: int = 1
    lists: list = field(default_factory=lambda: [[] for _ in range(THREADS_MAX)])
    at: list = field(default_factory=lambda: [0] * THREADS_MAX)  # where each list was; not part of the text

    def count(self):
        return sum(len(ops) for ops in self.lists)

    def without(self, thread, first, count):
        lists = [list(ops) for ops in self.lists]
        del lists[thread][first:first + count]
        return Program(self.processes, self.threads, self.options, self.times, lists)


# ---- text ----

def number(value):
    return str(value) if value < 10 else hex(value)


def argument(names, form, value):
    kind = FORMS[form] if form < len(FORMS) else "value"
    if kind == "value":
        return number(value)
    if kind == "handle":
        kind_of = value & 0xFF
        return f"handle({names.types[kind_of] if kind_of < len(names.types) else kind_of},{number(value >> 8)})"
    if kind == "address":
        return f"address({value & 0xFF},{number(value >> 8)})" if value >> 8 else f"address({value & 0xFF})"
    return f"{kind}({number(value)})"


def strip(words, empty="0"):
    while words and words[-1] == empty:
        words.pop()
    return words


def op_text(names, op):
    words = strip([argument(names, f, v) for f, v in zip(op.form, op.value)])
    data = strip([number(v) for v in op.data])
    name = names.calls[op.call] if op.call < len(names.calls) else f"call_{op.call}"
    return " ".join([name, *words] + (["|", *data] if data else []))


def to_text(names, program, show_where=False):
    lines = [f"processes {program.processes}", f"threads {program.threads}", f"options {program.options}", f"times {program.times}"]
    for thread in range(program.threads):
        lines.append(f"thread {thread}")
        for index, op in enumerate(program.lists[thread]):
            here = show_where and index == program.at[thread]
            lines.append(op_text(names, op) + ("    # it was here" if here else ""))
    return "\n".join(lines) + "\n"


WORD = re.compile(r"(\w+)(?:\(([^()]*)\))?")


def parse_number(text):
    value = int(text, 0)
    if not 0 <= value < 1 << 64:
        raise ValueError(text)
    return value


def parse_argument(names, word):
    match = WORD.fullmatch(word)
    if not match:
        raise ValueError(word)
    if match[2] is None:
        return 0, parse_number(match[1])
    form, inner = FORMS.index(match[1]), match[2].split(",")
    if match[1] == "handle":
        return form, names.types.index(inner[0]) | parse_number(inner[1]) << 8
    if match[1] == "address":
        return form, (parse_number(inner[0]) & 0xFF | (parse_number(inner[1]) << 8 if len(inner) > 1 else 0)) & (1 << 64) - 1
    return form, parse_number(inner[0])


def parse_op(names, line):
    left, _, right = line.partition("|")
    words = left.split()
    arguments = [parse_argument(names, word) for word in words[1:]]
    data = [parse_number(word) for word in right.split()]
    if len(arguments) > ARGUMENTS or len(data) > DATA_WORDS:
        raise ValueError(line)
    arguments += [(0, 0)] * (ARGUMENTS - len(arguments))
    return Op(names.calls.index(words[0]), tuple(f for f, _ in arguments), tuple(v for _, v in arguments),
              tuple(data + [0] * (DATA_WORDS - len(data))))


def from_text(names, text):
    program, thread = Program(), 0
    for place, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        word, _, rest = line.partition(" ")
        try:
            if word in ("processes", "threads", "options", "times"):
                setattr(program, word, parse_number(rest))
            elif word == "thread":
                thread = parse_number(rest)
                program.lists[thread]
            else:
                program.lists[thread].append(parse_op(names, line))
        except (ValueError, IndexError):
            raise ProgramError(f"line {place}: `{line}' is no operation; tools/fuzz/program.py describes them") from None
    if not 1 <= program.processes <= 3 or not 1 <= program.threads <= THREADS_MAX or max(map(len, program.lists)) > OPS_MAX:
        raise ProgramError(f"expected 1 to 3 processes, 1 to {THREADS_MAX} threads and at most {OPS_MAX} operations each")
    return program


# ---- in the memory of a machine ----

def in_memory(memory):
    """The programs that were run last, newest first, from the machine's whole memory."""
    key, rounds, magic = None, {}, MAGIC.to_bytes(8, "little")
    for page in range(0, len(memory) - PAGE + 1, PAGE):
        if memory[page:page + 8] != magic:
            continue
        _, key, number_, thread, count, processes, threads, options, times, at, _ = HEAD.unpack_from(memory, page)
        if thread >= THREADS_MAX or count > OPS_MAX:
            continue
        program = rounds.setdefault((key, number_), Program(processes, threads, options, times))
        start = page + HEAD.size
        program.lists[thread] = [unpack_op(memory[start + i * OP.size:start + (i + 1) * OP.size]) for i in range(count)]
        program.at[thread] = at
    return [program for _, program in sorted(rounds.items(), key=lambda item: -item[0][1])]
