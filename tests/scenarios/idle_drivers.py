# SPDX-License-Identifier: Apache-2.0
"""Drivers that nobody asks for anything take no processor time: none of them polls. In guest time, an instruction being a nanosecond."""

import re
import tempfile

DRIVERS = ("uart0", "disk0", "share", "net0")   # not uart1, by which commands come
SECONDS, MOST = 20, 0.001   # word of whether they answer, every few seconds, comes to less


def times(t):
    """{process: seconds of processor time}"""
    return {name: float(used) for name, used in re.findall(r"(?m)^ *\d+ (\S+) .* (\d+\.\d{3})$", t.exec_ok("ps"))}


def run(t):
    with tempfile.TemporaryDirectory(prefix="ferrous-share-") as folder:
        t.boot(icount=True, blocks=1 << 20, net="user", share=folder)
        t.exec_ok("disk /dev/disk0 fill 1 0 8; ls /share; cat /dev/net0/status")
        before = times(t)
        t.exec_ok(f"sleep {SECONDS}")
        after = times(t)
        for name in DRIVERS:
            used = after[name] - before[name]
            t.expect(used < MOST + 0.0005, f"{name} took {used:.3f} s of {SECONDS} in which nobody asked it for anything")
        t.close()
