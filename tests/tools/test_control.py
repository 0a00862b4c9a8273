# SPDX-License-Identifier: Apache-2.0
"""The control line's host side, against a pretended guest."""

import threading
import unittest

from tools.run.control import Control, ControlError


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
        self.control = Line()

    def wait_end(self, limit):
        return True


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
            self.run_with(b"ready\n")
        with self.assertRaisesRegex(ControlError, "expected an `out' or `end' frame"):
            self.run_with(b"garbage without any end")

    def test_silence_and_a_closed_line_are_told_apart(self):
        with self.assertRaisesRegex(ControlError, "did not end within"):
            self.run_with(b"")
        self.line.closed = True
        with self.assertRaisesRegex(ControlError, "powered off"):
            self.run_with(b"")


if __name__ == "__main__":
    unittest.main()
