# SPDX-License-Identifier: Apache-2.0
"""`poweroff` and `reboot` end the machine."""

from tools.run.control import ControlError

CASES = ["poweroff", "reboot"]


def run(t, case):
    t.boot()
    try:
        t.exec(case, 30)
    except ControlError:
        pass  # the machine may be gone before the answer
    t.wait_off(30)
