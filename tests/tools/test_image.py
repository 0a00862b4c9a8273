# SPDX-License-Identifier: Apache-2.0
"""The image builder: what it refuses, and that it builds the same bytes twice."""

import re
import struct
import tempfile
import tomllib
import unittest
from pathlib import Path

from tools.cli.options import ROOT
from tools.image import build, change, contents, elf, facts, layout
from tools.image.crc32c import crc32c
from tools.image.manifest import Reader
from tools.image.plan import Planner
from tools.image.schema import Problems

ABI = ROOT / "abi"
LIMITS = "[limits]\nmemory_kib = 512\nobjects = 8\ncaps = 8\nthreads = 2\n"
PORTS = '[[grant]]\nname = "ports"\nkind = "ioport"\nrights = ["READ"]\nbase = {}\ncount = 8\n'


def program(flags=(4, 5, 6), entry=0x1010, order="<"):
    """A small ELF64 file with one page for each segment."""
    data = b"\x7fELF\x02" + (b"\x01" if order == "<" else b"\x02") + b"\x01" + bytes(9)
    data += struct.pack(order + "HHIQQQIHHHHHH", 3, 62, 1, entry, 64, 0, 0, 64, 56, len(flags), 64, 0, 0)
    for at, flag in enumerate(flags):
        data += struct.pack(order + "IIQQQQQQ", 1, flag, at * 4096, at * 4096, 4096, 4096, 4096, 4096)
    return data.ljust(4096 * len(flags), b"\0")


