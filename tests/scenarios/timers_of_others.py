# SPDX-License-Identifier: Apache-2.0
"""Periodic timers leave others their time: 64 of a tenth of a millisecond. With an instruction a nanosecond they would take all of it
if each fired every time, so a thread that counts shows whether they do.
"""

BOOT = {"smp": 1, "icount": True}
LIMIT = 300


def run(t):
    t.exec_ok("conform 'timers '", LIMIT)
