# SPDX-License-Identifier: Apache-2.0
"""What a failure tells of a guest whose shell does not answer: who waits for whom, and the last events; and the guest goes on."""


def run(t):
    t.boot(smp=2)
    t.agent.begin("echo begun; sleep 5", 60)
    told = t.state()
    t.expect_match(told, r"^  processor 1: (idle|runs \S+), \d+ ready")
    t.expect_match(told, r"^  sleep/\d+ .*: WAITING .*, until \d+\.\d+$")
    t.expect_match(told, r"^  keeper/\d+ .*: RECEIVING at endpoint \d+ of keeper/\d+$")
    t.expect_match(told, r"^  agent/\d+ .*: CALLING, served by pipe/\d+")
    t.expect_match(told, r"^    \d+\.\d+ thread \d+ process_create ")
    t.console_send("echo it goes on\n")
    t.console_expect(r"^it goes on\r?$")
