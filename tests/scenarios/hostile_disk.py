# SPDX-License-Identifier: Apache-2.0
"""A disk that lies: about which request is done and how much was written, in numbers that cannot be, over its own queue, by silence and
by storms of interrupts. Nobody but its driver ends, and what a client was told of its bytes is true."""

import re

from tools.run import vhost_disk

# What is seen in the queue ends the driver; what is seen in one request is that request's failure.
CASES = ["queue", "requests", "interrupts", "silent", "queue, packed", "requests, packed", "rings", "rings of who is given up",
         "clients of who is given up"]
KINDS = {"queue": ("number", "stranger", "twice", "long", "ahead", "scribble"), "requests": ("short", "status"),
         "interrupts": ("interrupts",), "silent": ("silent",)}
BYTES, BLOCKS, ROUNDS, SEED = 1 << 20, 60, 6, 5
WRONG, BYTES_WRONG = "holds something else", "the bytes of a disk"
CLIENTS, TRIES = 6, 5    # clients: one more than the driver serves at a time
LIMIT = 300

# A driver that sees through its device says so and ends.
CRASHED = re.compile(r"(?m)^crash: process \d+ \((?!disk0\): exit status 1,)")


def restarts(t):
    """{service: how often it was started again}"""
    rows = re.findall(r"^ *(\S+) +[a-z-]+ +[\d-]+ +(\d+) ", t.exec_ok("services"), re.MULTILINE)
    return {name: int(count) for name, count in rows}


def start(t):
    """A person does that, once the device is mended: a service that failed too often is not started by itself."""
    if "given-up" in t.exec_ok("services disk0"):
        t.exec_ok("services start disk0")


def work(t, seed):
    """Bytes that were written are there, or whoever asks is told that they cannot be had."""
    status, _ = t.exec(f"disk /dev/disk0 fill {seed} 0 {BLOCKS}", LIMIT)
    _, output = t.exec(f"disk /dev/disk0 check {seed} 0 {BLOCKS}", LIMIT)
    t.expect(status != 0 or WRONG not in output, f"bytes were changed, and nobody was told:\n{output}")


def lie(t, disk, case):
    disk.kinds, disk.lies = KINDS[case], 20 if case == "silent" else 300
    for seed in range(ROUNDS):
        if not all(disk.told[kind] for kind in disk.kinds) or case == "interrupts":
            work(t, seed)
            start(t)
    disk.lies = 0
    told = {kind: disk.told[kind] for kind in disk.kinds}
    t.expect(all(told.values()), f"not all of it was tried: {told}")


def lies(t, disk, case):
    before = restarts(t)
    work(t, 77)
    lie(t, disk, case)
    start(t)
    t.exec_ok(f"disk /dev/disk0 fill 99 0 {BLOCKS}; disk /dev/disk0 check 99 0 {BLOCKS}")
    after = restarts(t)
    ended = after.pop("disk0") - before.pop("disk0")
    t.expect_equal(after, before, "others' restarts")
    t.expect((ended > 0) == (case in ("queue", "silent")), f"the driver was started again {ended} times")
    t.expect(not CRASHED.search(t.exec_ok("log crash")), "somebody else ended, or the driver by itself")
    t.expect_equal(disk.complaint, "")


def rings_serve(t, disk):
    disk.lies = 0
    start(t)
    t.expect_match(t.exec_ok("torture rings 9 2", LIMIT), r"^0 lost")
    t.expect(not CRASHED.search(t.exec_ok("log crash")), "somebody else ended, or the driver by itself")


def through_rings(t, disk, _):
    """With eight requests under way nobody waits for ever either, nor is a wrong byte believed."""
    for seed in range(ROUNDS):
        disk.kinds, disk.lies = KINDS["queue"] + KINDS["requests"], 30
        _, output = t.exec(f"torture rings {seed} 2", LIMIT)
        t.expect(BYTES_WRONG not in output, f"bytes were changed, and nobody was told:\n{output}")
        start(t)
    rings_serve(t, disk)


def given_up(t, disk, _):
    """Who sleeps until a driver answers is told when that is given up; and it serves again when it is started."""
    disk.kinds, disk.lies = ("number",), 1 << 30
    status, output = t.exec("torture rings 5 100000", LIMIT)
    t.expect(status != 0, "a disk whose driver cannot live was used")
    t.expect_match(output, r"was given up")
    t.expect_match(t.exec_ok("services disk0"), r"(?m)^state +given-up")
    rings_serve(t, disk)


def clients_of_given_up(t, disk, _):
    """Clients that end while the driver is given up leave nothing behind: it serves as many after that as before."""
    disk.kinds = ("number",)
    for seed in range(CLIENTS):
        disk.lies = 1000
        for _ in range(TRIES):
            if "given-up" not in t.exec_ok("services disk0"):
                t.exec(f"disk /dev/disk0 fill {seed} 0 {BLOCKS}", LIMIT)
        disk.lies = 0
        t.expect_match(t.exec_ok("services disk0"), r"(?m)^state +given-up")
        t.exec_ok("services start disk0")
    t.exec_ok(f"disk /dev/disk0 fill 5 0 {BLOCKS}; disk /dev/disk0 check 5 0 {BLOCKS}")


OTHERS = {"rings": through_rings, "rings of who is given up": given_up, "clients of who is given up": clients_of_given_up}


def run(t, case):
    kind, _, rings = case.partition(", ")
    with vhost_disk.new(BYTES, SEED, rings or "split") as disk:
        t.boot(extra=disk.words(t.defaults["mem"]))
        OTHERS.get(kind, lies)(t, disk, kind)
        t.close()
