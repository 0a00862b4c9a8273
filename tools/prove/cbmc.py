# SPDX-License-Identifier: Apache-2.0
"""Runs CBMC on one harness.

The real sources are preprocessed by the project's own compiler, with tests/prove/include/prove.h in
front, so that CBMC sees only C that it reads rightly; see docs/proofs.md. What CBMC would pass over in silence is a failure
here: a function without a body, a loop that was not unwound far enough, a time-out.
"""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass

from tools.prove import proofs

COMPILER = "clang-19"
PREPROCESS = ["-E", "-std=c23", "-ffreestanding", "-D__CPROVER__", "-DFERROUS_DEBUG=0", "-DFERROUS_HOST=1",
              "-DFERROUS_TRACE=1", "-DFERROUS_KASAN=0", "-DFERROUS_COVER=0",
              "-include", "tests/prove/include/prove.h"]
CHECKS = ["--c23", "--bounds-check", "--pointer-check", "--pointer-overflow-check", "--pointer-primitive-check",
          "--signed-overflow-check", "--undefined-shift-check", "--div-by-zero-check",
          "--unwinding-assertions", "--no-malloc-may-fail", "--slice-formula"]
NO_BODY = re.compile(r"no body for (?:function|callee) [`']?([\w$]+)")
FAILED = re.compile(r"^(\[\S+\] .*): FAILURE$", re.MULTILINE)
VIOLATED = re.compile(r"^Violated property:\n(.*)\n\s*(.*)\n", re.MULTILINE)
LIMIT_FACTOR = 15        # processors differ, and a busy one is much slower; a proof that has lost its way never ends
MEMORY_BYTES = 8 << 30   # and one that takes more would take it from others


@dataclass
class Outcome:
    name: str
    seconds: float
    problem: str = ""   # empty: as wanted
    detail: str = ""


def preprocess(proof, root, folder, gen, mutant=None):
    """Writes one .i for each translation unit; their paths, or raises ProofError."""
    changed = proofs.overlay(proof, root, folder, mutant)
    units = []
    for source in [str(proof.harness.relative_to(root)), *proof.link]:
        target = folder / (source.replace("/", "_") + ".i")
        path = folder / source if source in changed else root / source
        changed_rooms = [f"-I{folder / flag[2:]}" for flag in proof.flags if flag.startswith("-I")]
        words = [COMPILER, *PREPROCESS, *changed_rooms, *proof.flags, f"-I{folder}", "-I.", f"-I{gen}", "-Itests/prove/include", str(path),
                 "-o", str(target)]
        done = subprocess.run(words, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise proofs.ProofError(f"{proof.name}: {source} does not preprocess:\n{done.stderr[-2000:]}")
        units.append(str(target))
    return units


def command(cbmc, proof, units, extra):
    words = [str(cbmc), *CHECKS, "--function", proof.entry, "--unwind", str(proof.unwind), "--object-bits", str(proof.object_bits)]
    if proof.loops:
        words += ["--unwindset", ",".join(proof.loops)]
    if proof.solver != "minisat":
        words += [f"--{proof.solver}"]
    return [*words, *extra, *units]


def run(cbmc, proof, root, folder, gen, mutant=None, trace=False):
    """(status, output, seconds of processor time); status None is a time-out."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    units = preprocess(proof, root, folder, gen, mutant)
    extra = ["--stop-on-fail"] if mutant else ["--trace"] if trace else []
    words = command(cbmc, proof, units, extra)
    (folder / "command").write_text(" ".join(words) + "\n")
    with open(folder / "log", "w+") as log:
        status, seconds = limited(words, root, log, proof.seconds * LIMIT_FACTOR)
        log.seek(0)
        return status, log.read(), seconds


def limited(words, folder, log, seconds):
    """(status, seconds of processor time) of a program that may use so many; status None: it used them up.

    WHY not time by the clock: a proof must not depend on what else the machine does.
    """
    words = ["prlimit", f"--cpu={seconds}", f"--as={MEMORY_BYTES}", "--", *words]
    program = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    _, ended, usage = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(ended)
    late = program.returncode in (-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU, 128 + signal.SIGKILL)
    return None if late else program.returncode, usage.ru_utime + usage.ru_stime


def judge(proof, status, output):
    """What is wrong with a proof's run; empty: proved."""
    if status is None:
        return f"did not end within {proof.seconds * LIMIT_FACTOR} s of processor time"
    if bodyless := set(NO_BODY.findall(output)):
        return "functions without a body, real or modelled: " + ", ".join(sorted(bodyless))
    if failed := FAILED.findall(output):
        return "not proved:\n" + "\n".join(f"    {line}" for line in failed[:12])
    if status != 0 or "VERIFICATION SUCCESSFUL" not in output:
        return f"CBMC ended with status {status}:\n" + "\n".join(f"    {line}" for line in output.splitlines()[-8:])
    return ""


def prove(cbmc, proof, root, out, gen, trace=False):
    status, output, seconds = run(cbmc, proof, root, out / proof.name, gen, trace=trace)
    checks = re.search(r"\*\* 0 of (\d+) failed", output)
    return Outcome(proof.name, seconds, judge(proof, status, output), f"{checks[1]} conditions" if checks else "")


def kill(cbmc, proof, number, root, out, gen):
    """Whether a mutant is found: by a broken property, not by an accident of the harness."""
    mutant = proof.mutants[number]
    name = f"{proof.name} mutant {number + 1}"
    status, output, seconds = run(cbmc, proof, root, out / f"{proof.name}-{number + 1}", gen, mutant)
    violated = VIOLATED.search(output)
    if status == 10 and violated and "unwinding assertion" not in violated[2]:
        return Outcome(name, seconds, "", violated[2].strip())
    what = "is not noticed" if status == 0 else "breaks the run in another way than by a property"
    tail = "\n".join(f"    {line}" for line in output.splitlines()[-6:])
    return Outcome(name, seconds, f"{what}: {mutant.file}: {mutant.old!r} -> {mutant.new!r}\n{tail}")
