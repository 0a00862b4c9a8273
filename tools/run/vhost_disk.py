# SPDX-License-Identifier: Apache-2.0
"""A disk that this process is: QEMU hands the guest's memory and the device's queue over (vhost-user), so that tests decide what
the device writes where, and when. It serves truly, or lies as it is told; all that it says can be seen to be wrong.

SPEC: QEMU, docs/interop/vhost-user.rst (messages and their payloads); virtio 1.2, 5.2 (block device)
"""

import os
import random
import selectors
import socket
import struct
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from tools.run.vhost_queues import KINDS, Memory, Wrong

SECTOR = 512
# SPEC: vhost-user.rst, "Front-end message types", "Header"
GET_FEATURES, SET_FEATURES, SET_OWNER, SET_MEM_TABLE = 1, 2, 3, 5
SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE = 8, 9, 10, 11
SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES = 12, 13, 14, 15, 16
SET_VRING_ENABLE, GET_CONFIG = 18, 24
HEADER, VERSION, REPLY, NO_FILE = struct.Struct("<III"), 1, 4, 0x100
PROTOCOL_CONFIG = 1 << 9
# SPEC: virtio 1.2, 6 "Reserved Feature Bits"; 5.2.3; and vhost-user's own bit 30
FEATURES = 1 << 32 | 1 << 30 | 1 << 28 | 1 << 9 | 1 << 13 | 1 << 14
PACKED = 1 << 34
READ, WRITE, FLUSH, DISCARD, ZERO = 0, 1, 4, 11, 13
OK, FAILED, UNSUPPORTED = 0, 1, 2

# What the device may be told to do wrong, when it has finished a request.
LIES = ("number", "stranger", "twice", "long", "short", "status", "ahead", "scribble", "silent", "interrupts")


