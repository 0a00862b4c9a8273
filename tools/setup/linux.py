# SPDX-License-Identifier: Apache-2.0
"""Debian's Linux kernel, to compare with: fetched when it is asked for, beside the build's output.

The kernel for clouds has what an emulated machine needs and little else, so it is the leanest that Debian has. The package of
that name only says which one is the newest.
"""

import lzma
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.setup import archive
from tools.setup.packages import SetupError

NEWEST = "linux-image-cloud-amd64"
# In the order in which they can be loaded, as far as they are not built in.
MODULES = ("virtio", "virtio_ring", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci", "virtio_blk")
KERNEL = "vmlinuz"


def field(package, name):
    return subprocess.run(["dpkg-deb", "-f", str(package), name], capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL).stdout.strip()


def named(depends):
    """The kernel's package among what the newest's depends on."""
    found = re.search(r"linux-image-\d[\w.+~-]*", depends)
    if not found:
        raise SetupError(f"{NEWEST} depends on `{depends}'; expected a package linux-image-VERSION")
    return found[0]


def module_bytes(root, name):
    """A module as the kernel takes it; None if it is part of the kernel."""
    found = list(root.glob(f"**/{name}.ko*"))
    if not found and any(f"/{name}.ko" in path.read_text() for path in root.glob("**/modules.builtin")):
        return None
    if len(found) != 1:
        raise SetupError(f"the kernel's package has {len(found)} modules {name}; expected one, or that it is built in")
    data = found[0].read_bytes()
    return lzma.decompress(data) if found[0].suffix == ".xz" else data


def keep(root, version, target):
    """Kernel and modules of an unpacked package, numbered in their order."""
    kernels = list(root.glob("boot/vmlinuz-*"))
    if len(kernels) != 1:
        raise SetupError(f"the kernel's package has {len(kernels)} kernels; expected one")
    target.mkdir(parents=True)
    modules = [data for data in (module_bytes(root, name) for name in MODULES) if data is not None]
    for number, data in enumerate(modules, 1):
        (target / f"{number}.ko").write_bytes(data)
    (target / "version").write_text(version + "\n")
    shutil.copyfile(kernels[0], target / KERNEL)  # the last: with it the folder is whole


def ensure(out, say):
    """(folder with vmlinuz and modules 1.ko, 2.ko and so on, version), fetched if it is not there."""
    target = Path(out) / "peer-linux"
    if not (target / KERNEL).is_file():
        if not archive.can_fetch():
            raise SetupError("Linux is missing and cannot be fetched here: that takes apt-get and dpkg-deb")
        say(f"fetching Debian's Linux kernel from its archive ({archive.RELEASE}) into {target}")
        shutil.rmtree(target, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            newest = archive.download("Linux", [NEWEST], Path(folder) / "newest")[0]
            package = archive.download("Linux", [named(field(newest, "Depends"))], Path(folder) / "kernel")[0]
            archive.unpack([package], Path(folder) / "root")
            keep(Path(folder) / "root", field(package, "Version"), target)
    return target, (target / "version").read_text().strip()
