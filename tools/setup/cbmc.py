# SPDX-License-Identifier: Apache-2.0
"""Puts CBMC beside the build's output, for ./ferrous prove.

Debian 12 has no CBMC that reads C23; Debian 13's package is taken, with the libraries it needs, into a folder of
its own and run through its own loader. No root is needed and the system's packages stay as they are. apt
checks the packages against Debian's archive keys.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.setup.packages import SetupError

RELEASE = "trixie"
PACKAGES = ["cbmc", "libc6", "libstdc++6", "libgcc-s1", "minisat"]
WANTED = re.compile(r"^6\.[6-9]\.")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEFAULT_MIRROR = "http://deb.debian.org/debian"
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


def mirror():
    """Where this machine gets its Debian from."""
    words = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE)", "Created-By: Packages"]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    for line in done.stdout.splitlines():
        origin, _, site = line.partition(" ")
        if origin == "Debian" and site.startswith("http"):
            return site
    return DEFAULT_MIRROR


def settings(folder):
    """apt with a state of its own: it knows nothing of the system's packages and changes nothing there."""
    values = {"Dir::State": folder / "state", "Dir::State::status": folder / "status", "Dir::Cache": folder / "cache",
              "Dir::Etc::SourceList": folder / "sources.list", "Dir::Etc::SourceParts": "/dev/null",
              "Dir::Etc::Preferences": "/dev/null", "Dir::Etc::PreferencesParts": "/dev/null", "Debug::NoLocking": "1",
              "APT::Sandbox::User": "root"}
    return [word for key, value in values.items() for word in ("-o", f"{key}={value}")]


def download(folder):
    for name in ("state/lists/partial", "cache/archives/partial", "packages"):
        (folder / name).mkdir(parents=True)
    (folder / "status").write_text("")
    (folder / "sources.list").write_text(f"deb [arch=amd64 signed-by={KEYRING}] {mirror()} {RELEASE} main\n")
    apt = ["apt-get", "-qq", *settings(folder)]
    for words, where in (([*apt, "update"], folder), ([*apt, "download", *PACKAGES], folder / "packages")):
        done = subprocess.run(words, cwd=where, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SetupError(f"CBMC could not be fetched from Debian's archive ({RELEASE}): "
                             + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return sorted((folder / "packages").glob("*.deb"))


def unpack(packages, folder, target):
    for package in packages:
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder / "root")], check=True, stdin=subprocess.DEVNULL)
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
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb") or os.uname().machine != "x86_64":
        raise SetupError("CBMC 6.6 or newer is needed and cannot be fetched here: that takes apt-get, dpkg-deb and x86_64; "
                         "put a program `cbmc' on the PATH")
    say(f"fetching CBMC from Debian's archive ({RELEASE}) into {Path(out) / 'cbmc'}")
    target = Path(out) / "cbmc"
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        unpack(download(Path(folder)), Path(folder), target)
    found = find(out)
    if not found:
        raise SetupError(f"CBMC was fetched into {target} but does not run there")
    return found
