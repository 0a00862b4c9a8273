# SPDX-License-Identifier: Apache-2.0
"""The guest's memory and a virtio queue in it, from the device's side: what tests that are a device read of the driver's requests,
and write as answers, true or not.

SPEC: QEMU, docs/interop/vhost-user.rst (memory regions, vring base); virtio 1.2, 2.7 (split virtqueues), 2.8 (packed virtqueues)
"""

import mmap
import os
import struct

MORE, DEVICE_WRITES, TABLE = 1, 2, 4
AVAILABLE, USED = 1 << 7, 1 << 15
CHAIN_MAX, ROUND = 64, 1 << 15


class Wrong(Exception):
    """The guest's driver or QEMU said what cannot be."""


class Memory:
    """The guest's, in QEMU's regions."""

    def __init__(self, payload, files):
        count, = struct.unpack_from("<I", payload)
        self.regions = []
        for at, file in zip(range(count), files, strict=True):
            guest, size, user, offset = struct.unpack_from("<QQQQ", payload, 8 + 32 * at)
            self.regions.append((guest, user, size, offset, memoryview(mmap.mmap(file, size + offset))))
            os.close(file)

    def find(self, address, size, of_user):
        for guest, user, length, offset, view in self.regions:
            begin = address - (user if of_user else guest)
            if 0 <= begin and begin + size <= length:
                return view[offset + begin:offset + begin + size]
        raise Wrong(f"{size} bytes at {address:#x} are nowhere in the guest's memory")


class Chain:
    """A request: its number, how many descriptors of the ring it takes, [memory that the device reads], [... writes]."""

    def __init__(self, number):
        self.number, self.descriptors, self.read, self.written = number, 0, [], []

    def add(self, memory, address, size, flags):
        (self.written if flags & DEVICE_WRITES else self.read).append(memory.find(address, size, False))


class Queue:
    """What QEMU says of it; the two kinds have take(), answer(), ahead() and scribble()."""

    def __init__(self):
        self.size, self.enabled = 0, False
        self.addresses, self.kick, self.call = None, None, None

    def ready(self):
        return self.enabled and self.size and self.addresses and self.kick is not None

    def parts(self, memory):
        """Memory of the descriptors, and where what the device tells and what the driver tells begin."""
        table, device, driver = self.addresses
        return memory.find(table, 16 * self.size, True), device, driver


class Split(Queue):
    def __init__(self):
        super().__init__()
        self.base = 0

    def open(self, memory):
        self.table, device, driver = self.parts(memory)
        self.available = memory.find(driver, 4 + 2 * self.size, True)
        self.used = memory.find(device, 4 + 8 * self.size, True)

    def take(self, memory):
        """The next chain; None: there is none."""
        if self.base == struct.unpack_from("<H", self.available, 2)[0]:
            return None
        at, = struct.unpack_from("<H", self.available, 4 + 2 * (self.base % self.size))
        self.base = (self.base + 1) % 65536
        chain, table = Chain(at), self.table
        for _ in range(CHAIN_MAX):
            address, size, flags, after = struct.unpack_from("<QIHH", table, 16 * at)
            if flags & TABLE:
                table, at = memory.find(address, size, False), 0
                continue
            chain.add(memory, address, size, flags)
            if not flags & MORE:
                return chain
            at = after
        raise Wrong("a chain of descriptors has no end")

    def answer(self, number, count, _):
        used, = struct.unpack_from("<H", self.used, 2)
        struct.pack_into("<II", self.used, 4 + 8 * (used % self.size), number, count)
        self.ahead(1)

    def ahead(self, by):
        used, = struct.unpack_from("<H", self.used, 2)
        struct.pack_into("<H", self.used, 2, (used + by) % 65536)

    def scribble(self, randbytes):
        self.table[:] = randbytes(len(self.table))
        self.available[:] = randbytes(len(self.available))


class Packed(Queue):
    """Two places in the ring, each with the bit of its round above it."""

    def __init__(self):
        super().__init__()
        self.next = self.used = ROUND

    @property
    def base(self):
        return self.next | self.used << 16

    @base.setter
    def base(self, value):
        self.next, self.used = value & 0xffff, value >> 16

    def open(self, memory):
        self.table, _, _ = self.parts(memory)

    def behind(self, place, by):
        at = (place & ~ROUND) + by
        return (at - self.size | ~place & ROUND) if at >= self.size else (at | place & ROUND)

    def take(self, memory):
        """The next chain; None: there is none."""
        chain, flags = None, MORE
        while flags & MORE:
            address, size, number, flags = struct.unpack_from("<QIHH", self.table, 16 * (self.next & ~ROUND))
            if chain is None and flags & (AVAILABLE | USED) != (AVAILABLE if self.next & ROUND else USED):
                return None
            chain = chain or Chain(number)
            chain.number, chain.descriptors = number, chain.descriptors + 1
            self.next = self.behind(self.next, 1)
            if chain.descriptors > self.size:
                raise Wrong("a chain of descriptors has no end")
            if flags & TABLE:
                table = memory.find(address, size, False)
                for at in range(0, size, 16):
                    address, part, _, what = struct.unpack_from("<QIHH", table, at)
                    chain.add(memory, address, part, what)
            else:
                chain.add(memory, address, size, flags)
        return chain

    def mark(self):
        flags = DEVICE_WRITES | (AVAILABLE | USED if self.used & ROUND else 0)
        struct.pack_into("<H", self.table, 16 * (self.used & ~ROUND) + 14, flags)

    def answer(self, number, count, descriptors):
        struct.pack_into("<IH", self.table, 16 * (self.used & ~ROUND) + 8, count, number % 65536)
        self.mark()
        self.used = self.behind(self.used, descriptors)

    def ahead(self, by):
        """What is there, requests or not, is said to be done."""
        for _ in range(by % self.size + 1):
            self.mark()
            self.used = self.behind(self.used, 1)

    def scribble(self, randbytes):
        self.table[:] = randbytes(len(self.table))


KINDS = {"split": Split, "packed": Packed}
