# SPDX-License-Identifier: Apache-2.0
"""Options of the command line: a small strict parser that names the nearest right word.

Every command takes the common options, and they mean the same everywhere. Usage errors are
UsageError: one line, exit status 2.
"""

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

from tools.run import ways

ROOT = Path(__file__).resolve().parents[2]
PROFILES = ["cover", "debug", "kasan", "release"]


class UsageError(Exception):
    """The person asked for something that does not exist; the text says what does."""


class ToolError(Exception):
    """Something outside went wrong; the text says what was expected, found, and what to do."""


@dataclass
class Option:
    name: str                     # with its dashes
    value: str | None             # what the help calls its value; None: a switch
    help: str
    default: object = None
    choices: list[str] | None = None
    convert: object = None        # text -> value; raises ValueError with what was expected
    key_as: str = ""              # attribute of Arguments, where the name's own would not do

    @property
    def key(self):
        return self.key_as or self.name.lstrip("-").replace("-", "_")


@dataclass
class Command:
    name: str
    summary: str
    run: object                   # function(Arguments) -> exit status
    text: str = ""                # further help
    positional: str = ""          # how the help shows what follows the options
    minimum: int = 0
    maximum: int | None = 0       # None: any number
    options: list[Option] = field(default_factory=list)


class Arguments:
    """The values of all options as attributes, `given`, the keys of those that are not defaults, and `rest`, the words that
    are none."""

    def __init__(self, values, rest, given=()):
        self.given = frozenset(given)
        self.__dict__.update(values)
        self.rest = rest

    @property
    def out(self):
        path = Path(self.out_folder)
        return path if path.is_absolute() else ROOT / path

    @property
    def build(self):
        return self.out / f"{self.arch}-{self.profile}"


def whole_number(low, high):
    def convert(text):
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)
    return convert


def memory_size(text):
    match = re.fullmatch(r"(\d+)([MG])", text, re.IGNORECASE)
    if not match:
        raise ValueError("a size such as 256M or 2G")
    megabytes = int(match[1]) * (1024 if match[2] in "gG" else 1)
    if not 32 <= megabytes <= 1024 * 1024:
        raise ValueError("a size from 32M to 1024G")
    return f"{megabytes}M"


def image_name(text):
    if not (ROOT / "image" / f"{text}.image").is_file():
        names = sorted(p.stem for p in (ROOT / "image").glob("*.image"))
        raise ValueError("one of: " + ", ".join(names))
    return text


COMMON = [
    Option("--arch", "NAME", "architecture of the guest", "x86_64", ways.arches()),
    Option("--boot", "NAME", "how it boots: uefi or raw; tools/run/boot_ways.toml says what works", None, ways.names()),
    Option("--profile", "NAME", "release, debug (lock order is checked), cover (and what has been run), or kasan (and every access to memory)",
           "release", PROFILES),
    Option("--smp", "N", "number of CPUs", 2, convert=whole_number(1, 32)),
    Option("--mem", "SIZE", "memory of the machine", "256M", convert=memory_size),
    Option("--image", "NAME", "which image/NAME.image to build and boot", "default", convert=image_name),
    Option("--out-folder", "FOLDER", "where build output goes", "out"),
    Option("--verbose", None, "show the commands that are run", False),
]


def nearest(word, words):
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else ""


def value_of(option, text):
    if option.choices and text not in option.choices:
        raise UsageError(f"{option.name} {text}: expected one of: {', '.join(option.choices)}"
                         + nearest(text, option.choices))
    if option.convert:
        try:
            return option.convert(text)
        except ValueError as error:
            raise UsageError(f"{option.name} {text}: expected {error}") from None
    return text


def take_option(word, queue, known):
    """Reads one option, and its value from the word or from the queue."""
    name, equals, inline = word.partition("=")
    option = known.get(name)
    if option is None:
        raise UsageError(f"there is no option {name}{nearest(name, list(known))}")
    if option.value is None:
        if equals:
            raise UsageError(f"{name} takes no value")
        return option, True
    if not equals and not queue:
        raise UsageError(f"{name} needs a value: {name} {option.value}")
    return option, value_of(option, inline if equals else queue.pop(0))


def parse(command, words):
    """The Arguments of a command, or None when help was asked for."""
    known = {option.name: option for option in COMMON + command.options}
    values = {option.key: option.default for option in known.values()}
    rest, queue, given = [], list(words), set()
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest += queue
            break
        if word in ("--help", "-h"):
            return None
        if word.startswith("-") and word != "-":
            option, value = take_option(word, queue, known)
            if option.value is not None and option.key in given:
                raise UsageError(f"{option.name} is given twice: {values[option.key]}, then {value}")
            values[option.key] = value
            given.add(option.key)
        else:
            rest.append(word)
    if command.maximum is not None and len(rest) > command.maximum:
        raise UsageError(f"`{rest[command.maximum]}' is one word too many for {command.name}")
    if len(rest) < command.minimum:
        raise UsageError(f"{command.name} needs {command.positional}")
    return Arguments(values, rest, given)
