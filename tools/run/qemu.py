# SPDX-License-Identifier: Apache-2.0
"""One QEMU machine: q35 with UEFI firmware booting a disk image, or virt starting a raw image.

Its first serial line is the person's console, the second the control line (tools/run/control.py). Each machine has its
own temporary folder for the firmware's variables and the sockets; leaving the `with` block ends
the process and removes the folder, whatever happened.
"""

import functools
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

# By architecture: folders, files of code and variables, and the Debian package that has them.
FIRMWARE = {
    "x86_64": (["/usr/share/OVMF", "/usr/share/edk2/x64", "/usr/share/edk2-ovmf/x64"],
               [("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"), ("OVMF_CODE.fd", "OVMF_VARS.fd")], "ovmf"),
    "aarch64": (["/usr/share/AAVMF", "/usr/share/edk2/aarch64"],
                [("AAVMF_CODE.fd", "AAVMF_VARS.fd"), ("QEMU_CODE.fd", "QEMU_VARS.fd")], "qemu-efi-aarch64"),
    "riscv64": (["/usr/share/qemu-efi-riscv64"], [("RISCV_VIRT_CODE.fd", "RISCV_VIRT_VARS.fd")], "qemu-efi-riscv64"),
}
MEMORY_AT = {"x86_64": 0, "aarch64": 0x40000000, "riscv64": 0x80000000}
RISCV_FLASH = (0x20000000, 0x22000000)  # of the machine: code, variables
# lui t0, 0x20000; jr t0 (SPEC: RISC-V Unprivileged ISA 20191213, 2.4, 2.5): a0 and a1 are left as firmware needs them.
RISCV_JUMP = struct.pack("<II", 0x200002b7, 0x00028067)
CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]")


class MachineError(Exception):
    """QEMU could not be started, or ended when it should not have."""


@dataclass
class Config:
    boot: object                  # ways.Boot
    smp: int = 2
    mem: str = "256M"
    icount: bool = False          # one guest instruction is one nanosecond, and nothing is random
    host_idle: bool = False       # with icount: while the machine waits for a device, its time goes by as the host's
    reboot: bool = False          # whether a guest's reboot starts it again; else it ends QEMU
    com1: bool = True             # whether there is a console line at all, where it can be left out
    gdb_port: int | None = None   # stop before the first instruction and wait for gdb there
    machine: str = ""             # further properties of the machine
    iommu: bool = False           # whether what devices ask of memory goes by an IOMMU, where the machine can have one
    bus: str = "pci"              # where virtio devices are: pci, or mmio, where the machine has such places; nvme: the disk is none
    rings: str = "split"          # of virtio devices' queues: split or packed
    disk: Path | None = None      # a file that the guest has as its disk; it is written to
    scratch: bool = False         # nobody needs that file when the host itself fails: a guest's flush need not wait for its disks
    share: Path | None = None     # a folder that the guest has as /share, and changes
    net: str = ""                 # words for -netdev after its name: the guest has a network, /dev/net0
    console: str = "serial"       # what the person's terminal is: the first serial line, or `virtio'
    newer: bool = False           # not x86_64: in the newer QEMU of `boot', which has other processors
    extra: tuple = ()
    environment: dict = field(default_factory=dict)   # of QEMU, besides this process's


def firmware(boot):
    folders, files, package = FIRMWARE[boot.arch]
    for folder in [boot.firmware, *folders] if boot.firmware else folders:
        for code, variables in files:
            if (Path(folder) / code).is_file() and (Path(folder) / variables).is_file():
                return Path(folder) / code, Path(folder) / variables
    raise MachineError(f"no UEFI firmware for QEMU found (looked for {files[0][0]} in {', '.join(folders)}); "
                       f"install the Debian package {package}")


