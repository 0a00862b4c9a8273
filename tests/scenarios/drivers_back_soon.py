# SPDX-License-Identifier: Apache-2.0
"""Drivers that are killed one at a time, while fourteen processes use disk, folder, files, pipes and log, serve again within a millisecond.
In guest time, an instruction being a nanosecond. Where this fails, `./ferrous torture --slow 1000' says what took the time, from the kill on."""

import tempfile

from tools.run import torture

NEEDS = ["lines to spare"]
DRIVERS = ("disk0", "net0", "share", "vcon0", "uart0")
SEED, ROUNDS, PAUSE_US, LIMIT = 70, 5, 3000, 300
MOST_US, WORST_US = 1000, 3000   # WHY one may take longer: who is as important may have the processor for as long as a slice


def run(t):
    with tempfile.TemporaryDirectory(prefix="ferrous-share-") as folder:
        t.boot(icount=True, blocks=torture.DISK_BYTES, net="user", share=torture.known_folder(folder), console="virtio")
        status, output = t.exec(f"torture kill {SEED} {ROUNDS} {PAUSE_US} {' '.join(DRIVERS)}", LIMIT)
        t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
        result = torture.Result()
        result.add(output, SEED)
        times = {name: result.back_us.get(name, {}).get("alone", []) for name in DRIVERS}
        for name in DRIVERS:
            t.expect(times[name], f"{name} was never killed alone:\n{output[-3000:]}")
        long = [us for of in times.values() for us in of if us > MOST_US]
        t.expect(len(long) <= 1 and all(us <= WORST_US for us in long),
                 f"drivers were away for {times} us, where one may be for more than {MOST_US}, and none for more than {WORST_US}")
        explained = t.exec_ok(f"torture kill {SEED} 1 {PAUSE_US} --slow 0 tmpfs", LIMIT)
        t.expect_match(explained, r"(?s)^back tmpfs (\d+) alone\nslow tmpfs \1 \d+\n.* process_exit .*^slow end$")
        t.close()
