# SPDX-License-Identifier: Apache-2.0
"""Puts CBMC beside the build's output, for ./ferrous prove.

Debian 12 has no CBMC that reads C23; Debian 13's package is taken, with the libraries it needs, into a folder of
its own and run through its own loader (archive.py).
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.setup import archive
from tools.setup.packages import SetupError

PACKAGES = ["cbmc", "libc6", "libstdc++6", "libgcc-s1", "minisat"]
WANTED = re.compile(r"^6\.[6-9]\.")
WRAPPER = """#!/bin/sh
# CBMC of Debian, run through its own loader and libraries.
root={root}
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/lib/x86_64-linux-gnu:$root/lib" "$root/bin/cbmc" "$@"
"""


def good(program):
    try:
        done = subprocess.run([str(program), "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0 and WANTED.match(done.stdout) is not None


def find(out):
    """The program that can be used, or None."""
    ours = Path(out) / "cbmc" / "cbmc"
    if ours.is_file() and good(ours):
        return ours
    system = shutil.which("cbmc")
    return system if system and good(system) else None


def unpack(packages, folder, target):
    archive.unpack(packages, folder / "root")
    root = target / "root"
    root.mkdir(parents=True)
    for name in ("lib64", "lib"):
        shutil.copytree(folder / "root" / "usr" / name, root / name, symlinks=True,
                        ignore=shutil.ignore_patterns("gconv", "locale"))
    (root / "bin").mkdir()
    shutil.copy2(folder / "root" / "usr" / "bin" / "cbmc", root / "bin" / "cbmc")
    program = target / "cbmc"
    program.write_text(WRAPPER.format(root=root.resolve()))
    program.chmod(0o755)


def ensure(out, say):
    """The path of CBMC; fetches it if it is not there. SetupError: why it cannot be had."""
    found = find(out)
    if found:
        return found
    if not archive.can_fetch() or os.uname().machine != "x86_64":
        raise SetupError("CBMC 6.6 or newer is needed and cannot be fetched here: that takes apt-get, dpkg-deb and x86_64; "
                         "put a program `cbmc' on the PATH")
    say(f"fetching CBMC from Debian's archive ({archive.RELEASE}) into {Path(out) / 'cbmc'}")
    target = Path(out) / "cbmc"
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        unpack(archive.download("CBMC", PACKAGES, Path(folder)), Path(folder), target)
    found = find(out)
    if not found:
        raise SetupError(f"CBMC was fetched into {target} but does not run there")
    return found
