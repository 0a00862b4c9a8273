# SPDX-License-Identifier: Apache-2.0
"""The keeper is killed again and again: init starts it anew, and it goes on where it was. Nothing that runs notices, services that end
meanwhile are back, and what was told of them before is still told."""

import re

CASES = ["on 1 CPU", "on 4 CPUs", "drivers", "replacement", "heartbeat", "patience"]
NEEDS = {"drivers": ["iommu"]}
KILLS, TRIES = 6, 5


def keeper(t, but="0"):
    """Its process, once there is one that is another."""
    return t.eventually("ps", rf"^ *(?!{but} )(\d+) keeper ")[1]


def processes(t):
    """{service: process} of all that run."""
    return dict(re.findall(r"(?m)^ *(\S+) +running +(\d+) ", t.exec_ok("services")))


def nothing_notices(t):
    before = processes(t)
    for _ in range(KILLS):
        old = keeper(t)
        t.exec_ok(f"kill {old} & echo one > /tmp/one; cat /tmp/one | cat; wait")
        keeper(t, old)
    t.expect_equal(processes(t), before)


def services_come_back(t):
    """One ends while nobody looks, one just before, one later; a file in tmpfs is still there."""
    t.exec_ok("echo kept > /tmp/kept")
    for victims in ("tmpfs", "proc", "log pipe"):
        before = processes(t)
        t.exec_ok(f"kill {victims} & kill {keeper(t)}; wait")
        for name in victims.split():
            t.eventually("services", rf"(?m)^ *{name} +running +(?!{before[name]} )\d+ ")
    t.expect_match(t.exec_ok("cat /tmp/kept"), "kept", "a file from before")


def what_was_told(t):
    """Restarts are counted on, who was stopped stays so and can be started."""
    t.exec_ok("services stop trial-told; services restart trial-stopped")
    restarts = int(re.search(r"starts +(\d+)", t.exec_ok("services trial-stopped"))[1])
    t.exec_ok(f"kill {keeper(t)}")
    t.expect_match(t.exec_ok("services trial-told"), "state +stopped", "who was stopped")
    t.expect_equal(int(re.search(r"starts +(\d+)", t.exec_ok("services trial-stopped"))[1]), restarts)
    t.exec_ok("services start trial-told")
    t.expect_match(t.exec_ok("services trial-told"), "state +running", "who was started again")


def its_drivers(t):
    """A device's memory stays its driver's, also behind an IOMMU, and who kills the keeper in between does not lose a byte."""
    t.boot(blocks=1 << 20, iommu=True)
    fill, check = "disk /dev/disk0 fill 7 0 40", "disk /dev/disk0 check 7 0 40"
    t.exec_ok(f"{fill}; kill {keeper(t)}; {check}; kill disk0; {check}; {fill}; kill iommu; {check}")
    t.exec_ok(f"kill disk0 & kill {keeper(t)}; wait; {check}; {fill}; {check}")
    t.expect_match(t.exec_ok("services disk0"), r"(?m)^dma +kept to its own memory")
    t.expect(all(" (keeper): KILLED " in line for line in t.exec_ok("log crash").splitlines()), "a driver has a crash record")


def a_replacement(t):
    """It is decided, and answered, by the next instance."""
    t.boot(smp=2)
    for program, says in (("trial-next", "next 0\n"), ("trial", "first 0\n")):
        t.exec_ok(f"kill {keeper(t)} & services replace trial {program}")
        t.expect_equal(t.exec_ok("cat /dev/trial/do"), says)
    status, output = t.exec(f"kill {keeper(t)} & services replace trial trial-broken")
    t.expect(status != 0 and "the former program goes on" in output, f"status {status}, output {output!r}")
    t.expect_equal(t.exec_ok("cat /dev/trial/do"), "first 0\n")


def who_hangs(t):
    """Heartbeats go on: by the next instance, of whoever was started by the one before."""
    t.boot(smp=2)
    t.exec_ok(f"kill {keeper(t)}")
    t.exec_ok("echo loop > /dev/trial/do", 60)
    t.expect_match(t.exec_ok("services trial"), r"(?m)^hangs +1")


def failing(t):
    """trial fails again and again, and has not been given up yet. How often it had been started before."""
    for _ in range(TRIES):
        t.exec_ok("services start trial")
        starts = int(t.expect_match(t.exec_ok("services trial"), r"^starts +(\d+)$")[1])
        t.console_send("echo fail > /dev/trial/do\r")
        said = t.eventually("services trial", r"^state +(backoff(?s:.*)^failures +[345]$|given-up)").string
        if "given-up" not in said:
            return starts
    raise AssertionError("it was always given up before that was seen")


def its_patience(t):
    """What has failed again and again, and waits to be started again, has no more chances with the next instance."""
    t.boot(smp=2)
    t.console_expect(r"ferrous:/> ")
    old = keeper(t)
    starts = failing(t)
    t.exec_ok(f"kill {old}")
    said = t.eventually("services trial", r"(?m)^state +given-up").string
    t.expect_match(said, r"(?m)^failures +6$")
    t.expect_match(said, rf"(?m)^starts +{starts + 5}$")


def run_on(t, cpus):
    t.boot(smp=cpus)
    nothing_notices(t)
    services_come_back(t)
    what_was_told(t)


def run(t, case):
    if case.startswith("on "):
        run_on(t, int(case.split()[1]))
    else:
        {"drivers": its_drivers, "replacement": a_replacement, "heartbeat": who_hangs,
         "patience": its_patience}[case](t)
