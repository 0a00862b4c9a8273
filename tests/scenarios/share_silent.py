# SPDX-License-Identifier: Apache-2.0
"""A shared folder whose host's side does not answer: whoever asks is told that the time is up, and is served once it does. The host's
side is played by this process, as QEMU's proxy of files.

SPEC: QEMU 7.2, docs/tools/virtfs-proxy-helper.rst; hw/9pfs/9p-proxy.h (types of messages), fsdev/9p-iov-marshal.c (little-endian fields)
"""

import socket
import stat
import struct
import tempfile
import threading
from pathlib import Path

HEADER = struct.Struct("<II")
SUCCESS, ERROR, LSTAT, NOT_FOUND = 0, 1, 8, 2
LIMIT = 60
COMMANDS = ("cat /share/x", "mkdir /share/made", "rm /share/y", "ls /share", "ls /share/z")
NEEDS = ["file proxy"]


class Host:
    """Knows the folder itself at once; of everything else it says that it is not there, once it may."""

    def __init__(self, path):
        self.path, self.may_answer, self.asked = path, threading.Event(), threading.Event()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(path))
        self.listener.listen(1)
        threading.Thread(target=self.run, daemon=True).start()

    def words(self):
        return ["-fsdev", f"proxy,id=share,socket={self.path}", "-device", "virtio-9p-pci,fsdev=share,mount_tag=share"]

    def run(self):
        peer, _ = self.listener.accept()
        while head := peer.recv(HEADER.size, socket.MSG_WAITALL):
            kind, size = HEADER.unpack(head)
            body = peer.recv(size, socket.MSG_WAITALL)
            try:
                peer.sendall(self.answer(kind, body))
            except OSError:
                return  # QEMU has ended

    def answer(self, kind, body):
        length, = struct.unpack_from("<H", body)
        if kind == LSTAT and body[2:2 + length].strip(b"./\0") == b"":
            # Device, number, links; mode, owners; device, size, block, blocks; three times.
            fields = struct.pack("<QQQIIIQQQQ6Q", 1, 2, 2, stat.S_IFDIR | 0o755, 0, 0, 0, 4096, 4096, 8, *[0] * 6)
            return HEADER.pack(SUCCESS, len(fields)) + fields
        self.asked.set()
        self.may_answer.wait()
        return HEADER.pack(ERROR, 4) + struct.pack("<i", -NOT_FOUND)

    def close(self):
        self.may_answer.set()
        self.listener.close()


def run(t):
    with tempfile.TemporaryDirectory(prefix="ferrous-share-") as folder:
        host = Host(Path(folder) / "host")
        try:
            t.boot(extra=host.words())
            _, output = t.exec(" & ".join(COMMANDS) + "; wait", LIMIT)
            for command in COMMANDS:
                name, path = command.split()
                t.expect_match(output, rf"(?m)^{name}: {path}: .*the deadline passed", f"what `{command}' says")
            t.expect(host.asked.is_set(), "the host was never asked")
            host.may_answer.set()
            t.eventually("cat /share/x", "nothing of that name")
            about = t.exec_ok("services share")
            t.expect_match(about, r"(?m)^starts +1$")
            t.expect_equal(t.exec_ok("log crash"), "")
        finally:
            t.close()
            host.close()
