# SPDX-License-Identifier: Apache-2.0
"""A QEMU whose riscv64 machine can have an IOMMU, which Debian 12's has not: it is put beside the build's output.

Debian's backports have one that was built for Debian 12: it needs no libraries and no firmware but those of Debian 12's own
QEMU for riscv64. Only machines with an IOMMU run in it. Where the system's QEMU can do it, that is taken.
"""

import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.setup import archive
from tools.setup.packages import SetupError

NAME = "qemu-system-riscv64"
PACKAGE = "qemu-system-riscv"
RELEASE = "bookworm-backports"
WRAPPER = """#!/bin/sh
# QEMU of Debian's backports, with the firmware of the system's QEMU.
exec {program} -L /usr/share/qemu "$@"
"""


def good(program):
    try:
        done = subprocess.run([str(program), "-machine", "virt,help"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0 and re.search(r"^\s*iommu-sys=", done.stdout, re.MULTILINE) is not None


def find(out):
    """The program that can be used, or None."""
    system = shutil.which(NAME)
    ours = Path(out) / "qemu-riscv64" / NAME
    return next((program for program in (system, ours) if program and good(program)), None)


def unpack(packages, folder, target):
    """WHY an empty qemu-bundle: QEMU looks for its modules there, if there is one beside it, and not among those of the system's QEMU,
    which are not its own."""
    archive.unpack(packages, folder / "root")
    (target / "qemu-bundle").mkdir(parents=True)
    shutil.copy2(folder / "root" / "usr" / "bin" / NAME, target / "program")
    wrapper = target / NAME
    wrapper.write_text(WRAPPER.format(program=shlex.quote(str((target / "program").resolve()))))
    wrapper.chmod(0o755)


def ensure(out, say):
    """The path of QEMU; fetches it if it is not there. SetupError: why it cannot be had."""
    found = find(out)
    if found:
        return found
    if not archive.can_fetch():
        raise SetupError("the IOMMU of riscv64 takes QEMU 10 or newer, which cannot be fetched here: that takes apt-get and dpkg-deb; "
                         f"put a {NAME} that knows `-machine virt,iommu-sys=on' on the PATH")
    target = Path(out) / "qemu-riscv64"
    say(f"fetching QEMU with an IOMMU for riscv64 from Debian's archive ({RELEASE}) into {target}")
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        unpack(archive.download("QEMU for riscv64", [PACKAGE], Path(folder), RELEASE), Path(folder), target)
    found = find(out)
    if not found:
        raise SetupError(f"QEMU was fetched into {target} but does not run there: it is built for Debian 12. Put a {NAME} that knows "
                         "`-machine virt,iommu-sys=on' on the PATH")
    return found
