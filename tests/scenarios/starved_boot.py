# SPDX-License-Identifier: Apache-2.0
"""With too little memory the machine says for what it lacks and goes off; with a little more it comes up."""

# What is asked for, in the order of the boot, with two processors; sizes lie far from where one gives way to the next.
REFUSED = {
    # What memory is described by takes as much as lies between its ends, and that differs from machine to machine.
    "mem=4K": r"no memory for the (kernel's own tables: 4 KiB asked, 0 KiB free of 4 KiB|map of all memory)",
    "mem=120K": r"no memory for (the kernel's own tables|a processor's own data: 8 KiB asked, \d+ KiB free of 120 KiB|the map of all memory)",
    "mem=480K": r"no memory for a processor's event ring: \d+ KiB asked, \d+ KiB free of 480 KiB",
    "mem=960K": r"no memory for init: \d+ KiB asked, \d+ KiB free of 960 KiB",
    "mem=12Q": r"`mem=12Q' on the command line is not a size of memory",
}
# Enough for init: each of these comes up, or says in words what could not be started.
SWEEP = ["mem=1200K", "mem=1400K", "mem=1600K", "mem=1800K", "mem=2100K", "mem=2500K"]
ENOUGH = ["mem=4M", "mem=1G mem=5M"]
CASES = [*REFUSED, *SWEEP, *ENOUGH]

# A person's prompt, or what is lacking. Which of the two differs from run to run: addresses are random, and so are the
# tables they need.
PROMPT_OR_WORDS = r"ferrous:/> |no memory|OUT_OF_MEMORY"
LIMIT = 60


def refused(t, case):
    t.boot(smp=2, cmdline=case, ready=False)
    t.console_expect(REFUSED[case], LIMIT)
    t.console_expect("the system cannot go on; turning the machine off")
    if case != "mem=4K":  # too early for what turns it off to be known
        t.wait_off()


def prompt_or_words(t, case):
    t.boot(smp=2, cmdline=case, ready=False)
    t.console_expect(PROMPT_OR_WORDS, LIMIT)


def enough(t, case):
    t.boot(smp=2, cmdline=case, limit=LIMIT)
    t.expect_equal(t.exec_ok("echo x | cat"), "x\n")


def run(t, case):
    if case in REFUSED:
        refused(t, case)
    elif case in SWEEP:
        prompt_or_words(t, case)
    else:
        enough(t, case)
