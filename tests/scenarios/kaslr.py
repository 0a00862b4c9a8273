# SPDX-License-Identifier: Apache-2.0
"""Programs are loaded at another place each time; `nokaslr' is understood by the loader."""

import re

BOOT = {"cmdline": "nokaslr"}


def place(t):
    t.exec("fault null")
    return re.findall(r"at (0x[0-9a-f]+) ", t.exec_ok("log crash"))[-1]


def run(t):
    t.expect(place(t) != place(t), "a program was loaded at the same address twice")
