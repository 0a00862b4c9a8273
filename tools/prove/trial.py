# SPDX-License-Identifier: Apache-2.0
"""Tries a proof: its harness is compiled for this machine and run with random values (tests/prove/trial).

A trial that holds shows little. One that fails has found, in a second, a proof that is broken: so ./ferrous test tries
those that are too slow for it. Descriptions say for which that makes sense, with `trials`, the number of runs.
"""

import shutil
import subprocess
import time

from tools.prove import proofs
from tools.prove.cbmc import COMPILER, PREPROCESS, Outcome

COMPILE = ["-w", "-O1", "-g", "-fno-builtin", "-fno-strict-aliasing", "-fno-pie", "-include", "tests/prove/trial/trial.h",
           *PREPROCESS[1:PREPROCESS.index("-include")]]
# What a harness never reaches has no body, as for CBMC.
LINK = ["-no-pie", "-Wl,--unresolved-symbols=ignore-all"]


def compiled(words, root, name):
    done = subprocess.run([COMPILER, *words], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise proofs.ProofError(f"{name}: a trial does not compile:\n{done.stderr[-2000:]}")


def build(proof, root, folder, gen, mutant=None):
    """The program."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    changed = proofs.overlay(proof, root, folder, mutant)
    rooms = [f"-I{folder / flag[2:]}" for flag in proof.flags if flag.startswith("-I")]
    objects = []
    for source in [str(proof.harness), *proof.link]:
        target = str(folder / (source.strip("/").replace("/", "_") + ".o"))
        path = folder / source if source in changed else root / source
        compiled([*COMPILE, *rooms, *proof.flags, f"-I{folder}", "-I.", f"-I{gen}", "-Itests/prove/include",
                  f"-D{proof.entry}=trial_entry", "-c", str(path), "-o", target], root, proof.name)
        objects.append(target)
    compiled([*LINK, "tests/prove/trial/trial.c", *objects, "-o", str(folder / "trial")], root, proof.name)
    return folder / "trial"


def attempt(proof, root, out, gen, mutant=None):
    start = time.monotonic()
    program = build(proof, root, out / f"{proof.name}-trial", gen, mutant)
    done = subprocess.run([program, str(proof.trials)], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    said = done.stdout.strip()
    return Outcome(f"{proof.name} tried", time.monotonic() - start, said if done.returncode else "", said)
