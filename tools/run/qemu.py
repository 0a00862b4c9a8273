# SPDX-License-Identifier: Apache-2.0
"""One QEMU machine: q35 with UEFI firmware, booting a disk image.

COM1 is the person's console, COM2 the control line (tools/run/control.py). Each machine has its
own temporary folder for the firmware's variables and the sockets; leaving the `with` block ends
the process and removes the folder, whatever happened.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

FIRMWARE = [("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"), ("OVMF_CODE.fd", "OVMF_VARS.fd")]
CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]")
FIRMWARE_FOLDERS = ["/usr/share/OVMF", "/usr/share/edk2/x64", "/usr/share/edk2-ovmf/x64"]


class MachineError(Exception):
    """QEMU could not be started, or ended when it should not have."""


@dataclass
class Config:
    disk: Path
    smp: int = 2
    mem: str = "256M"
    icount: bool = False          # one guest instruction is one nanosecond, and nothing is random
    reboot: bool = False          # whether a guest's reboot starts it again; else it ends QEMU
    com1: bool = True             # whether there is a console line at all
    gdb_port: int | None = None   # stop before the first instruction and wait for gdb there
    extra: tuple = ()


def firmware():
    for folder in FIRMWARE_FOLDERS:
        for code, variables in FIRMWARE:
            if (Path(folder) / code).is_file() and (Path(folder) / variables).is_file():
                return Path(folder) / code, Path(folder) / variables
    raise MachineError("no UEFI firmware for QEMU found (looked for OVMF_CODE_4M.fd in "
                       f"{', '.join(FIRMWARE_FOLDERS)}); install the Debian package ovmf")


def command(config, folder, serial):
    """QEMU's command line; `serial` are the arguments for COM1 and COM2."""
    code, variables = firmware()
    private = Path(folder) / "vars.fd"
    shutil.copyfile(variables, private)
    words = [
        "qemu-system-x86_64", "-machine", "q35,hpet=on", "-accel", "tcg,thread=single" if config.icount else "tcg",
        "-cpu", "max", "-smp", str(config.smp), "-m", config.mem,
        "-nodefaults", "-no-user-config", "-display", "none", "-vga", "std", "-nic", "none",
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
        "-drive", f"if=pflash,unit=1,format=raw,file={private}",
        # The image on the host stays as it was built: a guest's writes go to a throw-away overlay.
        "-drive", f"if=none,id=disk,format=raw,snapshot=on,file={config.disk}",
        "-device", "virtio-blk-pci,drive=disk,bootindex=0",
        *serial,
    ]
    if config.icount:
        words += ["-icount", "shift=0,sleep=off", "-rtc", "base=2020-01-01,clock=vm", "-seed", "1"]
    if not config.reboot:
        words += ["-no-reboot"]
    if config.gdb_port:
        words += ["-S", "-gdb", f"tcp:127.0.0.1:{config.gdb_port}"]
    return words + list(config.extra)


class Line:
    """One serial line of the guest: a socket, and all bytes that came so far. Lines of one machine share
    `changed`, so that who waits at one also notices what comes on the other."""

    def __init__(self, folder, name, changed):
        self.name = name
        self.path = str(Path(folder) / name)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(1)
        self.peer = None
        self.data = bytearray()
        self.closed = False
        self.changed = changed

    def arguments(self):
        return ["-chardev", f"socket,id={self.name},path={self.path}", "-serial", f"chardev:{self.name}"]

    def accept(self, limit):
        self.listener.settimeout(limit)
        self.peer, _ = self.listener.accept()
        threading.Thread(target=self.collect, daemon=True).start()

    def collect(self):
        while True:
            try:
                piece = self.peer.recv(65536)
            except OSError:
                piece = b""
            with self.changed:
                if not piece:
                    self.closed = True
                self.data += piece
                self.changed.notify_all()
            if not piece:
                return

    def send(self, data):
        try:
            self.peer.sendall(data)
        except OSError:
            pass  # the guest is gone; whoever waits for an answer sees the line closed

    def wait(self, ready, limit):
        """Waits until ready(data) gives something but None, the line closes or the time is up."""
        end = time.monotonic() + limit
        with self.changed:
            while True:
                found = ready(self.data)
                if found is not None or self.closed:
                    return found
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self.changed.wait(left)

    def text(self):
        """All that came, without the firmware's cursor movements."""
        with self.changed:
            return CONTROL_SEQUENCE.sub("", bytes(self.data).decode("utf-8", "replace"))

    def close(self):
        for each in (self.peer, self.listener):
            if each:
                each.close()


class Machine:
    """A running guest with both lines as sockets. Use it in a `with` statement."""

    def __init__(self, config):
        self.config = config

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="ferrous-")
        self.process = None
        self.lines = []
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        changed = threading.Condition()
        self.console = Line(self.folder, "console", changed)
        self.control = Line(self.folder, "control", changed)
        self.lines = [self.console, self.control]
        first = self.console.arguments() if self.config.com1 else ["-serial", "none"]
        words = command(self.config, self.folder, first + self.control.arguments())
        self.errors = open(Path(self.folder) / "errors", "w+b")
        try:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors,
                                            env=dict(os.environ, TMPDIR=self.folder))
        except OSError as error:
            raise MachineError(f"QEMU could not be started: {error}; install the Debian package qemu-system-x86") from None
        try:
            for line in self.lines if self.config.com1 else [self.control]:
                line.accept(30)
        except TimeoutError:
            raise MachineError("QEMU did not open the guest's serial lines: " + self.complaint()) from None

    def complaint(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace").strip() or "it printed nothing"

    def running(self):
        return self.process.poll() is None

    def wait_end(self, limit):
        """True if QEMU ended by itself within the limit: the guest powered off."""
        try:
            self.process.wait(limit)
            return True
        except subprocess.TimeoutExpired:
            return False

    def __exit__(self, *_):
        if self.process and self.running():
            self.process.terminate()
            if not self.wait_end(5):
                self.process.kill()
                self.process.wait()
        for line in self.lines:
            line.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def interactive(config):
    """Runs QEMU on the person's terminal until it ends; its exit status, and what the guest printed."""
    folder = tempfile.mkdtemp(prefix="ferrous-")
    process = None
    try:
        printed = Path(folder) / "console"
        terminal = ["-chardev", f"stdio,id=person,mux=on,signal=off,logfile={printed}", "-serial", "chardev:person",
                    "-mon", "chardev=person", "-serial", "null"]
        process = subprocess.Popen(command(config, folder, terminal), env=dict(os.environ, TMPDIR=folder))
        status = process.wait()
        return status, printed.read_text("utf-8", "replace") if printed.exists() else ""
    finally:
        if process and process.poll() is None:
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
