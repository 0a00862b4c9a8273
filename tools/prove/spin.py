# SPDX-License-Identifier: Apache-2.0
"""Runs Spin on one model: generates the verifier, compiles it, explores every state.

SPEC: Spin manual pages "spin" and "pan". A model's properties are assertions and the claims (ltl) in it; each
claim is checked in a run of its own. States that were left out, or a search cut short, are a failure.
"""

import re
import shutil
from dataclasses import dataclass, field

from tools.prove import proofs
from tools.prove.cbmc import COMPILER, LIMIT_FACTOR, Outcome, limited

CLAIM = re.compile(r"^ltl\s+(\w+)", re.MULTILINE)
ERRORS = re.compile(r"errors: (\d+)")
STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
CUT = ("max search depth too small", "out of memory", "search not completed", "Search not completed")
SPIN_SECONDS = 60


@dataclass
class Found:
    """What came of all searches of one model."""
    broken: list = field(default_factory=list)   # properties
    states: int = 0
    seconds: float = 0.0                         # of processor time
    problem: str = ""                            # why there is no result


def step(words, folder, seconds, found):
    """(status, output) of one program; status None: it used up its processor time."""
    with open(folder / "log", "w+", encoding="utf-8") as log:
        status, used = limited(words, folder, log, seconds)
        log.seek(0)
        found.seconds += used
        return status, log.read()


def explore(folder, claim, seconds, found):
    """One search: for broken assertions and dead ends, or of one claim."""
    build = [COMPILER, "-w", "-O2", *([] if claim else ["-DSAFETY", "-DNOCLAIM"]), "-DMEMLIM=4096", "-o", "pan", "pan.c"]
    status, output = step(build, folder, seconds, found)
    if status != 0:
        found.problem = f"the verifier does not compile:\n{output[-1000:]}"
        return
    search = ["./pan", "-m2000000", *(["-a", "-N", claim] if claim else [])]
    status, output = step(search, folder, seconds, found)
    errors, states = ERRORS.search(output), STATES.search(output)
    if status is None:
        found.problem = f"did not end within {seconds} s of processor time"
    elif not errors or not states or (any(cut in output for cut in CUT) and errors[1] == "0"):
        found.problem = "the search was cut short:\n" + output[-1000:]
    else:
        found.states += int(states[1])
        found.broken += [claim or "assertions and dead ends"] if errors[1] != "0" else []


def check(proof, root, folder, mutant=None):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model, found = str(proof.harness.relative_to(root)), Found()
    text = proof.harness.read_text()
    if mutant:
        text = (mutant if mutant.file == model else proofs.Edit(mutant.file, "", "")).apply(text)
    (folder / "model.pml").write_text(text)
    status, output = step(["spin", "-a", "model.pml"], folder, SPIN_SECONDS, found)
    if status != 0 or not (folder / "pan.c").is_file():
        found.problem = f"spin does not accept the model:\n{output[-1000:]}"
    for claim in ["", *CLAIM.findall(text)]:
        if not found.problem:
            explore(folder, claim, proof.seconds * LIMIT_FACTOR, found)
    return found


def prove(proof, root, out):
    found = check(proof, root, out / proof.name)
    if found.broken and not found.problem:
        found.problem = "not proved: " + ", ".join(found.broken) + f"; replay with `spin -t -p model.pml' in {out / proof.name}"
    return Outcome(proof.name, found.seconds, found.problem, f"{found.states} states")


def kill(proof, number, root, out):
    mutant = proof.mutants[number]
    found = check(proof, root, out / f"{proof.name}-{number + 1}", mutant)
    if not found.broken and not found.problem:
        found.problem = f"is not noticed: {mutant.old!r} -> {mutant.new!r}"
    return Outcome(f"{proof.name} mutant {number + 1}", found.seconds, found.problem, ", ".join(found.broken))
