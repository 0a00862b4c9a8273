# SPDX-License-Identifier: Apache-2.0
"""What a build leaves out is not in it, looked for in the binary: the event recorder with TRACE=off, and counting what
is run in all profiles but those for testing."""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The two system calls are part of the contract: they are there and say NOT_SUPPORTED.
STAY = {"syscall_trace_ring", "syscall_trace_control"}
FUNCTION = re.compile(r"^(?:static |NORETURN |\[\[nodiscard\]\] |__attribute__\(\(noinline\)\) )*[a-z][\w ]*[ *](\w+)\([^;]*$", re.MULTILINE)
OBJECT = re.compile(r"^(?:static )?(?:struct )?\w+ \*?(\w+)(?:\[\w+\])?(?: = [^;]*)?;", re.MULTILINE)


def names_of_the_recorder():
    """Functions and variables that kernel/core/trace defines."""
    names = set()
    for path in (ROOT / "kernel/core/trace").glob("*.c"):
        text = path.read_text()
        names |= set(FUNCTION.findall(text)) | set(OBJECT.findall(text))
    return names


def addresses_of(kernel):
    """name: address, of every symbol that has one."""
    text = subprocess.run(["llvm-nm-19", str(kernel)], capture_output=True, text=True, check=True).stdout
    return {words[2]: int(words[0], 16) for words in map(str.split, text.splitlines()) if len(words) == 3}


class LeftOut(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        out = Path(cls.folder.name)
        done = subprocess.run(["make", "-s", "-C", str(ROOT), f"-j{os.cpu_count() or 1}", f"OUT={out}", "TRACE=off",
                               f"PYTHON={sys.executable} -B", "kernel"], capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"the kernel does not build with TRACE=off:\n{done.stderr[-3000:]}")
        kernel = out / "x86_64-release-untraced" / "kernel.elf"
        listed = subprocess.run(["llvm-nm-19", "--format=just-symbols", str(kernel)], capture_output=True, text=True, check=True)
        cls.symbols = {name.removeprefix("__cfi_") for name in listed.stdout.split()}
        cls.addresses = addresses_of(kernel)
        cls.sections = subprocess.run(["llvm-readelf-19", "-S", "-W", str(kernel)], capture_output=True, text=True, check=True).stdout
        stripped = out / "stripped"
        subprocess.run(["llvm-objcopy-19", "--strip-all", str(kernel), str(stripped)], check=True)
        cls.image = stripped.read_bytes()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_no_symbol_of_the_recorder(self):
        names = names_of_the_recorder()
        for sure in ("trace_emit_by", "introduce", "trace_notify", "rings", "trace_classes", "ring_make"):
            self.assertIn(sure, names, "what this test takes for names of the recorder")
        self.assertEqual(names & self.symbols, STAY)
        self.assertEqual({name for name in self.symbols if re.match(r"event_|show_event|enter_traced", name)}, set())

    def test_a_release_kernel_counts_nothing(self):
        self.assertEqual({name for name in self.symbols if "sancov" in name or "sanitizer" in name}, set())
        self.assertNotIn("give_coverage", self.symbols)
        self.assertLessEqual({"kernel_coverage_start", "kernel_coverage_end", "hal_boot_memory"}, self.symbols)
        self.assertEqual(self.addresses["kernel_coverage_start"], self.addresses["kernel_coverage_end"])
        self.assertNotIn("coverage", self.sections)

    def test_no_text_of_an_event(self):
        self.assertIn(b"The machine is stopped.", self.image, "texts of the kernel can be found")
        self.assertNotIn(b"last events of this processor", self.image)
        for event in tomllib.loads((ROOT / "abi/events.toml").read_text())["event"]:
            for text in {event["name"].encode() + b"\0", event["text"].encode()}:
                if len(text) > 8:
                    self.assertNotIn(text, self.image)


if __name__ == "__main__":
    unittest.main()
