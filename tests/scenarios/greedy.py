# SPDX-License-Identifier: Apache-2.0
"""A service that takes all it may have of memory, capabilities, objects or threads: only its own group suffers, the log names
the group and the limit, others go on, and after its end it is back with all of it free."""

import re

CASES = ["memory", "caps", "objects", "threads", "touch", "files"]
SHARE = True
LIMITS = {"memory": "memory, group trial, limit 512 KiB", "caps": "capabilities, group trial, limit 256",
          "objects": "objects, group trial, limit 128", "threads": "threads, group trial, limit 2"}
EVENTS = {"memory": "MEMORY", "caps": "CAPABILITIES", "objects": "OBJECTS", "threads": "THREADS"}
WORDS = {"memory": "no memory frames are left", "caps": "limit of capabilities", "objects": "limit of kernel objects",
         "threads": "limit of threads"}


def used(t, name):
    return {found[2]: int(found[1]) for found in re.finditer(r"(?m)^uses +(\d+) of \d+ (.+)$", t.exec_ok(f"services {name}"))}


def others_go_on(t):
    t.expect_equal(t.exec_ok("echo kept > /tmp/greedy; cat /tmp/greedy | cat; rm /tmp/greedy"), "kept\n")
    t.expect_match(t.exec_ok("ps"), r"^ *\d+ tmpfs ")
    t.expect_match(t.exec_ok("cat /svc/nothing; cat /dev/trial-told/do; true"), r"^told ")


def touched(t):
    t.exec_ok("echo touch > /dev/trial/do")  # whoever asked does not notice
    record = t.exec_ok("log crash")
    t.expect_match(record, r"(?m)^crash: process \d+ \(trial\): OUT_OF_MEMORY fault ")
    t.expect_match(record, rf"(?m)^crash:   out of {LIMITS['memory']}$")
    others_go_on(t)


def files(t):
    """What is deleted makes room for what comes, also in the next instance of tmpfs."""
    write = "cat /image/bin/conform /image/bin/bench /image/bin/conform > /tmp/much"
    t.exec_ok(write)
    most = used(t, "tmpfs")["KiB of memory"]
    for between in ("", "", "; kill tmpfs"):
        t.exec_ok(f"rm /tmp/much{between}; {write}")
    t.expect(used(t, "tmpfs")["KiB of memory"] < most + 100, f"{most} KiB were in use, then {used(t, 'tmpfs')}")
    t.exec_ok("rm /tmp/much")


def run(t, case):
    if case == "files":
        return files(t)
    if case == "touch":
        return touched(t)
    before = used(t, "trial")
    status, output = t.exec(f"echo {case} > /dev/trial/do")
    t.expect(status != 0 and WORDS[case] in output, f"status {status}, output {output!r}")
    t.expect_match(t.exec_ok("log"), rf"(?m)trial: problem: out of {LIMITS[case]}$")
    number = LIMITS[case].split()[-1] if case != "memory" else 128  # pages
    t.expect_match(t.exec_ok("trace --last 500"), rf"(?m) trial/\d+ +out_of +out of {EVENTS[case]}, group \d+, limit {number}$")
    others_go_on(t)
    t.exec_ok("kill trial")
    t.eventually("cat /dev/trial/do", r"^first \d+$")
    after = used(t, "trial")
    for key, value in before.items():
        t.expect(after[key] <= value + 16, f"{key}: {value} were in use before, {after[key]} afterwards")
