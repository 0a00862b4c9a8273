# SPDX-License-Identifier: Apache-2.0
"""check: the static checks (tools/check), on what the build compiles."""

import subprocess
import sys

from tools.cli import work
from tools.cli.options import ROOT, Command


def check(args):
    work.setup(args)
    work.make(args, "commands")
    words = [sys.executable, "-B", str(ROOT / "tools" / "check" / "all.py"), "--root", str(ROOT),
             "--compile-commands", str(args.build / "compile_commands.json")]
    return subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL).returncode


CHECK = Command("check", "run all static checks", check,
                text="The safe C profile, style, declared dependencies, documents, and the goldens of the contract.\n"
                     "docs/safety.md explains the rules.")
