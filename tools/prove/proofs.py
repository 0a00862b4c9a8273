# SPDX-License-Identifier: Apache-2.0
"""The proofs there are: tests/prove/NAME.toml, with the harness NAME.c (CBMC) or the model NAME.pml (Spin).

A description says what is proved, of which functions, within which bounds, and names mutants: small bugs
that the proof must find. Every key that is not known is refused, so that nothing is silently left out.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path


class ProofError(Exception):
    """A description that makes no sense; the text says where and why."""


@dataclass
class Edit:
    """One replacement in a file of the tree; `old` stands there exactly once."""
    file: str
    old: str
    new: str

    def apply(self, text):
        if text.count(self.old) != 1:
            raise ProofError(f"{self.file}: expected once, found {text.count(self.old)} times: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass
class Proof:
    name: str
    harness: Path
    proves: str                 # a sentence
    functions: list[str]        # of the kernel, real ones
    bounds: str
    models: str = ""            # what stands for something else
    entry: str = "main"         # one of several in a harness
    unwind: int = 2
    object_bits: int = 8        # for 2 to so many objects whose address is taken
    loops: list[str] = field(default_factory=list)   # function.number:bound, where one differs
    link: list[str] = field(default_factory=list)    # further sources, each a translation unit of its own
    flags: list[str] = field(default_factory=list)   # of the preprocessor
    solver: str = "minisat"
    seconds: int = 120          # expected at most; the limit is a multiple of it
    trials: int = 0             # runs with random values that ./ferrous test makes in place of it: trial.py
    smaller: list[Edit] = field(default_factory=list)  # constants made smaller for the proof
    mutants: list[Edit] = field(default_factory=list)

    @property
    def is_model(self):
        return self.harness.suffix == ".pml"


LISTS = {"functions", "loops", "link", "flags"}
WORDS = {"proves", "bounds", "models", "solver", "entry"}
NUMBERS = {"unwind", "object_bits", "seconds", "trials"}
REQUIRED = {"proves", "functions", "bounds", "mutants"}


def edits(where, value):
    known = {"file", "old", "new"}
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != known:
            raise ProofError(f"{where}: expected file, old and new, found {entry!r}")
    return [Edit(**entry) for entry in value]


def right_type(key, value):
    if key in LISTS:
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    return isinstance(value, str if key in WORDS else int)


def read_one(path, harness, name, table):
    values = {"name": name, "harness": harness}
    for key, value in table.items():
        where = f"{path.name}: {name}: {key}"
        if key in ("smaller", "mutants"):
            values[key] = edits(where, value)
        elif key not in LISTS | WORDS | NUMBERS:
            raise ProofError(f"{where} is not known")
        elif not right_type(key, value):
            raise ProofError(f"{where} is of the wrong type")
        else:
            values[key] = value
    if missing := REQUIRED - set(values):
        raise ProofError(f"{path.name}: {name}: missing: {', '.join(sorted(missing))}")
    if not values["mutants"]:
        raise ProofError(f"{path.name}: {name}: a proof that nothing can break proves nothing: name a mutant")
    return Proof(**values)


def read(path):
    """The proofs of one description; several with one harness stand in tables [proof.NAME]."""
    harness = next((p for p in (path.with_suffix(".c"), path.with_suffix(".pml")) if p.is_file()), None)
    if harness is None:
        raise ProofError(f"{path.name}: there is neither {path.stem}.c nor {path.stem}.pml beside it")
    try:
        table = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ProofError(f"{path.name}: {error}") from None
    several = table.pop("proof", None)
    if several is None:
        return [read_one(path, harness, path.stem, table)]
    return [read_one(path, harness, f"{path.stem}-{name}", {"entry": f"prove_{name}", **table, **own})
            for name, own in several.items()]


def load(folder):
    return [proof for path in sorted(Path(folder).glob("*.toml")) for proof in read(path)]


def overlay(proof, root, folder, mutant=None):
    """Changed copies of files below `folder`: smaller constants, and the mutant. Their paths."""
    changed = {}
    for edit in proof.smaller + ([mutant] if mutant else []):
        source = root / edit.file
        if edit.file not in changed and not source.is_file():
            raise ProofError(f"{proof.name}: {edit.file} is not there")
        changed[edit.file] = edit.apply(changed.get(edit.file) or source.read_text())
    for name, text in changed.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return set(changed)
