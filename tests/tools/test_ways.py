# SPDX-License-Identifier: Apache-2.0
"""Ways to boot: the table, what is refused, and bundles."""

import itertools
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from tools.image import bundle
from tools.run import disk, qemu, ways

ROOT = Path(__file__).resolve().parents[2]


# What make calls the way: what it makes for it.
WAY_OF_TARGET = {"raw": "raw", "disk": "uefi"}


def made(name, variable):
    """The words that a file of the build gives a variable."""
    found = re.findall(rf"^{variable} := (.*)$", (ROOT / "tools" / "make" / name).read_text(), re.MULTILINE)
    assert len(found) == 1, (name, variable, found)
    return found[0].split()


class Table(unittest.TestCase):
    def test_every_architecture_that_works_has_one_default(self):
        for arch in ways.arches():
            defaults = [way for way in ways.WAYS if way["arch"] == arch and way.get("default")]
            self.assertEqual([way["status"] for way in defaults], ["works"], arch)
            self.assertEqual(ways.choose(arch), defaults[0]["boot"])

    def test_words_of_the_table_are_known(self):
        for way in ways.WAYS:
            self.assertIn(way["status"], ("works", "planned", "impossible"))
            self.assertTrue(way["note"])

    def test_every_way_that_works_has_a_machine(self):
        for arch in ways.arches():
            self.assertIn(arch, qemu.MACHINES)

    def test_a_pair_that_cannot_be_points_to_the_table(self):
        with self.assertRaises(ways.WayError) as refused:
            ways.choose("x86_64", "raw")
        for part in ("impossible", "uefi", ways.PLACE):
            self.assertIn(part, str(refused.exception))
        self.assertTrue((ROOT / ways.PLACE).is_file())

    def test_make_builds_what_the_table_says_works(self):
        built = {(arch, WAY_OF_TARGET[target]) for arch in made("config.mk", "ARCHES")
                 for target in made(f"arch_{arch}.mk", "ARCH_BOOTS")}
        self.assertEqual(built, {(way["arch"], way["boot"]) for way in ways.working()})

    def test_the_table_has_every_pair_once(self):
        pairs = [(way["arch"], way["boot"]) for way in ways.WAYS]
        self.assertEqual(sorted(pairs), sorted(itertools.product(made("config.mk", "ARCHES"), WAY_OF_TARGET.values())))

    def test_make_refuses_in_the_same_way_what_does_not_work(self):
        target_of_way = {way: target for target, way in WAY_OF_TARGET.items()}
        refused = [way for way in ways.WAYS if way["status"] != "works"]
        self.assertTrue(refused)
        for way in refused:
            done = subprocess.run(["make", "-C", str(ROOT), "-n", f"ARCH={way['arch']}", target_of_way[way["boot"]]],
                                  capture_output=True, text=True, stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 2, way)
            self.assertIn(ways.PLACE, done.stderr)


class Bundles(unittest.TestCase):
    PARTS = {"kernel.elf": b"k" * 5000, "system.img": b"s" * 4096}

    def test_what_is_packed_comes_out(self):
        self.assertEqual(bundle.unpack(bundle.pack(self.PARTS)), self.PARTS)

    def test_parts_begin_on_pages(self):
        data = bundle.pack(self.PARTS)
        self.assertEqual(len(data), 4096 + 8192 + 4096)
        self.assertEqual(data[4096:4096 + 5000], self.PARTS["kernel.elf"])

    def test_files_and_command_line_are_changed_in_a_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "boot.bundle"
            path.write_bytes(bundle.pack(self.PARTS))
            boot = ways.Boot("aarch64", "raw", path)
            with disk.boot_with(boot, "nokaslr", {"ferrous/system.img": b"x", "ferrous/kernel.elf": None}) as changed:
                self.assertEqual(bundle.unpack(changed.path.read_bytes()), {"system.img": b"x"})
                self.assertEqual(changed.cmdline, "nokaslr")
            self.assertEqual(disk.read_file(boot, "ferrous/system.img"), self.PARTS["system.img"])


if __name__ == "__main__":
    unittest.main()
