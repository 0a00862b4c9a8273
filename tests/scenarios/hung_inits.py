# SPDX-License-Identifier: Apache-2.0
"""The loader, or the keeper, does not come back: init's heartbeat finds that and starts it again, whoever waited goes on, and what it
hung on is said."""

from tools.run import torture

CASES = ["loader", "keeper", "keeper waits", "refused"]
# What does not come back then, and what of it is told to whoever asked for it.
HANGS = {"loader": "torture hang", "keeper": "echo hang > /services/trial/ctl"}


def refused(t):
    """Without the word at boot nobody may do that."""
    t.boot(smp=2)
    for command in HANGS.values():
        t.expect(t.exec(command)[0] != 0, f"`{command}' was obeyed")


def keeper_waits(t):
    """The loader, on the only processor, has the priority of the keeper, which waits for it: nobody less important comes to run.
    Whoever ends it does."""
    t.boot(smp=1, cmdline=torture.INJECT_WORD)
    t.exec_ok("torture hang trial")
    t.expect_match(t.exec_ok("log"), "init: problem: the loader hung")
    t.expect_match(t.exec_ok("services trial"), "(?m)^state +running$")


def run(t, case):
    if case in ("refused", "keeper waits"):
        {"refused": refused, "keeper waits": keeper_waits}[case](t)
        return
    t.boot(smp=2, cmdline=torture.INJECT_WORD)
    t.exec(f"{HANGS[case]} & services trial; echo on | cat; wait")
    t.expect_match(t.exec_ok("log"), rf"init: problem: the {case} hung: it did not answer twice within \d+ ms")
    record = t.exec_ok("log crash")
    t.expect_equal(record.count("hung"), 1, "records of what hung")
    t.expect_match(record, rf"^crash: process \d+ \({case}\): hung, time ")
    t.expect_match(record, rf"^crash:   {case}/\d+ \(process \d+\) is (READY|RUNNING), at 0x[0-9a-f]+$")
    t.expect_match(record, rf"^crash:   asked by {HANGS[case].split()[0]}/\d+ \(process \d+\)$")
    t.expect_match(t.exec_ok("services trial"), "(?m)^state +running\n(.*\n)*starts +1$")
    t.expect_equal(t.exec_ok("echo on | cat"), "on\n")
