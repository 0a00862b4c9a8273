# SPDX-License-Identifier: Apache-2.0
"""What of the kernel was run: the guest's list of edges, by function, from the table that the compiler put beside them."""

import json
import struct
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE_BYTES = 16   # an address and flags, for each edge
RELOCATION = struct.Struct("<QQq")


@dataclass
class Function:
    file: str
    name: str
    edges: int = 0
    reached: int = 0
    lines: set = field(default_factory=set)   # of edges that were not reached


def section(kernel, name):
    """(address, offset in the file, bytes) of a section."""
    text = subprocess.run(["llvm-readelf-19", "-S", "-W", str(kernel)], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        words = line.replace("[ ", "[").split()
        if len(words) > 6 and words[1] == name:
            return tuple(int(word, 16) for word in words[3:6])
    return None


def places(kernel):
    """The address of each edge, in the order of the counters; empty for a kernel that counts nothing."""
    table, relocations = section(kernel, ".coverage.places"), section(kernel, ".rela.dyn")
    if not table or not relocations:
        return []
    found = [0] * (table[2] // PLACE_BYTES)
    data = kernel.read_bytes()[relocations[1]:relocations[1] + relocations[2]]
    for at, _, addend in RELOCATION.iter_unpack(data[:len(data) - len(data) % RELOCATION.size]):
        if table[0] <= at < table[0] + table[2] and (at - table[0]) % PLACE_BYTES == 0:
            found[(at - table[0]) // PLACE_BYTES] = addend
    return found


def bits(digits, count):
    """Booleans from hexadecimal digits, four each, the lowest bit first."""
    found = [bool(int(digit, 16) >> bit & 1) for digit in digits for bit in range(4)]
    return (found + [False] * count)[:count]


def symbolised(kernel, addresses):
    """(function, file, line) of each address: of the innermost function, inlined or not."""
    text = subprocess.run(["llvm-symbolizer-19", "--obj", str(kernel), "--functions=short", "--output-style=JSON"],
                          input="".join(f"{at:#x}\n" for at in addresses), capture_output=True, text=True, check=True, cwd=ROOT).stdout
    found = []
    for line in text.splitlines():
        frames = json.loads(line)["Symbol"]
        frame = frames[0] if frames else {}
        path = frame.get("FileName", "?")
        found.append((frame.get("FunctionName", "?"), path.removeprefix(f"{ROOT}/").removeprefix("./"), frame.get("Line", 0)))
    return found


def functions(kernel, reached):
    """Function by function, in the order of their files."""
    found, where = defaultdict(lambda: None), places(Path(kernel))
    for (name, path, line), hit in zip(symbolised(kernel, where), reached):
        function = found[path, name] = found[path, name] or Function(path, name)
        function.edges += 1
        function.reached += hit
        if not hit:
            function.lines.add(line)
    return [found[key] for key in sorted(found)]


def report(kernel, since, boot):
    """(edges, run by programs, run at all, text): the text names what was never run, by file."""
    count = len(places(Path(kernel)))
    now, before = bits(since, count), bits(boot, count)
    either = [a or b for a, b in zip(now, before)]
    lines, never = [], []
    core = [f for f in functions(kernel, either) if f.file.startswith("kernel/core/")]
    for function in core:
        if not function.reached:
            never.append(f"  {function.file}: {function.name}")
        elif function.reached < function.edges:
            places_ = " ".join(map(str, sorted(function.lines)))
            lines.append(f"  {function.file}: {function.name} {function.reached}/{function.edges}, not at lines {places_}")
    edges = sum(f.edges for f in core)
    text = [f"kernel/core: {sum(f.reached for f in core)} of {edges} edges, {len(core) - len(never)} of {len(core)} functions",
            "never run:", *never, "run in part:", *lines]
    return count, sum(now), sum(either), "\n".join(text) + "\n"
