# SPDX-License-Identifier: Apache-2.0
"""UEFI firmware that Debian 12 has no package of: it is put beside the build's output.

Debian 13's package of firmware for riscv64 is the same for every machine that runs QEMU, so that nothing of it has to
run here. Where the system has the package, that is taken.
"""

import shutil
import tempfile
from pathlib import Path

from tools.setup import archive
from tools.setup.packages import SetupError

# By architecture: the package, its folder, its files of code and variables.
FETCHED = {"riscv64": ("qemu-efi-riscv64", "usr/share/qemu-efi-riscv64", ("RISCV_VIRT_CODE.fd", "RISCV_VIRT_VARS.fd"))}


def whole(folder, files):
    return all((folder / name).is_file() for name in files)


def find(arch, out):
    """The folder that has the files, or None."""
    _, inside, files = FETCHED[arch]
    for folder in (Path(out) / f"firmware-{arch}", Path("/") / inside):
        if whole(folder, files):
            return folder
    return None


def ensure(arch, out, say):
    """The folder with the firmware of an architecture, fetched if it is not there; None for one whose firmware is among
    the system's packages. SetupError: why it cannot be had."""
    if arch not in FETCHED:
        return None
    found = find(arch, out)
    if found:
        return found
    package, inside, files = FETCHED[arch]
    if not archive.can_fetch():
        raise SetupError(f"UEFI firmware for {arch} is missing and cannot be fetched here: that takes apt-get and dpkg-deb; "
                         f"install {package}, or put {' and '.join(files)} into /{inside}")
    target = Path(out) / f"firmware-{arch}"
    say(f"fetching UEFI firmware for {arch} from Debian's archive ({archive.RELEASE}) into {target}")
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        packages = archive.download(f"{package}, firmware for {arch},", [package], Path(folder))
        archive.unpack(packages, Path(folder) / "root")
        if not whole(Path(folder) / "root" / inside, files):
            raise SetupError(f"the package {package} has no {' and '.join(files)} in {inside}")
        shutil.copytree(Path(folder) / "root" / inside, target)
    return target
