# SPDX-License-Identifier: Apache-2.0
"""Runs Spin on one model: generates the verifier, compiles it, explores every state.

SPEC: Spin manual pages "spin" and "pan". A model's properties are assertions and the claims (ltl) in it; each
claim is checked in a run of its own. States that were left out, or a search cut short, are a failure.
"""

import re
import shutil
import subprocess
import time

from tools.prove import proofs
from tools.prove.cbmc import COMPILER, LIMIT_FACTOR, Outcome

CLAIM = re.compile(r"^ltl\s+(\w+)", re.MULTILINE)
ERRORS = re.compile(r"errors: (\d+)")
STATES = re.compile(r"^\s*(\d+) states, stored", re.MULTILINE)
CUT = ("max search depth too small", "out of memory", "search not completed", "Search not completed")


def step(words, folder, seconds):
    """(status, output) of one program; status None: it took too long."""
    try:
        done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def explore(folder, claim, seconds):
    """(errors, states, problem) of one search: for broken assertions and dead ends, or of one claim."""
    build = [COMPILER, "-w", "-O2", *([] if claim else ["-DSAFETY", "-DNOCLAIM"]), "-DMEMLIM=4096", "-o", "pan", "pan.c"]
    status, output = step(build, folder, seconds)
    if status != 0:
        return 0, 0, f"the verifier does not compile:\n{output[-1000:]}"
    search = ["./pan", "-m2000000", *(["-a", "-N", claim] if claim else [])]
    status, output = step(search, folder, seconds)
    if status is None:
        return 0, 0, f"did not end within {seconds} s"
    errors, states = ERRORS.search(output), STATES.search(output)
    if not errors or not states or (any(cut in output for cut in CUT) and errors[1] == "0"):
        return 0, 0, "the search was cut short:\n" + output[-1000:]
    return int(errors[1]), int(states[1]), ""


def check(proof, root, folder, mutant=None):
    """(errors by property, states, problem)."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = str(proof.harness.relative_to(root))
    text = proof.harness.read_text()
    if mutant:
        text = (mutant if mutant.file == model else proofs.Edit(mutant.file, "", "")).apply(text)
    (folder / "model.pml").write_text(text)
    status, output = step(["spin", "-a", "model.pml"], folder, 60)
    if status != 0 or not (folder / "pan.c").is_file():
        return {}, 0, f"spin does not accept the model:\n{output[-1000:]}"
    found, total = {}, 0
    for claim in ["", *CLAIM.findall(text)]:
        errors, states, problem = explore(folder, claim, proof.seconds * LIMIT_FACTOR)
        if problem:
            return {}, 0, problem
        total += states
        if errors:
            found[claim or "assertions and dead ends"] = errors
    return found, total, ""


def prove(proof, root, out):
    start = time.monotonic()
    found, states, problem = check(proof, root, out / proof.name)
    if found:
        problem = "not proved: " + ", ".join(found) + f"; replay with `spin -t -p model.pml' in {out / proof.name}"
    return Outcome(proof.name, time.monotonic() - start, problem, f"{states} states")


def kill(proof, number, root, out):
    start, mutant = time.monotonic(), proof.mutants[number]
    found, _, problem = check(proof, root, out / f"{proof.name}-{number + 1}", mutant)
    if not found and not problem:
        problem = f"is not noticed: {mutant.old!r} -> {mutant.new!r}"
    return Outcome(f"{proof.name} mutant {number + 1}", time.monotonic() - start, problem, ", ".join(found))
