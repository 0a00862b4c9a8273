# SPDX-License-Identifier: Apache-2.0
"""Services are started in the order of their needs, and none waits for another that it does not need: while one comes up, others are
started."""

import re

BOOT = {"smp": 2}
MET = 5     # who was started while another came up; none would be, were they started one by one


def times(t):
    """{service: (started, ready, needs)} of those that were started at boot and run since."""
    found = {}
    for name in re.findall(r"(?m)^ *(\S+) +running +\d+ +0 ", t.exec_ok("services")):
        said = t.exec_ok(f"services {name}")
        at = {key: int(value) for key, value in re.findall(r"(?m)^(started-us|ready-us) +(\d+)$", said)}
        found[name] = at["started-us"], at["ready-us"], re.findall(r"(?m)^needs +(\S+)$", said)
    return found


def run(t):
    found = times(t)
    t.expect(len(found) > MET, f"only {sorted(found)} run")
    for name, (started, ready, needs) in found.items():
        t.expect(started <= ready, f"{name} was ready before it was started")
        for needed in needs:
            t.expect(needed not in found or found[needed][0] < started, f"{name} was started before {needed}, which it needs")
    met = [name for name, (started, _, _) in found.items()
           if any(other < started < ready for other, ready, _ in found.values())]
    t.expect(len(met) >= MET, f"only {met} were started while another came up: {found}")