def boot_disk(config):
    """WHY of SCSI: nobody drives that. The guest's disk is to be the one that the person gives, however the machine is booted. Its
    interrupt line is nobody else's."""
    # The image on the host stays as it was built: a guest's writes go to a throw-away overlay.
    return ["-drive", f"if=none,id=boot,format=raw,snapshot=on,file={config.boot.path}",
            "-device", "virtio-scsi-pci,id=boot,addr=0x13", "-device", "scsi-hd,bus=boot.0,drive=boot,bootindex=0"]


# The IOMMU of each architecture: as a device, or as a property of the machine. On riscv64 nobody would pass before it is driven:
# firmware could not read its disk.
IOMMUS = {"x86_64": (["-device", "intel-iommu,intremap=off"], ""), "aarch64": ([], "iommu=smmuv3"),
          "riscv64": (["-global", "riscv-iommu.off=off"], "iommu-sys=on")}


def iommu(config):
    """WHY before other devices: QEMU asks each for its way to memory when it is made."""
    return IOMMUS[config.boot.arch][0] if config.iommu else []


# Places of virtio devices in memory, each alone in its page: four of 4 KiB, which have eight places each, and pages of their own.
MMIO_PLACES = {"aarch64": (0, 8, 16, 24), "riscv64": (0, 1, 2, 3)}
MMIO_DEVICES = ("virtio-rng", "virtio-blk", "virtio-9p", "virtio-net")


def virtio(config, device, properties="", pci=""):
    """A device and its properties; `pci` are those behind PCI alone. WHY without a legacy side only behind an IOMMU: such a device is
    none of those that older drivers know."""
    packed = ",packed=on" if config.rings == "packed" else ""
    if config.bus == "mmio" and device in MMIO_DEVICES:
        place = MMIO_PLACES[config.boot.arch][MMIO_DEVICES.index(device)]
        return ["-device", f"{device}-device,bus=virtio-mmio-bus.{place}{properties}{packed}"]
    iommu = ",disable-legacy=on,iommu_platform=on" if config.iommu else ""
    return ["-device", f"{device}-pci{properties}{pci}{iommu}{packed}"]


def disk(config):
    file, cache = str(config.disk).replace(",", ",,"), "unsafe" if config.scratch else "writeback"
    # WHY report: QEMU would stop the machine where the host's disk is full.
    return ["-drive", f"if=none,id=disk,format=raw,discard=unmap,cache={cache},werror=report,rerror=report,file={file}",
            *(["-device", "nvme,serial=disk,drive=disk"] if config.bus == "nvme" else virtio(config, "virtio-blk", ",drive=disk"))]


