# SPDX-License-Identifier: Apache-2.0
"""QEMU's monitor, one command at a time."""

import socket

from tools.run.qemu import MachineError


def words(path):
    """Words for QEMU's command line."""
    return ("-monitor", f"unix:{path},server=on,wait=off")


class Monitor:
    def __init__(self, path):
        self.peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.peer.connect(str(path))
        self.read_prompt()

    def read_prompt(self):
        text = b""
        while not text.endswith(b"(qemu) "):
            piece = self.peer.recv(4096)
            if not piece:
                raise MachineError("QEMU closed its monitor")
            text += piece
        return text.decode("utf-8", "replace")

    def run(self, command):
        """What it printed."""
        self.peer.sendall(command.encode() + b"\n")
        return self.read_prompt()
