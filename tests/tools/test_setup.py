# SPDX-License-Identifier: Apache-2.0
"""The set-up: what it finds missing, and that it asks nothing when all is there."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tools.setup import packages


class Setup(unittest.TestCase):
    def test_every_package_has_a_reason_and_files(self):
        for package in packages.load():
            self.assertTrue(package["why"] and package["files"], package)

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
