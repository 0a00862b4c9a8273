# SPDX-License-Identifier: Apache-2.0
"""What is made of the words of the guest's `torture' (tools/run/torture.py)."""

import tempfile
import time
import unittest
from pathlib import Path

from tools.run import control, qemu, torture, ways

WHOLE = "speed undisturbed 4000 2000000 0\nspeed killed 3000 2000000 40\n0 lost\n"


class Speeds(unittest.TestCase):
    def test_both_are_found(self):
        found, lost = torture.speeds(WHOLE)
        self.assertEqual((found, lost), ({"undisturbed": (4000, 2000000, 0), "killed": (3000, 2000000, 40)}, ""))
        self.assertEqual(torture.speed_share(found), 75)
        self.assertRegex(torture.speed_table({"rings": found}), r"(?m)^rings, killed +3,000 +2,000 +1,500 +40$")

    def test_what_is_not_whole_is_lost(self):
        for text in (WHOLE.replace("0 lost", "1 lost"), WHOLE.replace("0 lost", ""), WHOLE.replace("speed killed", "killed"), ""):
            self.assertEqual(torture.speeds(text)[1], text)


class Agent:
    """Answers every command with the same text."""

    def __init__(self, text):
        self.text = text

    def run(self, command, output, limit):
        output(self.text.encode())
        return 0


class Silent(Agent):
    def run(self, command, output, limit):
        raise control.ControlError(f"the command did not end within {limit} s")


class Slow(unittest.TestCase):
    TEXT = ("back pipe 700 alone\nback disk0 950 alone\r\nslow disk0 950 2000100000\r\n"
            "2.000100 cpu 0 keeper: process_kill\r\nnot an event\n2.001250 cpu 1 disk0: receive\n"
            "slow end\r\nback pipe 900 inits\n0 lost\n")

    def test_what_was_done_meanwhile_is_told_apart(self):
        result = torture.Result()
        result.add(self.TEXT, 3)
        self.assertEqual(result.slow, ["disk0 was away for 950 us; since the order to kill it, in us:\n"
                                       "     0 cpu 0 keeper: process_kill\n  1150 cpu 1 disk0: receive"])
        self.assertEqual((result.recoveries(), result.lost, result.back_us["pipe"]["inits"]), (3, "", [900]))

    def test_it_is_asked_for(self):
        self.assertEqual(torture.command(7, ("a", "b"), 0), "torture kill 7 3 3000 --slow 0 a b")
        self.assertEqual(torture.command(7, ("a", "b")), "torture kill 7 3 3000 a b")


class Rounds(unittest.TestCase):
    def test_who_is_killed_is_every_service_that_runs_and_whom_init_starts(self):
        names, carriers = torture.services(Agent("uart1 running 9 0 - /dev/uart1\n  agent running 8 0 - -\n"
                                                 "tmpfs running 5 0 - /tmp\nshare absent - 0 - /share\n"))
        self.assertEqual((sorted(names), sorted(carriers)), (["keeper", "loader", "tmpfs"], ["agent", "uart1"]))

    def test_recoveries_of_rounds_are_gathered(self):
        result = torture.Result()
        result.add("back tmpfs 500 alone\nback pipe 700 alone\n0 lost\n", 3)
        result.add("back tmpfs 900 pair\nback tmpfs 600 alone\n0 lost\n", 4)
        self.assertEqual(result.back_us, {"tmpfs": {"alone": [500, 600], "pair": [900], "inits": []},
                                          "pipe": {"alone": [700], "pair": [], "inits": []}})
        self.assertEqual((result.rounds, result.lost, result.recoveries()), (2, "", 4))
        self.assertRegex(torture.table(result), r"(?m)^pipe +1 +700 +700( +0 +- +-){2}$")
        self.assertRegex(torture.table(result), r"(?m)^tmpfs +2 +600 +600 +1 +900 +900 +0 +- +-$")
        end = time.monotonic() + 1000
        for count, goes_on in ((1, False), (2, True)):
            self.assertEqual(result.goes_on(("tmpfs", "pipe"), end, count), goes_on)
        self.assertTrue(result.goes_on(("never",), end, 1))
        self.assertFalse(result.goes_on(("never",), time.monotonic() - 1, 1))
        result.add("back tmpfs 600 alone\n2 lost\n", 5)
        self.assertIn("seed 5", result.lost)

    def test_the_end_of_the_log_is_told_whatever_it_holds(self):
        self.assertEqual(torture.log_end(Agent("a" * 9000 + "b\n")), "a" * (torture.LOG_END - 2) + "b\n")
        self.assertEqual(torture.log_end(Silent("")), "the command did not end within 900 s")

    def test_faults_are_added_up_by_kind(self):
        faults = torture.Faults()
        for _ in range(2):
            faults.add("faults loop quiet 3 late 1 wrong 0 died 1 hung 2 executed 5 unnoticed 2\nrecovered 3 of 3\n0 lost\n")
        self.assertEqual((faults.kinds, faults.recovered, faults.away, faults.lost), ({"loop": (6, 2, 0, 2, 4, 10, 4)}, 6, 6, ""))
        self.assertEqual((faults.injected(), faults.executed(), faults.detected()), (14, 10, 6))
        self.assertRegex(torture.fault_table(faults), r"(?m)^loop +14 +10 +0 +2 +4 +4 +2$")
        faults.add("the machine stopped\n", 9)
        self.assertIn("seed 9", faults.lost)

    def test_drivers_that_an_iommu_keeps_are_changed_where_there_is_one(self):
        self.assertNotIn("disk0", torture.fault_command(1, 5))
        for arch, way, net in (("x86_64", "uefi", "user"), ("riscv64", "raw", "")):
            with tempfile.TemporaryDirectory() as folder:
                config = qemu.Config(boot=ways.Boot(arch, way, Path("x")), iommu=True)
                config = torture.with_devices(config, Path("disk"), folder)
                self.assertEqual((config.share, config.net), (Path(folder), net))
                self.assertTrue((Path(folder) / torture.KNOWN_FILE).read_text().startswith("known"))
            victims = torture.fault_victims(config)
            self.assertIn("disk0", victims)
            self.assertEqual("net0" in victims, bool(net), "who drives nothing cannot be changed")


if __name__ == "__main__":
    unittest.main()
