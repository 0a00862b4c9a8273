# SPDX-License-Identifier: Apache-2.0
"""A disk behind a driver that is killed again and again: every byte is where it was written, before and after, and through
the file as through memory that the device writes to."""

import re
import tempfile
from pathlib import Path

from tools.run import monitor, torture
from tools.run.scenarios import new_disk

MEGABYTE = 1 << 20
CASES = ["file", "windows", "killed on 1 CPU", "killed on 4 CPUs", "killed on 2 CPUs, packed", "killed at full speed, calls",
         "killed at full speed, rings", "kept over boots", "power cut", "several queues", "client that writes anything",
         "no room at the host"]
WHOLE = "the file takes whole sectors only, .*: expected multiples of 512, found"
REFUSED = {
    "echo few | write /dev/disk0": f"{WHOLE} 4 bytes at 0$",
    "echo x > /dev/disk0": f"^echo: .*{WHOLE} 2 bytes at 0$",
    "disk /dev/disk0 zero 256 1": "1 blocks of 4 KiB from 256 on are not on the disk: it has 256$",
    "disk /dev/disk0 fill 7 0 257": "257 blocks of 4 KiB from 0 on are not on the disk: it has 256$",
    "disk /dev/uart0": "there is nothing of that name$",
}
TURNS = 2
RUBBISH = 150


def file(t):
    """Any bytes are read, whole sectors written."""
    t.boot(blocks=MEGABYTE)
    t.expect_match(t.exec_ok("disk /dev/disk0"), r"^2048 sectors")
    t.exec_ok("disk /dev/disk0 fill 7 0 256")
    t.expect_match(t.exec_ok("cat /dev/disk0 | wc"), rf" {MEGABYTE}$")
    for command, why in REFUSED.items():
        status, output = t.exec(command)
        t.expect(status != 0, f"`{command}' was done")
        t.expect_match(output, why)
    t.exec_ok("disk /dev/disk0 check 7 0 256")
    t.exec_ok("disk /dev/disk0 zero 3 2; disk /dev/disk0 discard 9 1; disk /dev/disk0 check 7 0 3")
    t.expect(t.exec("disk /dev/disk0 check 7 0 4")[0] != 0, "a block that was zeroed is there")


def windows(t):
    """A driver that comes back finds windows lent, and takes them back when their files are closed."""
    t.boot(blocks=MEGABYTE)
    for _ in range(3):
        t.exec_ok("kill disk0")
        for _ in range(4):
            t.exec_ok("disk /dev/disk0 fill 7 0 20; disk /dev/disk0 check 7 0 20")
    about = t.exec_ok("services disk0")
    t.expect_match(about, r"(?m)^dma +without an IOMMU")
    t.expect_match(about, r"(?m)^begun-anew +0$")


def killed(t, cpus, rings):
    t.boot(smp=cpus, blocks=MEGABYTE, rings=rings)
    status, output = t.exec("torture kill 30 40 4000 disk0", 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    t.expect(len(re.findall(r"(?m)^back disk0 \d+ alone$", output)) >= 40, f"the driver was not killed:\n{output[-3000:]}")
    t.expect_equal(t.exec_ok("log crash"), "")


def at_full_speed(t, way):
    """Eight requests under way all the time, and nothing lost. WHY by the guest's own time: on a busy host a restart takes longer than
    it is between two."""
    t.boot(smp=1, icount=True, host_idle=True, blocks=4 * MEGABYTE)
    status, output = t.exec(torture.speed_command(50_000, 8, way), 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    found, lost = torture.speeds(output)
    t.expect_equal(lost, "")
    t.expect(found["killed"][0] > 0, "nothing was done while the driver was killed")
    t.expect_equal(found["killed"][2], 8)


def several_queues(t):
    """Requests of a window and those of the file go to queues of their own, where the device has two."""
    with tempfile.TemporaryDirectory(prefix="ferrous-monitor-") as folder:
        path = Path(folder) / "monitor"
        t.boot(smp=2, blocks=MEGABYTE, extra=monitor.words(path))
        t.exec_ok("disk /dev/disk0 fill 7 0 20; disk /dev/disk0 check 7 0 20")
        t.expect_match(t.exec_ok("cat /dev/disk0 | wc"), rf" {MEGABYTE}$")
        machine = monitor.Monitor(path)
        device = re.search(r"(\S+) \[virtio-blk\]", machine.run("info virtio"))
        for queue in (0, 1):
            t.expect_match(machine.run(f"info virtio-queue-status {device[1]} {queue}"), r"last_avail_idx: +[1-9]", f"queue {queue}")
        t.close()


# What QEMU's `blkdebug' reads: writes find no room at the host, once at a time.
NO_ROOM = """[inject-error]
event = "write_aio"
errno = "28"
once = "on"
"""


def no_room_at_the_host(t):
    """Who writes is told so, and the machine goes on."""
    with new_disk(MEGABYTE) as path:
        rules = path.with_name("rules")
        rules.write_text(NO_ROOM, encoding="ascii")
        t.boot(blocks=f"blkdebug:{rules}:{path}")
        status, output = t.exec("disk /dev/disk0 fill 7 0 8")
        t.expect(status != 0, "a write for which there was no room was done")
        t.expect_match(output, "the device failed")
        t.exec_ok("disk /dev/disk0 fill 7 0 8; disk /dev/disk0 check 7 0 8")
        t.close()


def writes_anything(t):
    """A client that writes what cannot be into its rings is told so and harms nobody: neither the driver nor who uses the disk meanwhile."""
    t.boot(smp=2, blocks=MEGABYTE)
    t.exec_ok("disk /dev/disk0 fill 7 0 60")
    t.console_expect(r"ferrous:/> ")
    t.console_send(f"torture rubbish 5 {RUBBISH}; echo ended $?\r")
    while not re.search(r"(?m)^ended \d", t.console()):
        t.exec_ok("disk /dev/disk0 check 7 0 60; disk /dev/disk0 fill 8 100 60; disk /dev/disk0 check 8 100 60", 120)
    t.expect_match(t.console(), r"(?m)^0 lost\r?\nended 0", "the console")
    t.expect_match(t.exec_ok("services disk0"), r"(?m)^starts +1$")
    t.expect_equal(t.exec_ok("log crash"), "")


def over_boots(t, end):
    """What was written and flushed is there after the end."""
    with new_disk(MEGABYTE) as path:
        for turn in range(TURNS):
            t.boot(blocks=path)
            if turn:
                t.exec_ok(f"disk /dev/disk0 check {turn} 0 128")
            t.exec_ok(f"disk /dev/disk0 fill {turn + 1} 0 128")
            end(t, turn)
        t.close()


def power_off(t, _):
    t.agent.off()


def cut(t, turn):
    """QEMU is killed while other blocks are being written."""
    t.console_send("".join(f"disk /dev/disk0 fill 9 128 128; echo written {i}; " for i in range(6)) + "\n")
    t.console_expect(rf"^written {turn + 1}")
    t.machine.process.kill()


def run(t, case):
    if case.startswith("killed at full speed"):
        at_full_speed(t, case.partition(", ")[2])
    elif case == "client that writes anything":
        writes_anything(t)
    elif case.startswith("killed"):
        where, _, rings = case.partition(", ")
        killed(t, int(where.split()[2]), rings or "split")
    elif case == "no room at the host":
        no_room_at_the_host(t)
    elif case == "several queues":
        several_queues(t)
    elif case == "kept over boots":
        over_boots(t, power_off)
    elif case == "power cut":
        over_boots(t, cut)
    else:
        globals()[case](t)
