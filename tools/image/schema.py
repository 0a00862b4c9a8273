# SPDX-License-Identifier: Apache-2.0
"""Strict reading of TOML descriptions: unknown keys, wrong types and ranges are all reported,
each with its file, the key, what was expected and what was found."""

import difflib
import re
import tomllib

NAME = re.compile(r"[a-z0-9-]{1,23}")


class Problems:
    """Everything that is wrong, so that one build shows all of it."""

    def __init__(self):
        self.lines = []

    def add(self, place, text):
        self.lines.append(f"{place}: {text}")


def nearest(word, words):
    found = difflib.get_close_matches(str(word), list(words), n=1, cutoff=0.6)
    return f"; did you mean `{found[0]}'?" if found else ""


def load(path, place, problems):
    try:
        return tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(place, f"is not valid TOML: {error}")
    except OSError as error:
        problems.add(place, f"cannot be read: {error.strerror}")
    return None


class Table:
    """One TOML table being read. Every read notes the key, so that leftover() finds the unknown."""

    def __init__(self, values, place, problems):
        self.values, self.place, self.problems, self.known = values, place, problems, set()

    def bad(self, key, expected, found):
        self.problems.add(self.place, f"`{key}': expected {expected}, found {found!r}")

    def take(self, key, default, good, expected, required=False):
        self.known.add(key)
        if key not in self.values:
            if required:
                self.problems.add(self.place, f"`{key}' is missing; expected {expected}")
            return default
        value = self.values[key]
        if not good(value):
            self.bad(key, expected, value)
            return default
        return value

    def number(self, key, default, low, high, step=1, required=False):
        expected = f"a number from {low} to {high}" + (f", a multiple of {step}" if step > 1 else "")
        return self.take(key, default, lambda v: isinstance(v, int) and not isinstance(v, bool) and low <= v <= high
                         and v % step == 0, expected, required)

    def name(self, key, default="", required=False):
        return self.take(key, default, lambda v: isinstance(v, str) and NAME.fullmatch(v),
                         "1 to 23 characters of a-z 0-9 -", required)

    def text(self, key, default="", longest=63, required=False):
        return self.take(key, default, lambda v: isinstance(v, str) and v.isprintable() and len(v.encode()) <= longest,
                         f"printable text of at most {longest} bytes", required)

    def path(self, key):
        def good(value):
            return (isinstance(value, str) and value.isprintable() and value.isascii() and " " not in value
                    and value.startswith("/") and len(value) <= 63 and value != "/"
                    and all(part not in ("", ".", "..") for part in value[1:].split("/")))
        return self.take(key, "", good, "an absolute path without empty, `.' or `..' parts, at most 63 bytes")

    def flag(self, key, default=False):
        return self.take(key, default, lambda v: isinstance(v, bool), "true or false")

    def choice(self, key, default, choices, required=False):
        return self.take(key, default, lambda v: v in choices, "one of " + ", ".join(choices), required)

    def texts(self, key, most, required=False):
        return self.take(key, [], lambda v: isinstance(v, list) and len(v) <= most and all(isinstance(t, str) for t in v),
                         f"a list of at most {most} texts", required)

    def tables(self, key, most=1 << 16):
        found = self.take(key, [], lambda v: isinstance(v, list) and len(v) <= most and all(isinstance(t, dict) for t in v),
                          f"at most {most} tables [[{key}]]")
        return [Table(each, f"{self.place}: [[{key}]] {at}", self.problems) for at, each in enumerate(found, 1)]

    def table(self, key):
        found = self.take(key, {}, lambda v: isinstance(v, dict), f"a table [{key}]")
        return Table(found, f"{self.place}: [{key}]", self.problems)

    def leftover(self):
        for key in self.values:
            if key not in self.known:
                self.problems.add(self.place, f"unknown key `{key}'" + nearest(key, self.known))