class Disk:
    """`lies` is how many requests of a thousand end in one of `kinds`, which may be changed at any time. `rings`: split or packed."""

    def __init__(self, folder, size, seed, rings):
        self.path, self.data, self.random = Path(folder) / "vhost", bytearray(size), random.Random(seed)
        self.lies, self.kinds, self.told = 0, LIES, dict.fromkeys(LIES, 0)
        self.served, self.complaint = 0, ""
        self.stable, self.left, self.cut = None, None, threading.Event()
        self.rings, self.memory, self.queue = rings, None, KINDS[rings]()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(self.path))
        self.listener.listen(1)
        self.ending, self.end = socket.socketpair()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def words(self, mem):
        """For QEMU: the device, and memory that another process can see."""
        packed = "on" if self.rings == "packed" else "off"
        return ["-object", f"memory-backend-memfd,id=shared,size={mem},share=on", "-machine", "memory-backend=shared",
                "-chardev", f"socket,id=vhost,path={self.path}", "-device", f"vhost-user-blk-pci,chardev=vhost,num-queues=1,packed={packed}"]

    def close(self):
        self.end.close()
        self.thread.join()
        for each in (self.listener, self.ending):
            each.close()

    # ---- QEMU ----

    def run(self):
        self.waiting = selectors.DefaultSelector()
        self.waiting.register(self.ending, selectors.EVENT_READ)
        self.waiting.register(self.listener, selectors.EVENT_READ, self.accept)
        try:
            while True:
                for key, _ in self.waiting.select():
                    if key.data is None:
                        return
                    key.data(key.fileobj)
        except (Wrong, OSError, struct.error, ValueError) as error:
            self.complaint = repr(error)

    def accept(self, listener):
        """QEMU, or the next, after one that was killed."""
        peer, _ = listener.accept()
        for name in ("kick", "call"):
            self.change_file(name, None)
        self.queue = KINDS[self.rings]()
        self.waiting.register(peer, selectors.EVENT_READ, self.message)

    def message(self, peer):
        head, files, _, _ = socket.recv_fds(peer, HEADER.size, 8)
        if not head:
            self.waiting.unregister(peer)
            peer.close()
            return
        request, _, size = HEADER.unpack(head)
        payload = peer.recv(size, socket.MSG_WAITALL) if size else b""
        answer = self.carry_out(request, payload, files)
        if answer is not None:
            peer.sendall(HEADER.pack(request, VERSION | REPLY, len(answer)) + answer)

    def carry_out(self, request, payload, files):
        """What is answered; None: nothing."""
        queue = self.queue
        if request == GET_FEATURES:
            return struct.pack("<Q", FEATURES | (PACKED if self.rings == "packed" else 0))
        if request == GET_PROTOCOL_FEATURES:
            return struct.pack("<Q", PROTOCOL_CONFIG)
        if request == GET_CONFIG:
            offset, size, _ = struct.unpack_from("<III", payload)
            return payload[:12] + self.config()[offset:offset + size]
        if request == GET_VRING_BASE:
            queue.enabled = False
            self.change_file("kick", None)
            return struct.pack("<II", 0, queue.base)
        if request == SET_MEM_TABLE:
            self.memory = Memory(payload, files)
        elif request == SET_VRING_NUM:
            queue.size = struct.unpack("<II", payload)[1]
        elif request == SET_VRING_BASE:
            queue.base = struct.unpack("<II", payload)[1]
        elif request == SET_VRING_ADDR:
            queue.addresses = struct.unpack_from("<QQQ", payload, 8)
        elif request in (SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR):
            self.change_file({SET_VRING_KICK: "kick", SET_VRING_CALL: "call"}.get(request), files[0] if files else None)
        elif request == SET_VRING_ENABLE:
            queue.enabled = struct.unpack("<II", payload)[1] == 1
        elif request not in (SET_FEATURES, SET_OWNER, SET_PROTOCOL_FEATURES):
            raise Wrong(f"QEMU sent message {request}, which this device does not know")
        return None

    def change_file(self, name, file):
        if name is None:
            if file is not None:
                os.close(file)
            return
        before = getattr(self.queue, name)
        if before is not None:
            if name == "kick":
                self.waiting.unregister(before)
            os.close(before)
        setattr(self.queue, name, file)
        if name == "kick" and file is not None:
            self.waiting.register(file, selectors.EVENT_READ, self.kicked)

    def config(self):
        """SPEC: virtio 1.2, 5.2.4"""
        sectors = len(self.data) // SECTOR
        config = bytearray(256)
        struct.pack_into("<Q", config, 0, sectors)
        struct.pack_into("<II", config, 36, sectors, 1)  # to discard: sectors, pieces
        struct.pack_into("<II", config, 48, sectors, 1)  # to zero
        return bytes(config)

    # ---- requests ----

    def kicked(self, file):
        os.eventfd_read(file)
        queue = self.queue
        if not queue.ready():
            return
        queue.open(self.memory)
        while queue.enabled and self.has_power() and (chain := queue.take(self.memory)):
            self.served += 1
            lie = self.random.choice(self.kinds) if self.random.randrange(1000) < self.lies else None
            if lie:
                self.told[lie] += 1
            self.finish(chain, self.serve(chain, lie), lie)

    def serve(self, chain, lie):
        """Bytes that were written."""
        read, written = chain.read, chain.written
        kind, _, sector = struct.unpack_from("<IIQ", read[0])
        status, count = OK, 0
        if lie == "status":
            status = self.random.choice((FAILED, UNSUPPORTED, 77, 255))
        elif kind == READ:
            count = self.copy_out(written[:-1], sector * SECTOR, lie == "short")
        elif kind == WRITE and lie != "short":
            self.copy_in(read[1:], sector * SECTOR)
        elif kind in (DISCARD, ZERO):
            self.zero(read[1])
        elif kind == FLUSH:
            self.flush()
        elif kind != WRITE:
            status = UNSUPPORTED
        if lie == "short" and kind != READ:
            return 0   # and no status
        written[-1][-1] = status
        return count + 1

    def copy_out(self, parts, at, short):
        """A short one leaves the last byte as it is, and says so by its count."""
        done = 0
        for part in parts:
            size = len(part) - (1 if short and part is parts[-1] else 0)
            part[:size] = self.data[at + done:at + done + size]
            done += size
        return done

    def copy_in(self, parts, at):
        for part in parts:
            self.data[at:at + len(part)] = part
            at += len(part)

    def zero(self, part):
        sector, count = struct.unpack_from("<QI", part)
        self.data[sector * SECTOR:(sector + count) * SECTOR] = bytes(count * SECTOR)

    # ---- power ----

    def fail_after(self, requests):
        """What is written is volatile until a flush, and after so many requests power is cut: `cut` is set, and nothing is served
        until `restore`."""
        self.stable, self.left = bytearray(self.data), requests

    def has_power(self):
        if self.left is None:
            return True
        if self.left == 0:
            self.cut.set()
            return False
        self.left -= 1
        return True

    def flush(self):
        if self.stable is not None:
            self.stable[:] = self.data

    def restore(self):
        """How many sectors were lost: any of those that were not flushed. For when QEMU has been killed."""
        lost = [at for at in range(0, len(self.data), SECTOR)
                if self.data[at:at + SECTOR] != self.stable[at:at + SECTOR] and self.random.randrange(2)]
        for at in lost:
            self.data[at:at + SECTOR] = self.stable[at:at + SECTOR]
        self.stable, self.left = None, None
        self.cut.clear()
        return len(lost)

    # ---- answers ----

    def finish(self, chain, count, lie):
        queue = self.queue
        if lie == "silent":
            return
        if lie == "scribble":
            queue.enabled = False  # the driver will see from the number that it is time for a reset
            queue.scribble(self.random.randbytes)
        no_number = queue.size + self.random.randrange(1 << 15)
        number = {"number": no_number, "scribble": no_number, "stranger": (chain.number + 1) % queue.size}.get(lie, chain.number)
        queue.answer(number, count + (1 << self.random.randrange(16, 31)) if lie == "long" else count, chain.descriptors)
        if lie == "twice":
            queue.answer(number, count, chain.descriptors)
        if lie == "ahead":
            queue.ahead(self.random.randrange(queue.size, 1 << 15))
        for _ in range(1000 if lie == "interrupts" else 1):
            self.interrupt()

    def interrupt(self):
        if self.queue.call is not None:
            os.eventfd_write(self.queue.call, 1)


@contextmanager
def new(size, seed, rings="split"):
    with tempfile.TemporaryDirectory(prefix="ferrous-vhost-") as folder:
        disk = Disk(folder, size, seed, rings)
        try:
            yield disk
        finally:
            disk.close()