@functools.cache
def has_device(program, name):
    done = subprocess.run([program, "-device", "help"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return f'name "{name}"' in done.stdout


def has(arch):
    """What scenarios may need of this QEMU itself: `file proxy', another process that plays the host's side of a shared folder, which
    QEMU 9.2 and later do not know."""
    words = [f"qemu-system-{arch}", "-M", "none", "-nodefaults", "-display", "none", "-fsdev", "proxy,id=x"]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return {"file proxy"} if "socket" in done.stderr else set()


def share(config, program):
    """WHY without a security model: the guest has neither users nor modes, so files on the host are what they look like there,
    and belong to whoever runs this. Links are never followed. Numbers of files stay apart where folders of several file systems
    are below."""
    if not has_device(program, "virtio-9p-pci"):
        raise MachineError(f"{program} was built without VirtFS (`{program} -device help' lists no virtio-9p-pci), which sharing a folder "
                           "needs; Debian's package has it")
    folder = str(config.share).replace(",", ",,")
    return ["-fsdev", f"local,id=share,path={folder},security_model=none,multidevs=remap",
            *virtio(config, "virtio-9p", ",fsdev=share,mount_tag=share")]


def network(config):
    """WHY without a ROM: firmware would look for something to boot there."""
    backend, _, rest = config.net.partition(",")
    return ["-netdev", f"{backend},id=net" + (f",{rest}" if rest else ""),
            *virtio(config, "virtio-net", ",netdev=net", pci=",romfile=")]


def terminal(config, character_device):
    """The person's terminal at a character device: words for the first serial line, and for others."""
    if config.console != "virtio":
        return f"chardev:{character_device}", []
    return "null", [*virtio(config, "virtio-serial", ",max_ports=1"), "-device", f"virtconsole,chardev={character_device}"]


def from_disk(config, folder):
    """Words for firmware, with variables of its own, and the disk."""
    code, variables = firmware(config.boot)
    private = Path(folder) / "vars.fd"
    shutil.copyfile(variables, private)
    return [
        "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
        "-drive", f"if=pflash,unit=1,format=raw,file={private}",
        *boot_disk(config),
    ]


def from_memory(config):
    """Words for a loader that is started as a kernel image."""
    return ["-kernel", str(config.boot.loader), "-initrd", str(config.boot.path), "-append", config.boot.cmdline]


def machine(properties, config):
    own = IOMMUS[config.boot.arch][1] if config.iommu else ""
    return ",".join(part for part in (properties, own, config.machine) if part)


def no_tpm(folder):
    """WHY: firmware takes memory where nothing is for a TPM that is not ready yet, and waits 1.5 s for it, with icount as many billions
    of instructions. Here it finds one, behind a pipe that gives back what is written into it: what it asks fails at once, and
    it goes on without."""
    if not has_device("qemu-system-x86_64", "tpm-tis"):
        return []
    pipe = Path(folder) / "tpm"
    os.mkfifo(pipe)
    return ["-tpmdev", f"passthrough,id=tpm,path={pipe},cancel-path=/dev/null", "-device", "tpm-tis,tpmdev=tpm"]


def pc(config, folder, first, second):
    """x86_64: machine, what it boots, and lines."""
    return ["qemu-system-x86_64", "-machine", machine("q35,hpet=on", config), "-cpu", "max", "-vga", "std", *iommu(config),
            *from_disk(config, folder), *no_tpm(folder),
            "-serial", first, "-serial", second]


def arm(config, folder, first, second):
    """aarch64: the second line is a PCI function, at the place where the driver's manifest has it."""
    # WHY: by default the counter ticks every 16 ns, and one tick is too coarse to count instructions with.
    cpu = "max,cntfrq=1000000000" if config.icount else "max"
    # Firmware hands on ACPI's tables; the device tree only with acpi=off.
    program = str(config.boot.newer_qemu) if config.newer else "qemu-system-aarch64"
    return [program, "-machine", machine("virt,gic-version=3", config), "-cpu", cpu,
            *(from_memory(config) if config.boot.way == "raw" else from_disk(config, folder)),
            "-serial", first, "-device", f"pci-serial,addr=4,chardev={second.removeprefix('chardev:')}"]


def above_firmware(config, folder):
    """Words for a machine whose firmware has UEFI above it: put into flash memory, and jumped to by a kernel image of two
    instructions. WHY not as drives: QEMU before 8.1 would take the flash for firmware itself."""
    code, variables = firmware(config.boot)
    jump = Path(folder) / "jump"
    jump.write_bytes(RISCV_JUMP)
    flash = [f"loader,file={part},addr={at:#x},force-raw=on" for part, at in zip((code, variables), RISCV_FLASH)]
    return ["-kernel", str(jump), *(word for part in flash for word in ("-device", part)), *boot_disk(config)]


def riscv_machine(program):
    """WHY without ACPI: firmware hands on the device tree only where there are no such tables. QEMU before 8.0 makes none,
    and does not know the word."""
    done = subprocess.run([program, "-machine", "virt,help"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return "virt,acpi=off" if re.search(r"^\s*acpi=", done.stdout, re.MULTILINE) else "virt"


def riscv(config, folder, first, second):
    """riscv64: firmware is QEMU's own; the second line as on aarch64."""
    raw = config.boot.way == "raw"
    program = str(config.boot.newer_qemu) if config.iommu or config.newer else "qemu-system-riscv64"
    return [program, "-machine", machine("virt" if raw else riscv_machine(program), config), "-bios", "default", *iommu(config),
            *(from_memory(config) if raw else above_firmware(config, folder)),
            "-serial", first, "-device", f"pci-serial,addr=4,chardev={second.removeprefix('chardev:')}"]


MACHINES = {"x86_64": pc, "aarch64": arm, "riscv64": riscv}


def command(config, folder, first, second):
    """QEMU's command line; `first' and `second' name the character devices of the lines, as -serial wants it."""
    words = MACHINES[config.boot.arch](config, folder, first, second)
    words += ["-accel", "tcg,thread=single" if config.icount else "tcg", "-smp", str(config.smp), "-m", config.mem,
              "-nodefaults", "-no-user-config", "-display", "none", "-nic", "none"]
    if config.icount:
        # WHY sleep on riscv64: firmware's timer is set to the end of time, and without sleep an idle machine goes there.
        sleep = "on" if config.host_idle or config.boot.arch == "riscv64" else "off"
        words += ["-icount", f"shift=0,sleep={sleep}", "-rtc", "base=2020-01-01,clock=vm", "-seed", "1"]
    else:
        # WHY not with it: what it delivers is the host's, and differs each time.
        words += virtio(config, "virtio-rng")
    if config.disk:
        words += disk(config)
    if config.share:
        words += share(config, words[0])
    if config.net:
        words += network(config)
    if config.bus == "mmio":
        words += ["-global", "virtio-mmio.force-legacy=false"]
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
        return ["-chardev", f"socket,id={self.name},path={self.path}"]

    def device(self):
        return f"chardev:{self.name}"

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


def kill_all():
    """Ends all machines of this process, which is about to end."""
    for machine in list(Machine.running_now):
        machine.kill()


class Machine:
    """A running guest with both lines as sockets. Use it in a `with` statement."""

    running_now = set()

    def __init__(self, config):
        self.config = config
        self.killed = False

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
        first, devices = terminal(self.config, self.console.name) if self.config.com1 else ("none", [])
        words = command(self.config, self.folder, first, self.control.device()) + self.control.arguments() + devices
        words += self.console.arguments() if self.config.com1 else []
        self.errors = open(Path(self.folder) / "errors", "w+b")
        try:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.errors, stderr=self.errors,
                                            env=dict(os.environ, TMPDIR=self.folder, **self.config.environment))
        except OSError as error:
            raise MachineError(f"QEMU could not be started: {error}; run ./ferrous setup") from None
        Machine.running_now.add(self)
        try:
            for line in self.lines if self.config.com1 else [self.control]:
                line.accept(30)
        except TimeoutError:
            raise MachineError("QEMU did not open the guest's serial lines: " + self.complaint()) from None

    def complaint(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace").strip() or "it printed nothing"

    def crash(self):
        """That QEMU ended by a signal that was not sent from here, in words; empty if it did not."""
        ended_by = -self.process.returncode if not self.killed and self.wait_end(5) else 0
        return f"QEMU itself ended by {signal.Signals(ended_by).name}: {self.complaint()}" if ended_by > 0 else ""

    def running(self):
        return self.process.poll() is None

    def kill(self):
        """From any thread, at any time."""
        if self.process and self.running():
            self.killed = True
            self.process.kill()

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
        Machine.running_now.discard(self)
        for line in self.lines:
            line.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def interactive(config):
    """Runs QEMU on the person's terminal until it ends; its exit status, and what the guest printed."""
    folder = tempfile.mkdtemp(prefix="ferrous-")
    process = None
    try:
        printed = Path(folder) / "console"
        stdio = ["-chardev", f"stdio,id=person,mux=on,signal=off,logfile={printed}", "-mon", "chardev=person",
                 "-chardev", "null,id=nobody"]
        first, devices = terminal(config, "person")
        words = command(config, folder, first, "chardev:nobody") + devices
        process = subprocess.Popen(words + stdio, env=dict(os.environ, TMPDIR=folder))
        status = process.wait()
        return status, printed.read_text("utf-8", "replace") if printed.exists() else ""
    finally:
        if process and process.poll() is None:
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
