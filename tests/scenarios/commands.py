# SPDX-License-Identifier: Apache-2.0
"""The shell runs commands for the host: exact output, status, pipes, redirection, errors."""

SHARE = True
CASES = ["output", "status", "pipe", "redirect", "refused", "unknown", "tools"]


def output(t):
    t.expect_equal(t.exec("echo one; echo 'two  words'"), (0, "one\ntwo  words\n"))


def status(t):
    t.expect_equal(t.exec("false")[0], 1, "status of false")
    t.expect_equal(t.exec("false || true")[0], 0, "status of false || true")
    t.expect_equal(t.exec("true && false; true")[0], 0, "status of the last command")


def pipe(t):
    t.expect_match(t.exec_ok("echo a b c | wc"), r"^ *1 +3 +6$")
    t.expect_equal(t.exec_ok("echo x | cat | cat | cat"), "x\n")


def redirect(t):
    t.expect_equal(t.exec_ok("echo a > /tmp/scenario; echo b >> /tmp/scenario; cat < /tmp/scenario"), "a\nb\n")
    t.exec_ok("rm /tmp/scenario")
    t.expect(t.exec("cat /tmp/scenario")[0] != 0, "a file that was removed could still be read")


def refused(t):
    """Output that nobody takes is complained of once, and no more is made."""
    status, text = t.exec("head -n 100000 /image/bin/conform > /dev/trial/do")
    t.expect(status != 0, "it went well")
    t.expect_equal(text.count("standard output"), 1, "complaints")


def unknown(t):
    status, text = t.exec("nosuchcommand")
    t.expect_equal(status, 127, "status of an unknown command")
    t.expect_match(text, "nosuchcommand")


def tools(t):
    t.expect_match(t.exec_ok("ps"), r"^ *\d+ init +RUNNING")
    t.expect_match(t.exec_ok("mem"), r"^free +\d")
    t.expect_match(t.exec_ok("uptime"), r"^up \d")
    t.expect_match(t.exec_ok("ns"), r"^/tmp +endpoint")
    t.expect_match(t.exec_ok("ls /image/bin"), r"^shell$")


def run(t, case):
    globals()[case](t)
