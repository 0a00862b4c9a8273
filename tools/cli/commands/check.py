# SPDX-License-Identifier: Apache-2.0
"""check: the static checks (tools/check) on what the build compiles, and the contract's goldens."""

import json
import os
import re
import subprocess
import sys
import time

from tools.cli import work
from tools.cli.options import ROOT, Arguments, Command
from tools.run import ways

TOTAL = re.compile(r"^(\d+) passed, (\d+) failed\s*$")


def goldens():
    """1 if abi/goldens or docs/reference.md differ from what the tables give, else 0."""
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-B", "tools/gen/gen.py", "--check", "--goldens", "abi/goldens",
                           "--manual", "docs/reference.md"], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    print(f"{'abi':6} {'failed' if done.returncode else 'passed'} {time.monotonic() - start:6.1f} s  goldens and reference manual",
          flush=True)
    if done.returncode:
        print("".join(f"  {line}\n" for line in (done.stdout + done.stderr).splitlines()[-60:]), end="", flush=True)
    return 1 if done.returncode else 0


def only_of(args, known):
    """A file with how another architecture compiles what is not among the known files; nothing is compiled for it."""
    work.make(args, "check-commands")
    path = args.build / "check_commands.json"
    entries = [entry for entry in json.loads(path.read_text()) if entry]
    path.write_text(json.dumps([entry for entry in entries if entry["file"] not in known]))
    return path


def command_files(args):
    """How everything is compiled for the architecture given, and for each other one what it alone has."""
    first = args.build / "compile_commands.json"
    known = {os.path.relpath(entry["file"], entry["directory"]) if os.path.isabs(entry["file"]) else entry["file"]
             for entry in json.loads(first.read_text())}
    return [first, *(only_of(Arguments({**vars(args), "arch": arch}, []), known) for arch in ways.arches() if arch != args.arch)]


def checks(args):
    """(passed, failed) of tools/check; its lines are shown as they come."""
    words = [sys.executable, "-B", str(ROOT / "tools" / "check" / "all.py"), "--root", str(ROOT)]
    for path in command_files(args):
        words += ["--compile-commands", str(path)]
    passed = failed = 0
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            if total := TOTAL.match(line):
                passed, failed = int(total[1]), int(total[2])
            else:
                print(line, end="", flush=True)
    return passed, max(failed, 1 if running.returncode else 0)


def check(args):
    work.setup(args)
    work.make(args, "commands")
    bad = goldens()
    passed, failed = checks(args)
    print(f"{passed + 1 - bad} passed, {failed + bad} failed")
    return 1 if failed or bad else 0


CHECK = Command("check", "run all static checks", check,
                text="The safe C profile, style, declared dependencies, documents, and the goldens of the contract.\n"
                     "Judged is what the architecture given compiles, and of the others what they alone have.\n"
                     "docs/safety.md explains the rules.")
