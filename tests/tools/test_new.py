# SPDX-License-Identifier: Apache-2.0
"""`./ferrous new service`: what it writes, and what it refuses."""

import shutil
import tempfile
import tomllib
import unittest
from pathlib import Path

from tools.cli.options import ROOT
from tools.image.manifest import Reader
from tools.image.schema import Problems
from tools.new import service


class New(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for path in (service.IMAGE, *service.CLIENTS):
            (self.root / path).parent.mkdir(parents=True)
            shutil.copy(ROOT / path, self.root / path)

    def test_makes_a_service_with_a_good_manifest(self):
        service.make(self.root, "my-first")
        folder = self.root / "userspace" / "services" / "my-first"
        self.assertEqual({path.name for path in folder.iterdir()}, {"main.c", "manifest.toml", "module.mk", "README.md"})
        for path in folder.iterdir():
            self.assertNotIn("@", path.read_text())
        problems = Problems()
        manifest = Reader(ROOT / "abi", problems).read(folder / "manifest.toml", "m")
        self.assertEqual((manifest.name, problems.lines), ("my-first", []))
        self.assertIn('\t"my-first",\n]', (self.root / "image" / "default.image").read_text())
        for client in service.CLIENTS:
            self.assertIn("my-first", tomllib.loads((self.root / client).read_text())["calls"])
        compile((self.root / "tests" / "scenarios" / "service_my_first.py").read_text(), "scenario", "exec")

    def test_refuses_names_that_are_taken_or_no_names(self):
        service.make(self.root, "one")
        for name in ("one", "console"):
            with self.assertRaises(service.NameTaken):
                service.make(self.root, name)
        for name in ("", "Two", "a/b", "-x", "x" * 24):
            with self.assertRaises(ValueError):
                service.make(self.root, name)


if __name__ == "__main__":
    unittest.main()
