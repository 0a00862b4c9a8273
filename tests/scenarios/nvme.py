# SPDX-License-Identifier: Apache-2.0
"""A disk of NVMe serves what a virtio disk serves, and survives as much: its driver is killed again and again, its function is reset each time,
and every byte is where it was written."""

import re

from tools.run import torture
from tools.run.scenarios import new_disk

MEGABYTE = 1 << 20
CASES = ["file", "blocks of 4 KiB", "windows", "killed on 1 CPU", "killed on 4 CPUs", "killed at full speed, calls",
         "killed at full speed, rings", "kept over boots", "power cut", "client that writes anything", "no room at the host",
         "kept to its memory"]
NEEDS = {case: ["messages of functions"] for case in CASES} | {"kept to its memory": ["messages of functions", "iommu"]}
WIDE = ("-global", "nvme.logical_block_size=4096", "-global", "nvme.physical_block_size=4096")
TURNS = 2
RUBBISH = 100
NO_ROOM = """[inject-error]
event = "write_aio"
errno = "28"
once = "on"
"""


def boot(t, blocks=MEGABYTE, **more):
    t.boot(bus="nvme", blocks=blocks, **more)


def used(t, zeroes):
    """Reads at any byte, whole blocks written, zeroed and discarded."""
    t.expect_match(t.exec_ok("disk /dev/disk0"), rf"^2048 sectors of 512 bytes; in one request it discards 8192 and zeroes {zeroes}$")
    t.exec_ok("disk /dev/disk0 fill 7 0 256")
    t.expect_match(t.exec_ok("cat /dev/disk0 | wc"), rf" {MEGABYTE}$")
    t.exec_ok("disk /dev/disk0 check 7 0 256")
    t.exec_ok("disk /dev/disk0 zero 3 2; disk /dev/disk0 discard 9 1; disk /dev/disk0 check 7 0 3")
    t.expect(t.exec("disk /dev/disk0 check 7 0 4")[0] != 0, "a block that was zeroed is there")
    t.exec_ok("disk /dev/disk0 fill 8 100 100; disk /dev/disk0 check 8 100 100; disk /dev/disk0 check 7 20 80")


def refused(t, block):
    for command, found in (("echo few | write /dev/disk0", "4 bytes at 0$"), ("echo x > /dev/disk0", "2 bytes at 0$")):
        status, output = t.exec(command)
        t.expect(status != 0, f"`{command}' was done")
        t.expect_match(output, f"expected multiples of {block}, found {found}")


def file(t):
    boot(t)
    t.expect_match(t.exec_ok("services disk0"), r"(?m)^program +bin/nvme$")
    used(t, 128)
    refused(t, 512)


def wide_blocks(t):
    boot(t, extra=WIDE)
    used(t, 128)
    refused(t, 4096)
    for seed in range(10, 15):
        t.exec_ok(f"disk /dev/disk0 fill {seed} 0 256 & kill disk0; wait; disk /dev/disk0 check {seed} 0 256")
    t.expect_match(t.exec_ok("services disk0"), r"(?m)^starts +6$")


def windows(t):
    """A driver that comes back finds windows lent, and takes them back when their files are closed."""
    boot(t)
    t.exec_ok("disk /dev/disk0")  # who waits for the first reset of its function cannot be killed
    for _ in range(3):
        t.exec_ok("kill disk0")
        for _ in range(4):
            t.exec_ok("disk /dev/disk0 fill 7 0 20; disk /dev/disk0 check 7 0 20")
    about = t.exec_ok("services disk0")
    t.expect_match(about, r"(?m)^dma +without an IOMMU")
    t.expect_match(about, r"(?m)^begun-anew +0$")


def killed(t, **machine):
    boot(t, **machine)
    status, output = t.exec("torture kill 30 40 4000 disk0", 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    t.expect(len(re.findall(r"(?m)^back disk0 \d+ alone$", output)) >= 40, f"the driver was not killed:\n{output[-3000:]}")
    t.expect_equal(t.exec_ok("log crash"), "")


def kept_to_its_memory(t):
    killed(t, iommu=True)
    t.expect_match(t.exec_ok("services disk0"), r"(?m)^dma +kept to its own memory")


def at_full_speed(t, way):
    """Eight requests under way all the time, and nothing lost."""
    boot(t, 4 * MEGABYTE, smp=1, icount=True, host_idle=True)
    status, output = t.exec(torture.speed_command(200_000, 8, way), 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    found, lost = torture.speeds(output)
    t.expect_equal(lost, "")
    t.expect(found["killed"][0] > 0, "nothing was done while the driver was killed")
    t.expect_equal(found["killed"][2], 8)


def no_room_at_the_host(t):
    """Who writes is told so, and the machine goes on."""
    with new_disk(MEGABYTE) as path:
        rules = path.with_name("rules")
        rules.write_text(NO_ROOM, encoding="ascii")
        boot(t, f"blkdebug:{rules}:{path}")
        status, output = t.exec("disk /dev/disk0 fill 7 0 8")
        t.expect(status != 0, "a write for which there was no room was done")
        t.expect_match(output, "the device failed")
        t.exec_ok("disk /dev/disk0 fill 7 0 8; disk /dev/disk0 check 7 0 8")
        t.close()


def writes_anything(t):
    """A client that writes what cannot be into its rings is told so and harms nobody."""
    boot(t, smp=2)
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
            boot(t, path)
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
    elif case.startswith("killed"):
        killed(t, smp=int(case.split()[2]))
    elif case == "client that writes anything":
        writes_anything(t)
    elif case == "blocks of 4 KiB":
        wide_blocks(t)
    elif case in ("kept over boots", "power cut"):
        over_boots(t, power_off if case == "kept over boots" else cut)
    else:
        {"file": file, "windows": windows, "no room at the host": no_room_at_the_host, "kept to its memory": kept_to_its_memory}[case](t)
