# SPDX-License-Identifier: Apache-2.0
"""Power fails at a random request to a disk that keeps what was not flushed in memory that is lost: what was flushed is there after
the next boot, also if the disk's driver was killed meanwhile."""

import random
import re

from tools.run import vhost_disk

CASES = ["driver undisturbed", "driver killed", "packed"]
BYTES, BLOCKS, FILLS = 4 << 20, 64, 16     # a fill is four writes of 16 blocks and a flush
REQUESTS_OF_A_FILL, SEED = 5, 11
TURNS, TURNS_MOST = 2, 8                   # WHY more: power may fail just when all was flushed
LIMIT = 120


def fill(t, turn):
    """Tells by the console what was flushed."""
    t.console_send("".join(f"disk /dev/disk0 fill {turn}{at:02} {at * BLOCKS} {BLOCKS} && echo flushed {turn}{at:02}; "
                           for at in range(FILLS)) + "echo ended $?\n")


def wait_for_the_cut(t, disk, kills):
    while kills and not disk.cut.is_set() and not re.search(r"(?m)^ended \d", t.console()):
        t.exec_ok("kill disk0")
        disk.cut.wait(0.2)
    t.expect(disk.cut.wait(0 if kills else LIMIT), "the disk was not used as often as was to be expected")


def check(t, flushed):
    for seed in flushed:
        t.exec_ok(f"disk /dev/disk0 check {seed} {int(seed[-2:]) * BLOCKS} {BLOCKS}")


def run(t, case):
    chance, found, lost = random.Random(SEED), 0, 0
    with vhost_disk.new(BYTES, SEED, "packed" if case == "packed" else "split") as disk:
        for turn in range(1, TURNS_MOST + 1):
            if turn > TURNS and found > 0 and lost > 0:
                break
            t.boot(extra=disk.words(t.defaults["mem"]))
            disk.fail_after(chance.randrange(2 * REQUESTS_OF_A_FILL, FILLS * REQUESTS_OF_A_FILL))
            fill(t, turn)
            wait_for_the_cut(t, disk, case == "driver killed")
            flushed = re.findall(r"^flushed (\d+)", t.console(), re.MULTILINE)
            t.machine.process.kill()
            t.close()
            lost += disk.restore()
            t.boot(extra=disk.words(t.defaults["mem"]))
            check(t, flushed)
            found += len(flushed)
            t.close()
        t.expect_equal(disk.complaint, "")
    t.expect(found > 0, "nothing was flushed before power failed")
    t.expect(lost > 0, "nothing was lost that was not flushed, so nothing is shown")
