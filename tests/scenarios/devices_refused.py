# SPDX-License-Identifier: Apache-2.0
"""A device that its driver cannot drive: the driver says why and ends for good, and who asks is told. One that does not come up
otherwise is tried again by the next instance, until it is given up. All else goes on."""

from tools.image import change

CASES = ["random", "disk0", "net0", "disk0, little memory", "net0, little memory"]
NEEDS = {"random": ["vt-d"], "disk0": ["vt-d"], "net0": ["vt-d"]}  # transitional devices behind PCI
KINDS = {"random": "rng", "disk0": "blk", "net0": "net"}
ASK = {"random": "head -n 1 /dev/random", "disk0": "cat /dev/disk0", "net0": "cat /dev/net0/status"}


def old_kind(name):
    kind = KINDS[name]
    return ("-global", f"virtio-{kind}-pci.disable-modern=on", "-global", f"virtio-{kind}-pci.disable-legacy=off")


def all_else_goes_on(t, name):
    status, output = t.exec(ASK[name], 20)
    t.expect(status != 0, f"{name} served")
    t.expect_match(output, f"given up: {name}$")
    t.expect_equal(t.exec_ok("echo on | cat"), "on\n")


def never(t, name):
    t.boot(extra=old_kind(name), blocks=1 << 20, net="user")
    t.eventually(f"services {name}", r"^state +finished$")
    t.expect_match(t.exec_ok("log"), rf"{name}: no virtio device of version 1$")


def again_and_again(t, name):
    def too_little(manifest):
        manifest.device.dma_kib = 4
    image = change.with_manifest(t.disk_file("ferrous/system.img"), name, too_little)
    t.boot(files={"ferrous/system.img": image}, blocks=1 << 20, net="user")
    failures = int(t.eventually(f"services {name}", r"^problem +given up after (\d+) failures in a row$")[1])
    tries = t.exec_ok("log").count(f"{name}: too little memory for ")
    t.expect_equal(tries, failures, "words of the driver")
    t.expect(tries > 1, "it was tried once")


def run(t, case):
    name, _, little = case.partition(", ")
    (again_and_again if little else never)(t, name)
    all_else_goes_on(t, name)