class Tree(unittest.TestCase):
    """A source tree of its own, with an image description and manifests."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        (self.root / "programs").mkdir()
        self.put_program("init")

    def put_program(self, name, data=None):
        (self.root / "programs" / name).write_bytes(data or program())
        (self.root / "programs" / f"{name}.sym").write_bytes(b"FSYM")

    def service(self, name, text=LIMITS):
        path = self.root / "userspace" / name / "manifest.toml"
        path.parent.mkdir(parents=True)
        path.write_text(f'name = "{name}"\ndescription = "x"\n{text}')
        self.put_program(name)

    def image(self, services, text="", limits="memory_kib = 4096\nobjects = 99\ncaps = 99\nthreads = 9\n"):
        names = ", ".join(f'"{name}"' for name in services)
        path = self.root / "default.image"
        path.write_text(f'name = "default"\ndescription = "x"\nservices = [{names}]\n{text}\n[limits]\n{limits}')
        problems = Problems()
        planner = Planner(self.root, ABI, problems)
        plan = planner.plan(path)
        found = build.programs(plan, self.root / "programs", problems) if plan else {}
        self.problems = "\n".join(problems.lines)
        return (plan, found, planner.reader) if not problems.lines else None

    def refused(self, services, *parts, **more):
        self.assertIsNone(self.image(services, **more))
        for part in parts:
            self.assertIn(part, self.problems)


class Help(unittest.TestCase):
    UNTOLD = {"loader", "keeper", "conform", "wakeup", "bench", "files-test", "torture", "trial-next", "trial-broken", "fresh"}

    def test_help_tells_of_every_program_that_is_for_people(self):
        image = tomllib.loads((ROOT / "image" / "default.image").read_text())
        told = re.findall(r'^\t\{ "([a-z-]+)", ', (ROOT / "userspace" / "apps" / "shell" / "help.c").read_text(), re.MULTILINE)
        self.assertEqual(set(image["programs"]) - self.UNTOLD - set(told), set())
        self.assertEqual(told, sorted(told))


class Plans(Tree):
    def test_the_device_found_chooses_among_programs(self):
        drivers = '[device]\nclass = "serial"\n[[device.driver]]\nprogram = "b"\nmatch = ["x", "y"]\n'
        self.service("a", LIMITS + drivers + '[[device.driver]]\nprogram = "c"\nmatch = ["z"]\n')
        self.refused(["a"], "there is no program b", "there is no program c")
        self.put_program("b")
        self.put_program("c")
        plan, found, reader = self.image(["a"])
        self.assertEqual(plan.services[0].device.matches, [("x", "b"), ("y", "b"), ("z", "c")])
        self.assertEqual(set(found), {"init", "b", "c"})
        record = reader.pack(plan.services[0], "<")
        self.assertTrue(record.index(b"x\0") < record.index(b"bin/b\0", record.index(b"x\0")) < record.index(b"bin/c\0"))
        self.service("d", LIMITS + drivers + 'x = 1\n')
        self.refused(["d"], "unknown key `x'")
        self.service("e", LIMITS + drivers.replace('"x", "y"', '"1", "2", "3", "4"') +
                     '[[device.driver]]\nprogram = "c"\nmatch = ["5", "6", "7"]\n')
        self.refused(["e"], "at most 6 names of devices together")

    def test_same_input_same_bytes(self):
        self.service("a", 'provides = "/a"\n' + LIMITS + PORTS.format(16))
        first, second = (build.assemble(*self.image(["a"]), ABI) for _ in range(2))
        self.assertEqual(first, second)
        names = [entry[0] for entry in contents.entries(first)]
        self.assertEqual(names, ["init", "init.segments", "bin/a", "manifest/a", "sym/init", "sym/a"])
        self.assertTrue(all(entry[4] for entry in contents.entries(first)))

    def test_an_image_has_its_programs_order_of_bytes(self):
        self.service("a", 'provides = "/a"\n' + LIMITS + PORTS.format(16))
        little = build.assemble(*self.image(["a"]), ABI)
        for name in ("init", "a"):
            self.put_program(name, program(order=">"))
        big = build.assemble(*self.image(["a"]), ABI)
        shown = contents.entries(big)
        self.assertEqual([entry[:4] for entry in shown], [entry[:4] for entry in contents.entries(little)])
        self.assertTrue(all(entry[4] for entry in shown))
        self.assertEqual(big[:8], little[:8][::-1])
        at = next(entry[2] for entry in shown if entry[0] == "manifest/a")
        self.assertEqual(struct.unpack_from(">4I", big, at), struct.unpack_from("<4I", little, at))
        self.assertNotEqual(big[at:at + 16], little[at:at + 16])
        at = next(entry[2] for entry in shown if entry[0] == "init.segments")
        self.assertEqual(struct.unpack_from(">3QII4QII", big, at), struct.unpack_from("<3QII4QII", little, at))
        content = bytes(len(program()))
        self.assertEqual(change.with_content(big, "bin/a", content)[:8], big[:8])
        self.assertTrue(all(entry[4] for entry in contents.entries(change.with_content(big, "bin/a", content))))
        with self.assertRaisesRegex(ValueError, "not a system image"):
            contents.entries(b"F" + big[1:])

    def test_programs_of_another_order_are_refused(self):
        self.service("a", LIMITS)
        self.put_program("a", program(order=">"))
        self.refused(["a"], "is big-endian; expected the order of bytes of init")

    def test_unknown_service_names_the_nearest(self):
        self.service("console")
        self.refused(["consol"], "consol", "did you mean `console'?")

    def test_unknown_key(self):
        self.service("a", "priorty = 3\n" + LIMITS)
        self.refused(["a"], "unknown key `priorty'", "`priority'")

    def test_a_group_goes_as_high_as_its_service_at_least(self):
        self.service("a", "priority = 90\n" + LIMITS + "priority = 80\n")
        self.refused(["a"], "`priority'", "from 90 to 255")
        self.service("b", "priority = 90\n" + LIMITS + "priority = 100\n")
        plan, _, _ = self.image(["b"])
        self.assertEqual([(m.priority, m.max_priority) for m in plan.services], [(90, 100)])

    def test_unknown_right_and_kind(self):
        self.service("a", LIMITS + '[[grant]]\nname = "k"\nkind = "klog"\nrights = ["REED"]\n')
        self.refused(["a"], "has no right REED", "`READ'")
        self.service("b", LIMITS + '[[grant]]\nname = "k"\nkind = "everything"\nrights = ["READ"]\n')
        self.refused(["b"], "'everything'", "ioport")

    def test_ranges_that_overlap(self):
        self.service("a", LIMITS + PORTS.format(0x3f8))
        self.service("b", LIMITS + PORTS.format(0x3ff))
        self.refused(["a", "b"], "overlaps", "0x3f8..0x3ff of a")

    def test_ranges_that_touch_are_fine(self):
        self.service("a", LIMITS + PORTS.format(0x3f8))
        self.service("b", LIMITS + PORTS.format(0x400))
        self.assertIsNotNone(self.image(["a", "b"]), self.problems)

    def test_a_device_has_one_driver(self):
        device = '[device]\nclass = "serial"\nnumber = {}\nmatch = ["ns16550a"]\n'
        self.service("a", LIMITS + device.format(0))
        self.service("b", LIMITS + device.format(1))
        self.assertIsNotNone(self.image(["a", "b"]), self.problems)
        self.service("c", LIMITS + device.format(1))
        self.refused(["a", "b", "c"], "[device] serial 1 is driven by b")

    def test_a_device_is_named(self):
        self.service("a", LIMITS + '[device]\nclass = "serial"\nmatch = []\n')
        self.refused(["a"], "`match'")
        self.service("b", LIMITS + '[device]\nclass = "serial"\nmatch = ["two words"]\n')
        self.refused(["b"], "`match'")
        self.service("c", LIMITS + '[device]\nclass = "serial"\nmatch = ["x"]\n' + PORTS.format(0))
        self.refused(["c"], "a grant is named ports, as what comes with the device")

    def test_range_past_the_end(self):
        self.service("a", LIMITS + PORTS.format(0xfffc))
        self.refused(["a"], "`count'")

    def test_circle_of_needs_and_of_calls(self):
        for key in ("needs", "calls"):
            with self.subTest(key):
                self.service(f"{key}1", f'provides = "/{key}1"\n{key} = ["{key}2"]\n{LIMITS}')
                self.service(f"{key}2", f'provides = "/{key}2"\n{key} = ["{key}1"]\n{LIMITS}')
                self.refused([f"{key}1", f"{key}2"], f"`{key}' go in a circle", "->")

    def test_call_to_what_is_not_there_or_serves_nothing(self):
        self.service("a", 'calls = ["b", "c"]\n' + LIMITS)
        self.service("b")
        self.refused(["a", "b"], "b provides nothing", "no service c")

    def test_path_provided_twice(self):
        self.service("a", 'provides = "/x"\n' + LIMITS)
        self.service("b", 'provides = "/x"\n' + LIMITS)
        self.refused(["a", "b"], "/x", "paths are unique")

    def test_names_used_twice(self):
        self.service("a")
        self.refused(["a", "a"], "names a twice")
        copy = self.root / "userspace" / "b" / "manifest.toml"
        copy.parent.mkdir()
        copy.write_text('name = "a"\n')
        self.refused(["a"], "the name a is taken")

    def test_quotas_add_up(self):
        self.service("a")
        self.refused(["a"], "memory_kib is 100", "add up to 512", limits="memory_kib = 100\nobjects = 99\ncaps = 99\nthreads = 9\n")

    def test_no_limit_must_be_said(self):
        self.service("a", "")
        self.refused(["a"], "[limits] has no `memory_kib'")
        self.assertIsNotNone(self.image(["a"], 'unlimited = ["a"]'), self.problems)

    def test_program_that_is_not_built_or_malformed(self):
        self.service("a", 'program = "b"\n' + LIMITS)
        self.refused(["a"], "there is no program b")
        self.put_program("b", program(flags=(7,)))
        self.refused(["a"], "writable and executable")

    def test_reserved_and_repeated_handle_names(self):
        grant = '[[grant]]\nname = "{0}"\nkind = "klog"\nrights = ["READ"]\n'
        self.service("a", LIMITS + grant.format("stdin") + grant.format("x") * 2)
        self.refused(["a"], "named stdin", "two grants are named x")

    def test_not_toml(self):
        self.service("a", "]\n")
        self.refused(["a"], "not valid TOML")

    def test_files(self):
        (self.root / "motd").write_text("hi\n")
        found = self.image([], '[[file]]\npath = "etc/motd"\nfrom = "motd"\n')
        self.assertIn(("etc/motd", "file"), [entry[:2] for entry in contents.entries(build.assemble(*found, ABI))])
        self.refused([], "relative path", text='[[file]]\npath = "../x"\nfrom = "motd"\n')


class Parts(unittest.TestCase):
    def test_crc_of_the_check_string(self):
        self.assertEqual(crc32c(b"123456789"), 0xe3069283)

    def test_every_kind_of_grant_of_the_header_is_known(self):
        reader = Reader(ABI, Problems())
        from tools.image.manifest import OBJECT_TYPES
        self.assertEqual(set(reader.kinds) - {"none", "kind-count"}, set(OBJECT_TYPES))
        self.assertLessEqual(set(OBJECT_TYPES.values()), set(facts.rights(ABI)))

    def test_init_entry(self):
        limit = facts.constants(layout.HEADER)
        prot = facts.flags(ABI, "map_flags")
        entry = layout.init_entry(program(), 0x5000, 0x10000, prot, limit)
        self.assertEqual(struct.unpack_from("<3QII", entry), (0x1010, 0x3000, 0x10000, 3, 0))
        self.assertEqual(struct.unpack_from("<4QII", entry, 32 + 40),
                         (0x6000, 0x1000, 0x1000, 0x1000, prot["READ"] | prot["EXECUTE"], 0))
        with self.assertRaisesRegex(elf.ElfError, "entry that is in no executable segment"):
            layout.init_entry(program(entry=0x10), 0x5000, 0x10000, prot, limit)

    def test_another_class_or_order_is_named(self):
        for at, value, found in ((4, 1, "class 32 and little-endian"), (4, 9, "class none"), (5, 9, "class 64 and in no known order")):
            data = bytearray(program())
            data[at] = value
            with self.assertRaisesRegex(elf.ElfError, f"{found}.*; expected class 64, and little- or big-endian"):
                elf.segments(bytes(data))

    def test_truncated_program(self):
        for length in (0, 10, 63, 100, 5000):
            with self.assertRaises(elf.ElfError):
                elf.segments(program()[:length])


if __name__ == "__main__":
    unittest.main()
