# SPDX-License-Identifier: Apache-2.0
"""A QEMU newer than Debian 12's, for machines that this has not: it is put beside the build's output.

Debian's backports have one that was built for Debian 12: it needs no libraries and no firmware but those of Debian 12's own
QEMU. Only machines that need it run in it. Where the system's QEMU can do it, that is taken.
"""

import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.setup import archive
from tools.setup.packages import SetupError

RELEASE = "bookworm-backports"
WRAPPER = """#!/bin/sh
# QEMU of Debian's backports, with the firmware of the system's QEMU.
exec {program} -L /usr/share/qemu "$@"
"""


@dataclass(frozen=True)
class Newer:
    """What an architecture takes it for; `need' is how scenarios call that."""
    name: str
    package: str
    need: str
    what: str
    asks: tuple       # words by which a QEMU tells whether it can
    says: str         # then, in a line of their own


KINDS = {
    "aarch64": Newer("qemu-system-aarch64", "qemu-system-arm", "checked returns", "a processor of aarch64 that itself tells of wrong signatures",
                     ("-machine", "virt", "-device", "max-arm-cpu,help"), "backcompat-pauth-default-use-qarma5="),
    "riscv64": Newer("qemu-system-riscv64", "qemu-system-riscv", "iommu", "the IOMMU of riscv64",
                     ("-machine", "virt,help"), "iommu-sys="),
}


def good(kind, program):
    try:
        done = subprocess.run([str(program), *kind.asks], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0 and re.search(rf"^\s*{kind.says}", done.stdout, re.MULTILINE) is not None


def place(arch, out):
    return Path(out) / f"qemu-{arch}"


def find(arch, out):
    """The program that can be used, or None."""
    kind = KINDS[arch]
    system = shutil.which(kind.name)
    ours = place(arch, out) / kind.name
    return next((program for program in (system, ours) if program and good(kind, program)), None)


def unpack(kind, packages, folder, target):
    """WHY an empty qemu-bundle: QEMU looks for its modules there, if there is one beside it, and not among those of the system's QEMU,
    which are not its own."""
    archive.unpack(packages, folder / "root")
    (target / "qemu-bundle").mkdir(parents=True)
    shutil.copy2(folder / "root" / "usr" / "bin" / kind.name, target / "program")
    wrapper = target / kind.name
    wrapper.write_text(WRAPPER.format(program=shlex.quote(str((target / "program").resolve()))))
    wrapper.chmod(0o755)


def ensure(arch, out, say):
    """The path of QEMU; fetches it if it is not there. SetupError: why it cannot be had."""
    found, kind = find(arch, out), KINDS[arch]
    if found:
        return found
    asked = f"`{' '.join(kind.asks)}' tells `{kind.says}'"
    if not archive.can_fetch():
        raise SetupError(f"{kind.what} takes QEMU 10 or newer, which cannot be fetched here: that takes apt-get and dpkg-deb; "
                         f"put a {kind.name} on the PATH where {asked}")
    target = place(arch, out)
    say(f"fetching a newer QEMU for {kind.what} from Debian's archive ({RELEASE}) into {target}")
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        unpack(kind, archive.download(f"QEMU for {arch}", [kind.package], Path(folder), RELEASE), Path(folder), target)
    found = find(arch, out)
    if not found:
        raise SetupError(f"QEMU was fetched into {target} but does not run there: it is built for Debian 12. Put a {kind.name} on the PATH "
                         f"where {asked}")
    return found
