# SPDX-License-Identifier: Apache-2.0
"""A person at the console gets a prompt, edits lines, recalls history, completes names, and interrupts."""

UP, LEFT, HOME = "\x1b[A", "\x1b[D", "\x1b[H"


def run(t):
    t.boot()
    t.console_expect(r"ferrous:/> ")
    t.console_send("echo hello\r")
    t.console_expect(r"^hello\r?$")
    t.console_expect(r"ferrous:/> ")
    # In the middle of a line: `ec o', two to the left, the missing letter.
    t.console_send("eco there" + LEFT * 7 + "h\r")
    t.console_expect(r"^there\r?$")
    t.console_send(UP + "\r")
    t.console_expect(r"^there\r?$")
    t.console_send("cd /tm\t\r")
    t.console_expect(r"ferrous:/tmp/?> ")
    t.console_send("sleep 1000\r")
    t.console_expect(r"sleep 1000")
    t.eventually("ps", r"^ *\d+ sleep ")
    t.console_send("\x03")
    t.console_expect(r"ferrous:/tmp/?> ")
