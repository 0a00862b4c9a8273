# SPDX-License-Identifier: Apache-2.0
"""The agent and its line are killed from the console; they come back and take commands again."""

from tools.run import control

CASES = ["agent", "uart1"]


def run(t, case):
    t.boot()
    t.console_expect(r"ferrous:/> ")
    before = len(t.machine.control.data)
    t.console_send(f"kill {case}\r")
    # The keeper learns of the end a moment after `kill' has returned.
    for _ in range(100):
        t.console_send("services\r")
        if not t.console_expect(rf"{case} +(running +\d+ +1 |\w+)")[1].endswith(" 1 "):
            break
    if case == "agent":
        # It says that it is ready once more; what came before is none of the answer.
        t.machine.control.wait(lambda data: True if data.find(b"ready\n", before) >= 0 else None, 30)
        t.agent = control.Control(t.machine)
        t.agent.taken = len(t.machine.control.data)
    t.expect_equal(t.exec_ok("echo back"), "back\n")
