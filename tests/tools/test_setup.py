# SPDX-License-Identifier: Apache-2.0
"""The set-up: what it finds missing, and that it asks nothing when all is there."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tools.setup import archive, cbmc, firmware, newer_qemu, packages


class Setup(unittest.TestCase):
    def test_every_package_has_a_reason_and_files(self):
        for package in packages.load():
            self.assertTrue(package["why"] and package["files"], package)

    def test_what_one_command_needs_is_not_asked_of_the_others(self):
        self.assertEqual([p["name"] for p in packages.load("prove")], ["spin"])
        self.assertNotIn("spin", [p["name"] for p in packages.load()])

    def test_a_cbmc_that_does_not_run_is_none(self):
        with tempfile.TemporaryDirectory() as out, mock.patch.object(cbmc.shutil, "which", return_value=None):
            program = Path(out) / "cbmc" / "cbmc"
            program.parent.mkdir()
            for version, found in (("5.95.1 (cbmc-5.95.1)", None), ("6.6.0 (cbmc-6.6.0)", program)):
                program.write_text(f"#!/bin/sh\necho '{version}'\n")
                program.chmod(0o755)
                self.assertEqual(cbmc.find(out), found)

    def test_without_apt_it_says_that_cbmc_is_missing(self):
        with tempfile.TemporaryDirectory() as out, mock.patch.object(cbmc.shutil, "which", return_value=None):
            with self.assertRaisesRegex(packages.SetupError, "put a program `cbmc' on the PATH"):
                cbmc.ensure(out, print)

    def test_firmware_is_found_only_when_it_is_whole(self):
        _, inside, files = firmware.FETCHED["riscv64"]
        with tempfile.TemporaryDirectory() as out, mock.patch.dict(firmware.FETCHED, riscv64=("x", f"nonexistent/{inside}", files)):
            folder = Path(out) / "firmware-riscv64"
            folder.mkdir()
            for name in files:
                self.assertIsNone(firmware.find("riscv64", out))
                (folder / name).write_bytes(b"x")
            self.assertEqual(firmware.ensure("riscv64", out, print), folder)

    def test_without_apt_it_says_which_firmware_is_missing(self):
        with tempfile.TemporaryDirectory() as out, mock.patch.object(archive.shutil, "which", return_value=None), \
                mock.patch.dict(firmware.FETCHED, riscv64=("the-package", "nonexistent", ("a.fd", "b.fd"))):
            with self.assertRaisesRegex(packages.SetupError, "install the-package, or put a.fd and b.fd into /nonexistent"):
                firmware.ensure("riscv64", out, print)

    def test_firmware_of_others_is_a_package_of_the_system(self):
        self.assertIsNone(firmware.ensure("x86_64", "/nonexistent", print))

    def test_a_qemu_that_cannot_do_it_is_none(self):
        for arch, says in (("riscv64", "  iommu-sys=<OnOffAuto>"), ("aarch64", "  backcompat-pauth-default-use-qarma5=<bool>")):
            with tempfile.TemporaryDirectory() as out, mock.patch.object(newer_qemu.shutil, "which", return_value=None):
                program = Path(out) / f"qemu-{arch}" / f"qemu-system-{arch}"
                program.parent.mkdir()
                for line, status, found in (("  pauth=<bool>", 0, None), (says, 1, None), (says, 0, program)):
                    program.write_text(f"#!/bin/sh\necho '{line}'\nexit {status}\n")
                    program.chmod(0o755)
                    self.assertEqual(newer_qemu.find(arch, out), found)
                self.assertEqual(newer_qemu.ensure(arch, out, print), program)

    def test_without_apt_it_says_which_qemu_is_missing(self):
        for arch in newer_qemu.KINDS:
            with tempfile.TemporaryDirectory() as out, mock.patch.object(newer_qemu.shutil, "which", return_value=None):
                with self.assertRaisesRegex(packages.SetupError, f"put a qemu-system-{arch} on the PATH where .* tells"):
                    newer_qemu.ensure(arch, out, print)

    def test_qemu_runs_wherever_it_is_put(self):
        kind = newer_qemu.KINDS["riscv64"]

        def unpack(packages, root):
            (root / "usr" / "bin").mkdir(parents=True)
            (root / "usr" / "bin" / kind.name).write_text('#!/bin/sh\necho "it runs: $*"\n')
            (root / "usr" / "bin" / kind.name).chmod(0o755)
        with tempfile.TemporaryDirectory() as out, mock.patch.object(archive, "unpack", unpack):
            target = Path(out) / "somebody's $HOME; x"
            newer_qemu.unpack(kind, [], Path(out), target)
            said = subprocess.run([target / kind.name, "-M", "none"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.assertEqual(said.stdout, "it runs: -L /usr/share/qemu -M none\n")

    def test_without_a_network_it_says_that_and_not_that_there_is_no_package(self):
        if not archive.can_fetch():
            self.skipTest("no apt")
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(archive, "mirror", return_value="http://127.0.0.1:9/debian"):
            with self.assertRaisesRegex(packages.SetupError, "could not be fetched") as raised:
                archive.download("QEMU", ["qemu-system-riscv"], Path(folder))
            self.assertNotIn("locate", str(raised.exception))

    def test_finds_what_is_missing(self):
        here = {"name": "here", "why": "x", "files": [__file__]}
        gone = {"name": "gone", "why": "x", "files": [__file__, "/nonexistent/*"]}
        self.assertEqual(packages.missing([here, gone]), [gone])

    def test_complete_set_up_runs_nothing_and_leaves_a_stamp(self):
        with tempfile.TemporaryDirectory() as out, mock.patch.object(packages, "missing", return_value=[]) as look, \
                mock.patch.object(packages.subprocess, "run", side_effect=AssertionError):
            packages.ensure(out, print)
            packages.ensure(out, print)
            self.assertTrue((Path(out) / ".setup").is_file())
            self.assertEqual(look.call_count, 1)

    def test_without_root_and_sudo_it_says_the_command(self):
        with mock.patch.object(packages, "as_root", return_value=None), \
                mock.patch.object(packages.shutil, "which", return_value="/usr/bin/apt-get"):
            with self.assertRaisesRegex(packages.SetupError, "apt-get install qemu-system-x86"):
                packages.install([{"name": "qemu-system-x86", "why": "the machine", "files": []}], print)


if __name__ == "__main__":
    unittest.main()
