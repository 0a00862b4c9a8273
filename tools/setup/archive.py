# SPDX-License-Identifier: Apache-2.0
"""Packages of a newer Debian, fetched and unpacked into folders of our own.

The system's packages and apt's own state stay as they are, and no root is needed. apt checks what it fetches against
Debian's archive keys.
"""

import shutil
import subprocess

from tools.setup.packages import SetupError

RELEASE = "trixie"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEFAULT_MIRROR = "http://deb.debian.org/debian"


def can_fetch():
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


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
    """apt with a state of its own: it knows nothing of the system's packages and changes nothing there. WHY any error of `update': what it
    takes for transient would be passed over, and then no package is known."""
    values = {"Dir::State": folder / "state", "Dir::State::status": folder / "status", "Dir::Cache": folder / "cache",
              "Dir::Etc::SourceList": folder / "sources.list", "Dir::Etc::SourceParts": "/dev/null",
              "Dir::Etc::Preferences": "/dev/null", "Dir::Etc::PreferencesParts": "/dev/null", "Debug::NoLocking": "1",
              "APT::Sandbox::User": "root", "APT::Update::Error-Mode": "any"}
    return [word for key, value in values.items() for word in ("-o", f"{key}={value}")]


def download(what, packages, folder, release=RELEASE):
    """The files of the packages, in a folder that is empty. SetupError: why they cannot be had."""
    for name in ("state/lists/partial", "cache/archives/partial", "packages"):
        (folder / name).mkdir(parents=True)
    (folder / "status").write_text("")
    (folder / "sources.list").write_text(f"deb [arch=amd64 signed-by={KEYRING}] {mirror()} {release} main\n")
    apt = ["apt-get", "-qq", *settings(folder)]
    for words, where in (([*apt, "update"], folder), ([*apt, "download", *packages], folder / "packages")):
        done = subprocess.run(words, cwd=where, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SetupError(f"{what} could not be fetched from Debian's archive ({release}): "
                             + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return sorted((folder / "packages").glob("*.deb"))


def unpack(packages, root):
    for package in packages:
        subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True, stdin=subprocess.DEVNULL)
