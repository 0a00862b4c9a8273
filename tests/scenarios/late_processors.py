# SPDX-License-Identifier: Apache-2.0
"""Processors that come after the kernel has given up on them are left out: the system comes up on the first, and goes on when they run."""

from tools.debug import remote

NEEDS = ["processors left alone"]


def run(t):
    t.boot(smp=3, ready=False, extra=["-S"])
    with remote.Remote(t.debugger) as machine:
        machine.go_on_alone(1)
        t.console_expect(r"cpu: only 1 of 3 processors started", 120)
        machine.stop()
        machine.go_on()
    t.agent.wait_ready(120)
    for _ in range(10):
        t.expect_equal(t.exec_ok("echo all is well | cat"), "all is well\n")
    t.expect_match(t.state(), r"(?m)^  processor 1: not started\n +#0 .*hal_halt ")
