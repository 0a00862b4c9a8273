# SPDX-License-Identifier: Apache-2.0
"""Collects what is wrong with the tables, so that one run reports everything."""

import difflib


class Problems:
    def __init__(self):
        self.lines = []

    def add(self, where, text):
        self.lines.append(f"{where}: {text}")

    def unknown(self, where, what, name, known):
        """Says that a name is unknown, with the nearest known one if there is one."""
        near = difflib.get_close_matches(str(name), list(known), n=1)
        hint = f'did you mean "{near[0]}"?' if near else "known: " + ", ".join(known)
        self.add(where, f'unknown {what} "{name}"; {hint}')


class Table:
    """One TOML file, read with strict keys. Every accessor reports instead of raising."""

    def __init__(self, name, data, problems):
        self.name = name
        self.data = data
        self.problems = problems

    def where(self, kind, name):
        return f'{self.name}: {kind} "{name}"'

    def check_keys(self, where, entry, allowed):
        for key in entry:
            if key not in allowed:
                self.problems.unknown(where, "key", key, allowed)

    def get(self, where, entry, key, kind, default=None):
        """The value of a key if it has the type expected, else the default (None: required)."""
        if key not in entry:
            if default is None:
                self.problems.add(where, f'the key "{key}" is missing')
                return kind()
            return default
        value = entry[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problems.add(where, f'"{key}" must be of type {kind.__name__}, found {value!r}')
            return kind() if default is None else default
        return value

    def entries(self, kind):
        """The array of tables of one kind; each is known to be a table."""
        found = self.data.get(kind, [])
        if not isinstance(found, list) or not all(isinstance(e, dict) for e in found):
            self.problems.add(self.name, f'"{kind}" must be written as [[{kind}]] tables')
            return []
        return found

    def strings(self, where, entry, key, default=()):
        found = self.get(where, entry, key, list, list(default))
        for value in found:
            if not isinstance(value, str):
                self.problems.add(where, f'"{key}" must hold strings, found {value!r}')
        return tuple(v for v in found if isinstance(v, str))
