# SPDX-License-Identifier: Apache-2.0
"""A device that its driver cannot drive: the driver says why and ends for good, who reads is told, and all else goes on."""

NEEDS = ["vt-d"]  # transitional devices behind PCI
OLD_KIND = ("-global", "virtio-rng-pci.disable-modern=on", "-global", "virtio-rng-pci.disable-legacy=off")


def run(t):
    t.boot(extra=OLD_KIND)
    t.eventually("services random", r"^state +finished$")
    t.expect_match(t.exec_ok("log"), "random: no virtio device of version 1$")
    status, output = t.exec("head -n 1 /dev/random", 20)
    t.expect(status != 0, "there were random bytes")
    t.expect_match(output, "given up: random$")
    t.expect_equal(t.exec_ok("echo on | cat"), "on\n")
