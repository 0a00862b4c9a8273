# SPDX-License-Identifier: Apache-2.0
"""Which instructions of services are executed while tests/torture uses them: the emulator says so.

With one instruction to a block, QEMU translates each when the processor first comes to it, and writes it into its log. An
instance is seen once: so each service is started again and seen a second time, and what was executed both times counts.
"""

import re
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.run import monitor as monitors

# A line of `-d in_asm': the address, bytes, by themselves or in words, and what they mean. Further bytes have lines of their own.
INSTRUCTION = re.compile(r"^0x([0-9a-f]+):\s+((?:[0-9a-f]{2}){1,4}(?: [0-9a-f]{2})*)(?=  |\t|$)", re.MULTILINE)
BLOCK = re.compile(r"^IN:.*\n", re.MULTILINE)
TEXT = re.compile(r"^text (\S+) 0x([0-9a-f]+)\s*$", re.MULTILINE)
TEXT_BYTES = 1 << 20    # no program has as many
LIMIT = 300
TIMES = 2
LETTERS = "ABCDEFGHIJKLMNO"
PIECE = 1200            # of a line for the agent


class PlacesError(Exception):
    """The services could not be used, or nothing was seen of one."""


@contextmanager
def watched(config):
    """The config with a monitor and a log; gives it and the paths of both."""
    with TemporaryDirectory(prefix="ferrous-places-") as folder:
        monitor, log = Path(folder) / "monitor", Path(folder) / "log"
        yield replace(config, extra=(*config.extra, *monitors.words(monitor), "-D", str(log))), monitor, log


def instructions(text):
    """{address: bytes} of a log, each block of which has one instruction."""
    found = {}
    for block in BLOCK.split(text)[1:]:
        lines = INSTRUCTION.findall(block)
        if lines:
            found[int(lines[0][0], 16)] = sum(len(data.replace(" ", "")) // 2 for _, data in lines)
    return found


def by_service(found, texts):
    """{service: {(offset in its text, bytes)}} of all that was executed; `texts' says where each has its text."""
    places = {name: set() for name in texts}
    starts = sorted((at, name) for name, at in texts.items())
    for address, size in found.items():
        index = bisect_right(starts, (address, chr(0x10ffff))) - 1
        if index >= 0 and address - starts[index][0] < TEXT_BYTES:
            places[starts[index][1]].add((address - starts[index][0], size))
    return places


def written(places):
    """As tests/torture/places.c reads them."""
    text, behind = "", None
    for at, size in sorted(places):
        text += ("" if at == behind else f"{at:x}") + LETTERS[size - 1]
        behind = at + size
    return text


def pieces(text):
    """Parts for a line of the shell each. A number is never cut in two."""
    while len(text) > PIECE:
        end = PIECE
        while text[end - 1] not in LETTERS:
            end -= 1
        yield text[:end]
        text = text[end:]
    yield text


def ask(agent, command):
    output = bytearray()
    if agent.run(command, output.extend, LIMIT):
        raise PlacesError(f"`{command}' failed; it printed:\n{output.decode('utf-8', 'replace')}")
    return output.decode("utf-8", "replace")


def one_at_a_time(monitor, on):
    """Blocks of one instruction. Newer QEMUs have another word for it."""
    state = "on" if on else "off"
    if "unknown command" in monitor.run(f"one-insn-per-tb {state}"):
        monitor.run(f"singlestep {state}")


def look(agent, monitor, log, victims):
    """What is executed while each is used, once it has been used before."""
    use = f"torture use {' '.join(victims)}"
    ask(agent, use)
    one_at_a_time(monitor, True)
    monitor.run("log in_asm")
    texts = {name: int(at, 16) for name, at in TEXT.findall(ask(agent, use))}
    monitor.run("log none")
    one_at_a_time(monitor, False)
    text = log.read_text(errors="replace")
    log.write_text("")
    return by_service(instructions(text), texts)


def find(agent, monitor, log, victims):
    """{service: {(offset, bytes)}} that are executed each time."""
    names = [name for victim in victims for name in victim.split("+")]
    found = {}
    for _ in range(TIMES):
        for name in names:
            ask(agent, f"services restart {name}")
        seen = look(agent, monitor, log, victims)
        found = {name: seen[name] & found.get(name, seen[name]) for name in names}
    missing = [name for name in names if not found[name]]
    if missing:
        raise PlacesError(f"the emulator's log has no instruction of {', '.join(missing)}")
    return found


def put(agent, found):
    """For tests/torture, which puts faults there."""
    for name, places in found.items():
        operator = ">"
        for piece in pieces(written(places)):
            ask(agent, f"echo {piece} {operator} /tmp/torture.places.{name}")
            operator = ">>"
