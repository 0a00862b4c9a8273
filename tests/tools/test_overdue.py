# SPDX-License-Identifier: Apache-2.0
"""What might wait for ever is ended, and said (tools/run/overdue.py, tools/run/scenarios.py)."""

import subprocess
import sys
import textwrap
import threading
import unittest
from pathlib import Path

from tools.run import overdue, scenarios

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 30


class FakeMachine:
    def __init__(self):
        self.off = threading.Event()

    def kill(self):
        self.off.set()

    def running(self):
        return not self.off.is_set()


class FakeGuest(scenarios.Guest):
    """Its machine is on, and prints nothing."""

    def __init__(self):
        super().__init__(None, {})
        self.machine = FakeMachine()

    def console(self):
        return ""

    def state(self):
        return "all stand" if self.running() else self.last_state


class FakeScenario:
    name, limit = "fake", 0.1

    def __init__(self, run):
        self.run = run


class Overdue(unittest.TestCase):
    def test_what_ends_in_time_is_left_alone(self):
        cuts = []
        with overdue.limit(LIMIT, "quick", lambda: cuts.append(1)):
            pass
        self.assertEqual(cuts, [])

    def test_a_scenario_that_waits_for_ever_fails_and_says_why(self):
        def run(guest):
            self.assertTrue(guest.machine.off.wait(LIMIT))
            raise scenarios.Failure("the machine is gone")
        said = scenarios.attempt(FakeScenario(run), FakeGuest())
        self.assertRegex(said, r"(?s)^it did not end within 0.1 s\n.*the machine is gone")

    def test_it_says_where_the_guest_stood_before_it_was_turned_off(self):
        def fail(guest):
            raise scenarios.Failure("no answer")

        def wait(guest):
            self.assertTrue(guest.machine.off.wait(LIMIT))
            fail(guest)
        for run, limit in ((wait, 0.1), (fail, LIMIT)):
            one = FakeScenario(run)
            one.limit = limit
            self.assertRegex(scenarios.attempt(one, FakeGuest()), r"(?s)no answer\n.*where it stood:\n    \| all stand$")

    def test_a_scenario_whose_time_is_up_boots_no_more(self):
        def run(guest):
            self.assertTrue(guest.machine.off.wait(LIMIT))
            guest.machine = None
            guest.boot()
        said = scenarios.attempt(FakeScenario(run), FakeGuest())
        self.assertIn("its time was up before a boot", said)

    def test_what_cannot_be_cut_short_ends_the_process_with_its_stacks(self):
        program = textwrap.dedent("""
            import threading
            from tools.run import overdue

            def stands_still():
                threading.Event().wait()

            with overdue.limit(0.1, "the deaf", lambda: None, lambda: print("last words", flush=True), grace=1):
                stands_still()
            """)
        done = subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "last words\n")
        self.assertIn("the deaf does not end", done.stderr)
        self.assertIn("in stands_still", done.stderr)


if __name__ == "__main__":
    unittest.main()
