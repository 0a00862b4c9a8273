# SPDX-License-Identifier: Apache-2.0
"""Files and killed services on four processors, with every access looked at: nothing is found."""

BOOT = {"smp": 4}
KILLED = ["tmpfs", "pipe", "proc", "console", "uart0", "imgfs"]


def run(t):
    t.expect("kasan: every access" in t.console(), "the kernel was not built with the address sanitizer")
    t.expect_match(t.exec_ok("files-test", 240), r"^\d+ passed, 0 failed$")
    for name in KILLED:
        t.exec_ok(f"kill {name}")
        t.eventually("echo there | cat", r"^there$")
    t.expect("KERNEL PANIC" not in t.console(), "the kernel reported something")
