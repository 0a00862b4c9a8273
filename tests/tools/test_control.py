# SPDX-License-Identifier: Apache-2.0
"""The control line's host side, against a pretended guest."""

import subprocess
import tempfile
import threading
import unittest

from tools.run import qemu
from tools.run.control import Control, ControlError, last_words


class Line:
    """Stands for qemu.Line: bytes are put in by the test, whole or in pieces."""

    def __init__(self):
        self.data, self.closed, self.sent = bytearray(), False, b""
        self.changed = threading.Condition()

    def send(self, data):
        self.sent += data

    def wait(self, ready, limit):
        return ready(self.data)


class Machine:
    def __init__(self):
        self.control, self.console, self.crashed = Line(), Line(), ""

    def wait_end(self, limit):
        return True

    def crash(self):
        return self.crashed


class Frames(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.line, self.agent, self.output = self.machine.control, Control(self.machine), bytearray()

    def run_with(self, answer):
        self.line.data += answer
        return self.agent.run("ls /", self.output.extend, 1)

    def test_request_carries_its_length_in_bytes(self):
        self.line.data += b"end 0\n"
        self.agent.run("echo ä", self.output.extend, 1)
        self.assertEqual(self.line.sent, b"run 7\necho \xc3\xa4")

    def test_noise_before_ready_is_passed_over(self):
        self.line.data += b"\x00xready\nend 3\n"
        self.agent.wait_ready(1)
        self.assertEqual(self.agent.run("x", self.output.extend, 1), 3)

    def test_output_is_exact_even_if_it_looks_like_frames(self):
        self.assertEqual(self.run_with(b"out 6\nend 1\nout 3\na\nbend 7\n"), 7)
        self.assertEqual(bytes(self.output), b"end 1\na\nb")

    def test_two_requests_one_after_the_other(self):
        self.assertEqual(self.run_with(b"out 1\nAend 0\n"), 0)
        self.assertEqual(self.run_with(b"end 255\n"), 255)

    def test_half_a_frame_waits(self):
        self.line.data += b"out 10\nabc"
        self.assertIsNone(self.agent.next_frame(self.line.data))
        self.line.data += b"defghij"
        self.assertEqual(self.agent.next_frame(self.line.data), ("out", b"abcdefghij"))

    def test_what_is_no_frame_is_told(self):
        with self.assertRaisesRegex(ControlError, "expected an `out' or `end' frame"):
            self.run_with(b"steady\n")
        with self.assertRaisesRegex(ControlError, "expected an `out' or `end' frame"):
            self.run_with(b"garbage without any end")

    def test_a_command_that_is_refused_is_told_why(self):
        self.line.data += b"bad expected at most"
        self.assertIsNone(self.agent.next_frame(self.line.data))
        with self.assertRaisesRegex(ControlError, "does not take a command of 4 bytes: expected at most 3$"):
            self.run_with(b" 3\n")

    def test_an_agent_that_ended_is_told(self):
        with self.assertRaisesRegex(ControlError, "agent ended while the command ran, and was started again$"):
            self.run_with(b"ready\n")

    def test_silence_and_a_closed_line_are_told_apart(self):
        with self.assertRaisesRegex(ControlError, "did not end within"):
            self.run_with(b"")
        self.line.closed = True
        with self.assertRaisesRegex(ControlError, "powered off"):
            self.run_with(b"")

    def test_an_emulator_that_crashed_is_not_taken_for_a_guest_that_went_off(self):
        self.line.closed, self.machine.crashed = True, "QEMU itself ended by SIGSEGV: it printed nothing"
        with self.assertRaisesRegex(ControlError, "^QEMU itself ended by SIGSEGV"):
            self.run_with(b"")
        with self.assertRaisesRegex(ControlError, "^QEMU itself ended by SIGSEGV"):
            self.agent.wait_ready(0)

    def test_a_guest_that_will_never_be_ready_is_not_waited_for(self):
        for said in [b"  The machine is stopped.\n", b"problem: agent: given up after 10 failures in a row\n",
                     b"problem: agent: needs a service that cannot be started: uart1\n"]:
            self.machine.console.data = bytearray(b"keeper: " + said)
            with self.assertRaisesRegex(ControlError, "will not come up"):
                self.agent.wait_ready(1)
        self.line.data += b"ready\n"
        self.agent.wait_ready(1)  # whatever else was said


class Crashes(unittest.TestCase):
    def machine(self, *words):
        machine = qemu.Machine(None)
        machine.errors = tempfile.TemporaryFile("w+b")
        self.addCleanup(machine.errors.close)
        machine.process = subprocess.Popen(words, stdout=machine.errors, stderr=machine.errors)
        return machine

    def test_the_signal_and_what_it_printed_are_told(self):
        machine = self.machine("sh", "-c", "echo last words; kill -SEGV $$")
        self.assertEqual(machine.crash(), "QEMU itself ended by SIGSEGV: last words")

    def test_an_end_of_its_own_is_none(self):
        self.assertEqual(self.machine("true").crash(), "")

    def test_being_killed_from_here_is_none(self):
        machine = self.machine("sleep", "60")
        machine.kill()
        machine.process.wait()
        self.assertEqual(machine.crash(), "")


class LastWords(unittest.TestCase):
    END = "[000.071872] ferrous: the system cannot go on; turning the machine off\r\n"

    def test_the_line_before_the_end_says_why(self):
        text = "[000.000001] ferrous: 2 CPUs\r\n[000.071871] ferrous: no memory for init: 8 KiB asked\r\n" + self.END
        self.assertEqual(last_words(text), "ferrous: no memory for init: 8 KiB asked")

    def test_a_reboot_after_it_or_no_end_at_all(self):
        self.assertEqual(last_words(self.END + "Ferrous loader\n"), "")
        self.assertEqual(last_words("ferrous:/> poweroff\n"), "")
        self.assertEqual(last_words(""), "")

    def test_an_agent_that_never_comes(self):
        line = "keeper: problem: agent: given up after 10 failures in a row"
        self.assertEqual(last_words(f"[010.286926] {line}\nmore\n"), line)


if __name__ == "__main__":
    unittest.main()
