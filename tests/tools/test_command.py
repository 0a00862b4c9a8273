# SPDX-License-Identifier: Apache-2.0
"""The command line: what is mistyped gets one clear line and status 2."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from tools.cli import options
from tools.cli.commands import COMMANDS, bench, boot as boots, test as tests
from tools.cli.options import ROOT, ToolError, UsageError
from tools.run import qemu, scenarios, ways


def ferrous(*words):
    return subprocess.run([str(ROOT / "ferrous"), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)


class CommandLine(unittest.TestCase):
    def refused(self, words, *parts):
        done = ferrous(*words)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def test_mistyped_command_names_the_nearest(self):
        self.refused(["tets"], "tets", "did you mean test?")

    def test_mistyped_option_names_the_nearest(self):
        self.refused(["run", "--mme", "1G"], "--mme", "did you mean --mem?")

    def test_mistyped_value_names_the_nearest(self):
        self.refused(["build", "--profile=debgu"], "debgu", "did you mean debug?")

    def test_values_out_of_range_say_what_is_expected(self):
        self.refused(["run", "--smp", "0"], "1 to 32")
        self.refused(["run", "--mem", "12"], "256M")
        self.refused(["run", "--image", "nix"], "expected one of", "default")
        self.refused(["run", "--arch", "m68k"], "expected one of", "aarch64")
        self.refused(["run", "--boot", "raw"], "x86_64", "impossible", "boot_ways.toml")

    def test_a_share_is_a_folder(self):
        self.refused(["run", "--share", "/nowhere"], "--share /nowhere", "a folder that exists")
        self.refused(["exec", "--share", str(ROOT / "README.md"), "ls"], "that is a file")

    def test_an_option_is_given_once(self):
        self.refused(["exec", "--smp", "1", "--smp=4", "ls"], "--smp is given twice", "1, then 4")

    def test_what_qemu_complains_of_is_shown(self):
        machine = mock.Mock(**{"running.return_value": False, "complaint.return_value": "no such netdev", "console.text.return_value": "up\n"})
        self.assertEqual(boots.what_it_said(machine), "QEMU ended and said: no such netdev\nits console said:\nup")
        machine.running.return_value = True
        self.assertEqual(boots.what_it_said(machine), "its console said:\nup")

    def test_missing_value_and_missing_word(self):
        self.refused(["run", "--smp"], "--smp N")
        self.refused(["exec"], "COMMAND")
        self.refused(["clean", "all"], "`all'", "too many")

    def test_help_of_every_command(self):
        self.assertEqual(ferrous("help").returncode, 0)
        for name in COMMANDS:
            for words in (["help", name], [name, "--help"]):
                done = ferrous(*words)
                self.assertEqual(done.returncode, 0)
                for option in ("--arch", "--boot", "--profile", "--smp", "--mem", "--image"):
                    self.assertIn(option, done.stdout)


class Parsing(unittest.TestCase):
    def test_common_options_mean_the_same_for_every_command(self):
        words = ["--smp=4", "--mem", "2g", "--profile", "debug"]
        for command in COMMANDS.values():
            args = options.parse(command, words + ["x"] * command.minimum)
            self.assertEqual((args.smp, args.mem, args.profile, args.arch), (4, "2048M", "debug", "x86_64"))

    def test_words_after_two_dashes_are_no_options(self):
        self.assertEqual(options.parse(COMMANDS["exec"], ["--", "ls", "--smp"]).rest, ["ls", "--smp"])

    def test_switch_takes_no_value(self):
        with self.assertRaises(UsageError):
            options.parse(COMMANDS["run"], ["--verbose=1"])


class Machines(unittest.TestCase):
    BOOT = ways.Boot("x86_64", "uefi", Path("disk.img"))

    def test_firmware_is_looked_for_once_for_machines_that_start_together(self):
        args = options.parse(COMMANDS["test"], ["--jobs", "2"])
        with mock.patch.object(tests.work, "boot_of", return_value=self.BOOT) as boot_of, \
                mock.patch.object(tests, "conforms", side_effect=lambda name, boot, mem: tests.Tally(passed=boot == self.BOOT)):
            self.assertEqual(tests.others_conform(args, {"a": {}, "b": {}}).passed, 2)
        boot_of.assert_called_once()

    def test_commands_that_boot_for_a_person_take_disks_and_shares(self):
        for name in ("run", "exec", "debug", "trace"):
            command = COMMANDS[name]
            args = options.parse(command, ["--share", str(ROOT)] + ["x"] * command.minimum)
            self.assertEqual(boots.config(args, self.BOOT).share, ROOT)

    def test_with_an_iommu_devices_that_write_to_memory_go_by_it(self):
        args = options.parse(COMMANDS["exec"], ["--iommu", "--share", str(ROOT), "x"])
        with mock.patch.object(qemu, "has_device", return_value=True), mock.patch.object(qemu, "from_disk", return_value=[]), \
                tempfile.TemporaryDirectory() as folder:
            words = qemu.command(boots.config(args, self.BOOT), folder, "null", "null")
        virtio = [word for word in words if word.startswith("virtio-")]
        self.assertTrue(virtio)
        self.assertTrue(all("iommu_platform=on" in word for word in virtio), virtio)
        self.assertLess(words.index("intel-iommu,intremap=off"), min(words.index(word) for word in virtio))

    def test_queues_are_packed_if_that_is_asked_for(self):
        for words, count in ((["x"], 0), (["--rings", "packed", "x"], 1)):
            with mock.patch.object(qemu, "from_disk", return_value=[]), tempfile.TemporaryDirectory() as folder:
                found = qemu.command(boots.config(options.parse(COMMANDS["exec"], words), self.BOOT), folder, "null", "null")
            self.assertEqual(sum("packed=on" in word for word in found), count)

    def test_an_iommu_may_be_the_machines_own(self):
        args = options.parse(COMMANDS["exec"], ["--iommu", "--arch", "aarch64", "x"])
        words = qemu.command(boots.config(args, ways.Boot("aarch64", "raw", Path("x"))), "", "null", "null")
        self.assertIn("virt,gic-version=3,iommu=smmuv3", words)
        self.assertNotIn("intel-iommu,intremap=off", words)

    def test_riscv64_has_another_qemu_with_an_iommu_only(self):
        boot = ways.Boot("riscv64", "raw", Path("x"), newer_qemu=Path("newer"))
        for given, program, machine in ((["--iommu"], "newer", "virt,iommu-sys=on"), ([], "qemu-system-riscv64", "virt")):
            args = options.parse(COMMANDS["exec"], [*given, "--arch", "riscv64", "x"])
            words = qemu.command(boots.config(args, boot), "", "null", "null")
            self.assertEqual((words[0], words[words.index("-machine") + 1]), (program, machine))

    def test_scenarios_ask_for_that_qemu_only_if_one_needs_it(self):
        boot, newer = ways.Boot("riscv64", "raw", Path("x")), ways.Boot("riscv64", "raw", Path("x"), newer_qemu=Path("newer"))
        args = options.parse(COMMANDS["test"], ["--suite", "scenarios", "--arch", "riscv64"])
        for name, given in (("commands[pipe]", boot), ("iommu[without interrupts]", newer)):
            with mock.patch.object(tests.work, "boot_of", return_value=boot), mock.patch.object(qemu, "has", return_value=set()), \
                    mock.patch.object(tests.work, "with_newer", side_effect=lambda args, boot, needs: newer if "iommu" in needs else boot), \
                    mock.patch.object(scenarios, "run_all", return_value=[]) as run:
                tests.scenario(args, [name])
            self.assertEqual([one.name for one in run.call_args[0][0]], [name])
            self.assertEqual(run.call_args[0][1], given)

    def test_devices_in_memory_have_a_page_each(self):
        boot = ways.Boot("aarch64", "raw", Path("bundle"), Path("loader"))
        args = options.parse(COMMANDS["exec"], ["--arch", "aarch64", "--bus", "mmio", "--net", "user", "--share", str(ROOT), "x"])
        with mock.patch.object(qemu, "has_device", return_value=True):
            words = qemu.command(boots.config(args, boot), "", "null", "null")
        found = [word for word in words if word.startswith("virtio-") and "-device," in word]
        self.assertEqual(sorted(word.split(",")[1] for word in found), [f"bus=virtio-mmio-bus.{n}" for n in (0, 16, 24)])
        for wrong in (["x"], ["--iommu", "--arch", "aarch64", "x"]):
            with self.assertRaisesRegex(UsageError, "--bus"):
                boots.config(options.parse(COMMANDS["exec"], ["--bus", "mmio", *wrong]), self.BOOT)

    def test_a_disk_may_be_of_nvme(self):
        for bus, driver in (("pci", "virtio-blk-pci"), ("nvme", "nvme")):
            args = options.parse(COMMANDS["exec"], ["--bus", bus, "--disk", str(ROOT / "HOUSE.md"), "--net", "user", "x"])
            words = qemu.disk(boots.config(args, self.BOOT))
            self.assertEqual([word.split(",")[0] for word in words if "drive=disk" in word], [driver])
            self.assertIn("virtio-net-pci", " ".join(qemu.network(boots.config(args, self.BOOT))))
        boot = ways.Boot("aarch64", "raw", Path("bundle"), Path("loader"))
        with self.assertRaisesRegex(UsageError, "aarch64 has not; those of x86_64 have"):
            boots.config(options.parse(COMMANDS["exec"], ["--arch", "aarch64", "--bus", "nvme", "x"]), boot)

    def test_what_an_iommu_costs_is_not_measured_in_another_qemu(self):
        with self.assertRaisesRegex(ToolError, "takes another QEMU"):
            bench.special(options.parse(COMMANDS["bench"], ["--disk", "--iommu", "--arch", "riscv64"]))

    def test_a_folder_is_shared_whatever_it_is_called(self):
        with mock.patch.object(qemu, "has_device", return_value=True):
            words = qemu.share(qemu.Config(boot=self.BOOT, share=Path("/a,b")), "qemu-system-x86_64")
        self.assertIn("path=/a,,b,", words[1])

    def test_qemu_without_virtfs_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "qemu-system-x86_64"
            program.write_text("#!/bin/sh\necho 'name \"virtio-net-pci\", bus PCI'\n")
            os.chmod(program, 0o755)
            with self.assertRaisesRegex(qemu.MachineError, "built without VirtFS"):
                qemu.share(qemu.Config(boot=self.BOOT, share=Path(folder)), str(program))
            self.assertTrue(qemu.has_device(str(program), "virtio-net-pci"))


if __name__ == "__main__":
    unittest.main()
