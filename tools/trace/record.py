# SPDX-License-Identifier: Apache-2.0
"""Recording in the guest: its tool `trace' puts packets into a file, which is then fetched over the control line."""

import shlex

from tools.trace.ctf import TraceError

GUEST_FILE = "/tmp/trace.ctf"
FETCH_LIMIT = 300  # seconds


def record(agent, command, output, limit, classes="", size=8):
    """Runs the command; (its status, the packets). Its output goes to `output`, piece by piece."""
    words = ["trace", "--to", GUEST_FILE, "--limit", str(size), *(["--class", classes] if classes else []), "--", command]
    data = bytearray()
    status = agent.run(" ".join(shlex.quote(word) for word in words), output, limit)
    if agent.run(f"cat {GUEST_FILE}", data.extend, FETCH_LIMIT):
        raise TraceError(f"nothing was recorded; the guest said: {data.decode('utf-8', 'replace').strip()}")
    agent.run(f"rm {GUEST_FILE}", lambda _: None, FETCH_LIMIT)
    return status, data
