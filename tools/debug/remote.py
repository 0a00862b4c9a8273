# SPDX-License-Identifier: Apache-2.0
"""A machine of QEMU's as a debugger has it: stopped, and gone on with whole or by one processor alone.

SPEC: "Debugging with GDB", appendix E "GDB Remote Serial Protocol": E.1 packets, E.2 vCont and D."""

import socket

LIMIT_S = 30
INTERRUPT = b"\x03"


def packet(text):
    data = text.encode()
    return b"$" + data + b"#%02x" % (sum(data) % 256)


class Remote:
    """While one is open, the machine goes on only as it says. Processors count from 1."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(LIMIT_S)
        self.socket.connect(str(path))
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _byte(self):
        if not self.buffer:
            self.buffer = self.socket.recv(4096)
            if not self.buffer:
                raise ConnectionError("QEMU closed the debugger's connection")
        byte, self.buffer = self.buffer[:1], self.buffer[1:]
        return byte

    def _answer(self):
        """The next packet's text, acknowledged."""
        while self._byte() != b"$":
            pass
        text = b""
        while (byte := self._byte()) != b"#":
            text += byte
        self._byte(), self._byte()  # the sum
        self.socket.sendall(b"+")
        return text.decode(errors="replace")

    def go_on_alone(self, processor):
        self.socket.sendall(packet(f"vCont;c:{processor:x}"))

    def stop(self):
        """Returns when it stands."""
        self.socket.sendall(INTERRUPT)
        answer = self._answer()
        if answer[:1] not in ("S", "T"):
            raise ConnectionError(f"expected that the machine stops; the debugger's connection said `{answer}'")

    def go_on(self):
        self.socket.sendall(packet("D"))
        answer = self._answer()
        if answer != "OK":
            raise ConnectionError(f"expected OK to D (detach); the debugger's connection said `{answer}'")
