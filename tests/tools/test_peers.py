# SPDX-License-Identifier: Apache-2.0
"""What another system is booted with (tools/run/peers.py), and where it comes from (tools/setup/linux.py)."""

import lzma
import subprocess
import tempfile
import unittest
from pathlib import Path

from tools.run import peers
from tools.setup import linux
from tools.setup.packages import SetupError


class Files(unittest.TestCase):
    def test_the_initial_files_are_an_archive(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "init-program").write_bytes(b"program")
            (folder / "1.ko").write_bytes(b"module 1")
            (folder / "vmlinuz").write_bytes(b"not among them")
            data = peers.initial_files(folder / "init-program", folder)
        self.assertEqual(len(data) % 4, 0)
        at, found = 0, {}
        while True:
            self.assertEqual(data[at:at + 6], b"070701")
            fields = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
            size, name_bytes = fields[6], fields[11]
            name = data[at + 110:at + 110 + name_bytes - 1].decode()
            begin = at + (110 + name_bytes + 3) // 4 * 4
            if name == "TRAILER!!!":
                break
            found[name] = (fields[1], data[begin:begin + size])
            at = begin + (size + 3) // 4 * 4
        self.assertEqual(found, {"init": (0o100755, b"program"), "1.ko": (0o100755, b"module 1")})

    def test_tables_have_both_beside_each_other(self):
        def result(value):
            return [{"name": "block_read_4k_random", "usual": value}]
        self.assertEqual(peers.table(result(5000), result(10000), "6.12").splitlines()[1].split(),
                         ["block_read_4k_random", "5,000", "10,000", "50", "%"])


class Kernel(unittest.TestCase):
    def root(self, modules, builtin=""):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "boot").mkdir()
        (folder / "boot" / "vmlinuz-9").write_bytes(b"kernel")
        (folder / "modules.builtin").write_text(builtin)
        for name, data in modules.items():
            (folder / name).write_bytes(data)
        return folder

    def test_the_newest_is_named_by_its_package(self):
        self.assertEqual(linux.named("linux-image-6.12.1+deb13-cloud-amd64 (= 6.12.1-1)"), "linux-image-6.12.1+deb13-cloud-amd64")
        with self.assertRaises(SetupError):
            linux.named("nothing")

    def test_modules_are_numbered_unless_they_are_built_in(self):
        builtin = "".join(f"kernel/{name}.ko\n" for name in linux.MODULES[:-1])
        root = self.root({f"{linux.MODULES[-1]}.ko.xz": lzma.compress(b"module")}, builtin)
        linux.keep(root, "9-1", root / "kept")
        self.assertEqual({path.name: path.read_bytes() for path in (root / "kept").iterdir()},
                         {"1.ko": b"module", "version": b"9-1\n", "vmlinuz": b"kernel"})

    def test_a_module_that_is_nowhere_is_said(self):
        with self.assertRaisesRegex(SetupError, "modules virtio; expected one"):
            linux.module_bytes(self.root({}), "virtio")


class Marks(unittest.TestCase):
    def test_the_place_that_is_counted_at_is_found_in_the_program(self):
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder) / "a.s", Path(folder) / "a.o"
            source.write_text(".globl look\n.zero 16\nlook: ret\n")
            subprocess.run(["clang-19", "-c", "-o", str(program), str(source)], check=True)
            self.assertEqual(peers.address_of(program, "look"), 16)


if __name__ == "__main__":
    unittest.main()
