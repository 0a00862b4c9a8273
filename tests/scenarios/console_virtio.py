# SPDX-License-Identifier: Apache-2.0
"""The person's terminal on a virtio console whose driver is killed while it prints: no byte that was printed is missing."""

import tempfile
from pathlib import Path

CASES = ["shell", "killed"]
LINES = 6000


def shell(t, _):
    t.boot(console="virtio")
    t.console_expect(r"ferrous:/> ")
    t.console_send("echo typed " + "and read " * 9 + "\r")
    t.console_expect(r"^typed (and read ){8}and read ?\r?$")
    t.expect_match(t.exec_ok("services"), r"(?m)^ *vcon0 +running ")
    t.console_send("kill vcon0\r")
    t.eventually("services", r"^ *vcon0 +running +\d+ +1 ")
    t.console_send("echo alive\r")
    t.console_expect(r"^alive\r?$")


def killed(t, folder):
    """What was on its way may be there twice, so each line is looked for behind the one before. What is typed and not read is
    lost with the driver, so the first line is waited for."""
    (folder / "lines").write_text("".join(f"line {i:05} of the file\n" for i in range(LINES)))
    t.boot(console="virtio", share=folder)
    t.console_expect(r"ferrous:/> ")
    t.console_send("cat /share/lines; echo ended $?\r")
    t.console_expect(r"^line 00000 of the file\r?$")
    kills = 0
    while "\nended " not in t.console():
        t.exec_ok("kill vcon0; sleep 0.01; kill vcon0; sleep 0.02")
        kills += 2
    t.expect(kills >= 4, f"the driver was killed only {kills} times while it printed")
    t.console_expect(r"^ended 0\r?$")
    text, at = t.console(), 0
    for i in range(LINES):
        found = text.find(f"line {i:05} of the file\r\n", at)
        t.expect(found >= 0, f"line {i} is missing after:\n{text[at:at + 400]}")
        at = found + 1
    t.expect_equal(t.exec_ok("log crash"), "")


def run(t, case):
    with tempfile.TemporaryDirectory(prefix="ferrous-console-") as path:
        {"shell": shell, "killed": killed}[case](t, Path(path))
        t.close()
