# SPDX-License-Identifier: Apache-2.0
"""Makes sure that the Debian packages of packages.toml are installed.

A stamp in the output folder, keyed by the list's own text, makes the next run cost one file
read. Nothing is asked; with everything present nothing outside is contacted.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

LIST = Path(__file__).with_name("packages.toml")


class SetupError(Exception):
    """What is missing and what to do about it."""


def load(command=None):
    """The packages of every command, or those that one command alone needs."""
    return [p for p in tomllib.loads(LIST.read_text())["package"] if p.get("command") == command]


def missing(packages):
    """The packages of which a file is not there. A program found elsewhere on PATH will do."""
    def there(pattern):
        return glob.glob(pattern) or ("/bin/" in pattern and shutil.which(Path(pattern).name))
    return [p for p in packages if not all(there(pattern) for pattern in p["files"])]


def as_root():
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        return ["sudo"]
    return None


def explain(packages):
    width = max(len(p["name"]) for p in packages)
    return "\n".join(f"  {p['name']:{width}}  {p['why']}" for p in packages)


def install(packages, say):
    names = [p["name"] for p in packages]
    by_hand = "apt-get install " + " ".join(names)
    if not shutil.which("apt-get"):
        raise SetupError("these tools are missing and there is no apt-get to install them with; the names are "
                         "Debian's, install the like of them:\n" + explain(packages))
    prefix = as_root()
    if prefix is None:
        raise SetupError("these packages are missing, and installing needs root or sudo; as root run: "
                         f"{by_hand}\n" + explain(packages))
    say("installing Debian packages that are missing:\n" + explain(packages))
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    # WHY: standard input is closed to apt, so that nothing can ask; its progress goes to stderr.
    quiet = {"stdin": subprocess.DEVNULL, "stdout": sys.stderr}
    if subprocess.run([*apt, "update"], **quiet).returncode:
        say("apt-get update failed; going on with the package lists that are there")
    if subprocess.run([*apt, "install", "-y", "--no-install-recommends", *names], **quiet).returncode:
        raise SetupError(f"apt-get could not install the packages (its message is above); try by hand: {by_hand}")


def ensure_for(command, say):
    """Installs what is missing; raises SetupError when that cannot be done."""
    absent = missing(load(command))
    if absent:
        install(absent, say)
        still = missing(absent)
        if still:
            raise SetupError("installed, but files that were expected are not there:\n" + explain(still))


def ensure(out, say):
    """The packages of every command, once for each state of the list."""
    stamp = Path(out) / ".setup"
    key = hashlib.sha256(LIST.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == key:
        return
    ensure_for(None, say)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
