# SPDX-License-Identifier: Apache-2.0
"""Text and data of drivers and services are changed while they run: each is back, and nobody else loses anything. A slice of
`./ferrous torture --faults'. Without the word at boot nobody may do that."""

import re

from tools.run import torture

CASES = ["refused", "injected"]
FAULTS = 120


def run(t, case):
    t.boot(smp=2, cmdline="" if case == "refused" else torture.INJECT_WORD)
    status, output = t.exec(torture.fault_command(1, 3 if case == "refused" else FAULTS), 400)
    if case == "refused":
        t.expect(status != 0 and "injecting a fault: there is no system call or operation" in output, f"it printed:\n{output}")
        return
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"(?m)^0 lost$")
    found = torture.Faults()
    found.add(output)
    t.expect(found.injected() >= FAULTS * 3 // 4, f"{found.injected()} faults were put in; it printed:\n{output}")
    t.expect(found.effects() > 0, f"no fault had an effect; it printed:\n{output}")
    recovered = re.search(r"(?m)^recovered (\d+) of (\d+)$", output)
    t.expect_equal(recovered[1], recovered[2], "services that were back")
