# SPDX-License-Identifier: Apache-2.0
"""A service that hangs is ended; damaged state is not used; another version takes over what is kept and
open, or the former comes back; orders of a person are obeyed; one that fails again and again is given up, and who calls it
or needs it learns that."""

import re

CASES = ["hung", "complained", "damaged", "replaced", "stopped", "one_at_a_time", "not_taken_over",
         "stopped_while_replaced", "serves_nobody", "absent", "given_up"]
SHARE = True
TRIES = 5


def count(t):
    return int(t.exec_ok("cat /dev/trial/do").split()[1])


def hung(t):
    for word in ("loop", "wait"):
        hangs = int(t.expect_match(t.exec_ok("services trial"), r"^hangs +(\d+)")[1])
        t.exec_ok(f"echo {word} > /dev/trial/do")  # whoever asked does not notice
        t.expect_match(t.exec_ok("services trial"), rf"^hangs +{hangs + 1}")
        t.expect_match(t.exec_ok("log"), r"trial: problem: it did not answer twice within 1000 ms")
    crash = t.exec_ok("log crash")
    t.expect_match(crash, r"^crash: process \d+ \(trial\): hung, ")
    t.expect_match(crash, r"^crash:   trial/\d+ \(process \d+\) runs$")
    t.expect_match(crash, r"^crash:   trial/\d+ \(process \d+\) waits for a signal$")
    t.expect_match(crash, r"^crash:   asked by echo/\d+ \(process \d+\), which calls write of trial/\d+ ")
    t.exec_ok("kill log")
    t.expect(crash in t.exec_ok("log crash"), "crash records ended with the log service")


def complained(t):
    """One that is not asked by itself, and that only waits for the one that hangs: that one is ended."""
    before = int(t.expect_match(t.exec_ok("services trial"), r"^hangs +(\d+)")[1])
    t.console_send("echo loop > /dev/trial/do & cat /dev/trial-told/do &\r")
    # WHY more than once: a complaint that comes before the other two is answered.
    t.eventually("echo complain 300 > /services/trial-told/ctl; services trial", rf"^hangs +{before + 1}$")
    t.expect_match(t.exec_ok("log"), r"trial-told: problem: a client complained, and it did not answer within 300 ms")
    t.expect_match(t.exec_ok("log"), r"trial: problem: hung: trial-told/\d+ .* calls ping of trial/\d+ .*, which runs")
    t.exec_ok("services complain trial-told")  # answers: nothing happens to it
    for wrong in ("0", "60001", "x"):
        t.expect(t.exec(f"echo complain {wrong} > /services/trial-told/ctl")[0] != 0, f"{wrong} ms were taken")
    t.expect_match(t.exec_ok("services"), r"^  trial-told +running +\d+ +0 ")


def used(t):
    return int(t.expect_match(t.exec_ok("services trial"), r"^uses +(\d+) of \d+ objects$")[1])


def damaged(t):
    t.exec_ok("echo count > /dev/trial/do")
    before = count(t)
    t.expect(before > 0, "nothing was counted")
    t.exec_ok("kill trial")
    t.expect_equal(count(t), before, "what is kept after a kill")
    t.exec_ok("echo damage > /dev/trial/do")  # is told PEER_DIED, and writes again
    t.expect_match(t.exec_ok("log"), r"trial: problem: the kept state is damaged")
    t.expect_match(t.exec_ok("services trial"), r"^begun-anew +1$")
    t.expect_equal(count(t), 0, "what is counted after damage")
    objects = used(t)
    for _ in range(5):
        t.exec_ok("services stop trial")  # failures are not in a row any more
        t.exec_ok("services start trial")
        t.exec_ok("echo count > /dev/trial/do; echo damage > /dev/trial/do")
    t.expect_match(t.exec_ok("services trial"), r"^begun-anew +6$")
    t.expect(used(t) <= objects + 2, f"{objects} objects were in use before the kept state was damaged five times, {used(t)} afterwards")


def replaced(t):
    t.exec_ok("echo count > /dev/trial/do")
    before = count(t)
    t.exec_ok("services replace trial trial-next")
    t.expect_equal(t.exec_ok("cat /dev/trial/do"), f"next {before}\n", "the other version, with what the first kept")
    for program in ("trial-broken", "nosuchprogram"):
        status, output = t.exec(f"services replace trial {program}")
        t.expect(status != 0 and "the former program goes on" in output, f"status {status}, output {output!r}")
        t.expect_match(output, f"{program}: it did not come up within three seconds with what is kept, or is no program of the image")
        t.expect_equal(t.exec_ok("cat /dev/trial/do"), f"next {before}\n", f"after {program} did not come to serve")
    t.exec_ok("services replace trial trial")
    t.expect_equal(t.exec_ok("cat /dev/trial/do"), f"first {before}\n", "the first version again")
    for name, program in (("tmpfs", "tmpfs"), ("pipe", "pipe"), ("log", "logd"), ("names", "names")):  # states of other sizes
        t.exec_ok(f"services replace {name} {program}")
    t.expect("(keeper)" not in t.exec_ok("log crash"), "the keeper ended")


def while_replaced(t, commands, seen):
    """The output of commands that are given while trial is to be replaced by what does not come up: within the three seconds that it
    has, and tried again if they came later."""
    for _ in range(TRIES):
        t.exec_ok("services start trial; cat /dev/trial/do")
        t.console_send("services replace trial spin &\r")
        t.eventually("services trial", r"^program +(bin/)?spin$")
        _, output = t.exec(commands)
        if re.search(seen, output, re.MULTILINE):
            break
    return output


