# SPDX-License-Identifier: Apache-2.0
"""Which functions of the kernel no proof covers, file by file.

A function is covered if a proof names it, or if one that is named calls it and its source is part of that proof: the
harness includes it, it is linked, or it is a header. What a proof models instead is not.
"""

import re

from tools.prove.proofs import load

ROOMS = ("kernel/boot", "kernel/core", "kernel/raw")
START = re.compile(r"^(?!#|/|\s|typedef)[^\n;={]*?\b(\w+)\([^;{}]*\)\s*\{", re.MULTILINE)
INCLUDED = re.compile(r'^#include "([\w/]+\.c)"', re.MULTILINE)
ATTRIBUTE = re.compile(r"__attribute__\(\(.*?\)\)\s*")
WORD = re.compile(r"\b\w+\b")


def functions_of(text):
    """Name and words of the body of each function that is defined in a source in the style of the house: a body ends with
    a brace at the beginning of a line, or on the line on which it begins."""
    found, text = {}, ATTRIBUTE.sub("", text)
    for match in START.finditer(text):
        line = text[match.end():].split("\n", 1)[0]
        body = line if line.rstrip().endswith("}") else text[match.end():].split("\n}", 1)[0]
        found[match[1]] = set(WORD.findall(body))
    return found


def sources(root):
    paths = [path for room in ROOMS for path in (root / room).rglob("*.[ch]")]
    return {str(path.relative_to(root)): functions_of(path.read_text()) for path in sorted(paths)}


def covered_by(proof, files):
    """(file, function) that the proof covers."""
    real = set(INCLUDED.findall(proof.harness.read_text())) | set(proof.link)
    modelled = set(functions_of(proof.harness.read_text()))
    bodies = {}
    for name, functions in files.items():
        if name in real or name.endswith(".h"):
            for function, words in functions.items():
                bodies.setdefault(function, []).append((name, words))
    left, seen = list(proof.functions), set()
    while left:
        function = left.pop()
        if function in seen or (function in modelled and function not in proof.functions):
            continue
        seen.add(function)
        for _, words in bodies.get(function, []):
            left += words & bodies.keys()
    return {(name, function) for function in seen for name, _ in bodies.get(function, [])}


def gaps(root):
    """For each file with functions: their number, and those that nothing covers."""
    files = sources(root)
    covered = set().union(*(covered_by(proof, files) for proof in load(root / "tests" / "prove") if not proof.is_model))
    return {name: (len(functions), [f for f in functions if (name, f) not in covered])
            for name, functions in files.items() if functions}


def listing(root):
    found = gaps(root)
    lines = [f"{name}: {total - len(missing)} of {total}" + "".join(f"\n  {function}" for function in missing)
             for name, (total, missing) in found.items()]
    total = sum(count for count, _ in found.values())
    open_ones = sum(len(missing) for _, missing in found.values())
    return "\n".join([*lines, f"{total - open_ones} of {total} functions of {' and '.join(ROOMS)} are part of a proof"])
