# SPDX-License-Identifier: Apache-2.0
"""The symbol table: read back from a small program that is compiled here."""

import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from tools.image import symbols

SOURCE = """int first(int a);
int second(int a);
int first(int a)
{
	return a + 1;
}
int second(int a)
{
	return first(a) * 3;
}
"""


def read(data):
    magic, version, count, lines, size = struct.unpack_from("<4s4I", data)
    strings = data[-size:]

    def text(at):
        return strings[at:strings.index(b"\0", at)].decode()
    entries = [struct.unpack_from("<III", data, 20 + 12 * at) for at in range(count + lines)]
    return (magic, version, [(at, length, text(name)) for at, length, name in entries[:count]],
            [(at, text(name), line) for at, name, line in entries[count:]])


class Table(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "t.c").write_text(SOURCE)
        self.elf = self.folder / "t.elf"
        subprocess.run(["clang-19", "--target=x86_64-unknown-none-elf", "-g", "-gdwarf-4", "-O1", "-fPIE", "-fno-inline", "-c", "t.c",
                        "-ffile-prefix-map=" + str(self.folder) + "=.", "-o", "t.o"], cwd=self.folder, check=True)
        subprocess.run(["ld.lld-19", "-static", "-pie", "--no-dynamic-linker", "-e", "first", "t.o", "-o", str(self.elf)],
                       cwd=self.folder, check=True)

    def make(self, *more):
        out = self.folder / "t.sym"
        symbols.main([*more, str(self.elf), str(out)])
        return out.read_bytes()

    def test_functions_and_lines(self):
        magic, version, functions, lines = read(self.make())
        self.assertEqual((magic, version), (b"FSYM", 1))
        self.assertEqual([name for _, _, name in functions], ["first", "second"])
        self.assertTrue(all(size > 0 for _, size, _ in functions))
        self.assertEqual(sorted(at for at, _, _ in lines), [at for at, _, _ in lines])
        second = functions[1][0]
        inside = [place for place in lines if second <= place[0] < second + functions[1][1]]
        self.assertTrue(inside)
        self.assertTrue(all(name.endswith("t.c") and 7 <= line <= 10 for _, name, line in inside), inside)

    def test_without_lines_and_twice_the_same(self):
        self.assertEqual(read(self.make("--no-lines"))[3], [])
        self.assertEqual(self.make(), self.make())


if __name__ == "__main__":
    unittest.main()