def one_at_a_time(t):
    """Who asks for another meanwhile is told why not, and so is who asks it of one that has not come up."""
    not_up = "^services: trial: it has not come up yet$"
    output = while_replaced(t, "services replace trial trial; services replace log logd; services complain trial", not_up)
    t.expect_equal(len(re.findall(r"(?m)^services: (?:trial|log): a service is being replaced already, one at a time$", output)), 2,
                   f"what was said twice in {output!r}")
    t.expect_match(output, not_up)
    t.expect_match(t.exec_ok("cat /dev/trial/do"), r"^first \d+$")


def not_taken_over(t):
    """A program that serves, but does not go on with what is kept, is no other version: the former has all of it, also where the
    other's tables would have lain over it."""
    before = count(t)
    for name, program in (("trial", "names"), ("trial", "proc"), ("log", "tmpfs")):
        said = t.exec_ok("log")
        status, output = t.exec(f"services replace {name} {program}")
        t.expect(status != 0 and "the former program goes on" in output, f"{program}: status {status}, output {output!r}")
        log = t.exec_ok("log")
        t.expect(log.startswith(said), f"the log was\n{said}and is\n{log}")
        t.expect_match(log[len(said):], f"keeper: {name}: problem: its replacement does not take over what is kept$")
    t.expect_equal(count(t), before, "what is kept")


def stopped(t):
    before = count(t)
    said = t.exec_ok("services stop trial")
    t.expect_match(said, "until `services start trial' these wait if they call it, .*: shell agent trial-told trial-stopped$")
    t.eventually("services trial", r"^state +stopped")
    t.expect_match(t.exec("services kill trial")[1], "trial: it is to be running, and it is stopped")
    t.exec_ok("services start trial")
    t.eventually("services trial", r"^state +running")
    t.expect_equal(count(t), before, "what is kept after a stop")
    t.exec_ok("services restart trial")
    t.expect_equal(count(t), before, "what is kept after a restart")
    t.expect(t.exec("services stop nosuchservice")[0] != 0, "a service that is not there was stopped")


def stopped_while_replaced(t):
    """It stays stopped, by the former program, and comes back whenever it is killed afterwards."""
    said = t.exec_ok("cat /dev/trial/do")
    while_replaced(t, "services trial; services stop trial", r"^program +(bin/)?spin$")
    t.eventually("services trial", r"^state +stopped$")
    t.expect_match(t.exec_ok("services trial"), r"^program +(bin/)?trial$")
    t.exec_ok("services start trial; kill trial")
    t.expect_equal(t.exec_ok("cat /dev/trial/do"), said, "after a start and a kill")


def serves_nobody(t):
    """One that provides nothing is good when it goes on running."""
    status, output = t.exec("services replace shell false")
    t.expect(status != 0 and "the former program goes on" in output, f"status {status}, output {output!r}")
    t.expect_match(t.exec_ok("services shell"), r"^program +(bin/)?shell$")
    t.exec_ok("services replace shell shell")
    t.eventually("services shell", r"^state +running$")


def absent(t):
    """What has no device in this machine cannot be stopped, and stays what it is."""
    before = t.exec_ok("services vcon0")
    t.expect_match(before, r"^state +absent$")
    for order in ("stop", "start", "restart"):
        status, output = t.exec(f"services {order} vcon0")
        t.expect(status != 0, f"{order} went well")
        t.expect_match(output, "vcon0: its device is not in this machine")
    t.expect_equal(t.exec_ok("services vcon0"), before)
    t.expect("degraded" not in t.exec_ok("services"), "somebody misses it")


def refused(t, command):
    status, output = t.exec(command, 20)
    t.expect(status != 0, f"`{command}' went well")
    t.expect_match(output, "the service was given up: trial$")


def given_up(t):
    told = int(t.expect_match(t.exec_ok("cat /dev/trial-told/do"), r"^told (\d+): success$")[1])
    refused(t, "echo fail > /dev/trial/do")  # was waiting when it was given up
    refused(t, "cat /dev/trial/do")          # comes afterwards
    table = t.exec_ok("services")
    t.expect_match(table, r"^trial +given-up +- +\d+ ")
    t.expect_match(table, r"^  trial-told +degraded +\d+ ")
    t.expect_match(t.exec_ok("services trial"), r"^problem +given up after 6 failures in a row$")
    t.expect_equal(t.exec_ok("cat /dev/trial-told/do"), f"told {told + 1}: the service was given up: trial\n", "who is told")
    t.eventually("services trial-stopped", r"^problem +stopped, because this was given up, which it needs: trial$")
    status, output = t.exec("cat /dev/trial-stopped/do", 20)
    t.expect(status != 0 and "given up: trial-stopped" in output, f"status {status}, output {output!r}")
    t.exec_ok("services start trial")
    t.expect_match(t.exec_ok("cat /dev/trial/do"), r"^first \d+$")
    t.expect_match(t.exec_ok("cat /dev/trial-told/do"), rf"^told {told + 2}: success$")
    t.eventually("services", r"^  trial-stopped +running +\d+ ")
    t.expect_match(t.exec_ok("cat /dev/trial-stopped/do"), r"^told 0: success$")


def run(t, case):
    globals()[case](t)
