# SPDX-License-Identifier: Apache-2.0
"""An Ethernet behind a driver that is killed again and again: what a frame's sender was told is out is at the other end, byte for
byte, and what comes back is read."""

import os
import re
import socket
import struct
import tempfile
from pathlib import Path

from tools.run.cable import Cable

CASES = ["arp", "echo", "echo, packed", "killed on 1 CPU", "killed on 4 CPUs", "hostile frames", "one at a time"]
TYPE_ECHO = 0x88b5
FRAMES = 400


def body(number):
    """What userspace/apps/net sends behind the header of frame `number'."""
    length = 60 + number * 37 % 1400
    return struct.pack("<QH", number, socket.htons(length)) + bytes((number * 31 + i * 7) & 0xff for i in range(24, length))


class Peer(Cable):
    """Sends back what comes, and looks at every byte."""

    def __init__(self, folder):
        self.numbers, self.wrong = [], []
        super().__init__(folder)

    def came(self, frame):
        if len(frame) < 14 or struct.unpack_from(">H", frame, 12)[0] != TYPE_ECHO:
            return  # firmware's
        number = struct.unpack_from("<Q", frame, 14)[0] if len(frame) >= 22 else -1
        if number < 0 or number > FRAMES or frame[14:] != body(number):
            self.wrong.append(frame)
            return
        self.numbers.append(number)
        self.send(frame[6:12] + b"\x02peer!" + frame[12:])

    def send(self, frame):
        try:
            self.socket.sendto(frame, socket.MSG_DONTWAIT, self.guest)
        except OSError:
            pass  # the guest's end is full or gone: a frame may be lost


def arp(t, _):
    t.boot(net="user")
    t.expect_match(t.exec_ok("net"), r"^address +52:54:00:12:34:56\nlink +up\nmtu +1500\n")
    t.expect_equal(t.exec_ok("net arp 10.0.2.2"), "10.0.2.2 is at 52:55:0a:00:02:02\n")
    t.expect_equal(t.exec_ok("net arp 10.0.2.2"), "10.0.2.2 is at 52:55:0a:00:02:02\n")
    t.expect_match(t.exec_ok("net"), r"(?m)^sent +2$")
    status, output = t.exec("net arp 10.0.3.9")
    t.expect(status != 0, "somebody answered for an address that nobody has")
    t.expect_match(output, "the deadline passed")
    for command in ("net arp 10.0.2", "net arp 10.0.2.256", "echo x > /dev/net0/frames", "echo x > /dev/net0/status",
                    "cat /dev/net0/frames"):
        t.expect(t.exec(command)[0] != 0, f"`{command}' was done")


def echo(t, peer, rings="split"):
    t.boot(net=peer.words(), rings=rings)
    t.expect_match(t.exec_ok(f"net echo {FRAMES}"), rf"^{FRAMES} came back")
    t.expect_equal(sorted(set(peer.numbers)), list(range(FRAMES)), "the frames that were sent")
    t.expect_equal(peer.wrong, [], "frames with other bytes")


def killed(t, peer, cpus):
    t.boot(smp=cpus, net=peer.words())
    kills = "".join("kill net0; sleep 0.02; " for _ in range(20))
    t.console_expect(r"ferrous:/> ")
    t.console_send(f"net echo {FRAMES}; echo ended $?\r")
    while not re.search(r"(?m)^ended \d", t.console()):
        t.exec_ok(kills, 120)
    t.expect_match(t.console(), rf"^{FRAMES} came back.*\r?\nended 0", "the console")
    t.expect_equal(sorted(set(peer.numbers)), list(range(FRAMES)), "the frames that were sent")
    t.expect_equal(peer.wrong, [], "frames with other bytes")
    t.expect_match(t.exec_ok("services net0"), r"(?m)^starts +\d\d+$")
    t.expect_equal(t.exec_ok("log crash"), "")


def hostile(t, peer):
    """Frames of any length and content: those that can be none are dropped, the others are passed over, and those asked for come."""
    t.boot(net=peer.words())
    for length in (1, 13, 14, 60, 1514, 1515, 1600, 9000):
        for _ in range(10):
            peer.send(os.urandom(length))
    t.expect_match(t.exec_ok("net echo 40"), r"^40 came back")
    t.expect_match(t.exec_ok("net"), r"(?m)^dropped +[1-9]")
    t.expect_equal(t.exec_ok("log crash"), "")


def alone(t, peer):
    """A network is one program's at a time, and free when that ends, also when it is killed with frames under way."""
    t.boot(net=peer.words())
    t.console_expect(r"ferrous:/> ")
    t.console_send("net echo 100000\r")
    t.eventually("net", r"(?m)^received +[1-9]")
    status, output = t.exec("net echo 8")
    t.expect(status != 0, "two programs have the network")
    t.expect_match(output, "in use")
    t.exec_ok("kill " + re.search(r"(?m)^ *(\d+) .*\bnet( |$)", t.exec_ok("ps"))[1])
    t.eventually("net echo 8", r"^8 came back")
    t.expect_equal(t.exec_ok("log crash"), "")


def run(t, case):
    with tempfile.TemporaryDirectory(prefix="ferrous-net-") as path:
        peer = Peer(Path(path))
        try:
            if case.startswith("killed"):
                killed(t, peer, int(case.split()[2]))
            elif case == "echo, packed":
                echo(t, peer, "packed")
            else:
                {"arp": arp, "echo": echo, "hostile frames": hostile, "one at a time": alone}[case](t, peer)
        finally:
            t.close()
            peer.close()
