# SPDX-License-Identifier: Apache-2.0
"""The other end of a network's cable, for QEMU's datagrams over Unix sockets."""

import socket
import threading
from pathlib import Path

FRAME_MOST = 65536


class Cable:
    """Its sockets lie in the folder. Who inherits says in came(frame) what happens to a frame; an OSError there ends it, as closing
    does."""

    def __init__(self, folder):
        self.path, self.guest = str(Path(folder) / "peer"), str(Path(folder) / "guest")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        threading.Thread(target=self.run, daemon=True).start()

    def words(self):
        return f"dgram,local.type=unix,local.path={self.guest},remote.type=unix,remote.path={self.path}"

    def run(self):
        try:
            while True:
                self.came(self.socket.recv(FRAME_MOST))
        except OSError:
            return

    def close(self):
        self.socket.close()
