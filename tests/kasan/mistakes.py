# SPDX-License-Identifier: Apache-2.0
"""Each mistake that the kernel makes on purpose (kernel/debug/kasan_test.c) ends in a report that names it: what the address
sanitizer finds, and what the processor stops (SMAP, PAN, SUM; SMEP, PXN, U; BTI)."""

CASES = {
    "item": (r"kasan: use of a free pool item", r"write of 4 bytes at 0x\w+: \d+ bytes into an item of pool name"),
    "behind": (r"kasan: use of memory behind the end of a pool item",
               r"read of 4 bytes at 0x\w+: 8 bytes behind an item of pool name"),
    "frame": (r"kasan: use of a free frame", r"write of 8 bytes at 0x\w+: 24 bytes into the frame at physical 0x"),
    "block": (r"kasan: use of a free frame", r"write of \d+ bytes at 0x\w+: 0 bytes into the frame at physical 0x"),
    "item-twice": (r"kasan: a pool item was freed twice", r"pool_give"),
    "frame-twice": (r"kasan: a frame was freed twice", r"frame_free_one"),
    "user-read": (r"page fault: read of memory that the kernel may not reach", r"address 0x10000 code"),
    "user-run": (r"page fault: execution of what is not executable", r"address 0x10000 code"),
    "inside": (r"jump to a place that is no branch target", r"nothing\+0x4"),
}
NEEDS = {"inside": ["branch targets"]}


def run(t, case):
    t.boot(cmdline=f"kasan-test={case}", ready=False)
    what, where = CASES[case]
    t.console_expect(r"KERNEL PANIC on cpu 0: " + what)
    t.console_expect(where)
    t.console_expect(r"(kasan_self_test|core_start)\+0x\w+ \(")  # a jump leaves no frame of who jumped
    t.console_expect(r"The machine is stopped\.")
