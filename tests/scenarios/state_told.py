# SPDX-License-Identifier: Apache-2.0
"""What a failure tells of a guest whose shell does not answer: who waits for whom, and the last events; and the guest goes on."""

import re

ASLEEP = r"(?m)^  sleep/\d+ .*: WAITING .*, until \d+\.\d+$"
LOOKS = 60


def told_asleep(t):
    """What is told once `sleep' has been started and waits."""
    for _ in range(LOOKS):
        told = t.state()
        if re.search(ASLEEP, told):
            break
    return told


def run(t):
    t.boot(smp=2)
    t.agent.begin("echo begun; sleep 1000", 60)
    told = told_asleep(t)
    t.expect_match(told, r"^  processor 1: (idle|runs \S+), \d+ ready")
    t.expect_match(told, ASLEEP)
    t.expect_match(told, r"^  keeper/\d+ .*: RECEIVING at endpoint \d+ of keeper/\d+$")
    t.expect_match(told, r"^  agent/\d+ .*: CALLING, served by pipe/\d+")
    t.expect_match(told, r"^    \d+\.\d+ thread \d+ process_create ")
    t.console_send("echo it goes on\n")
    t.console_expect(r"^it goes on\r?$")
