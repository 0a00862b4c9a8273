# SPDX-License-Identifier: Apache-2.0
"""Text and data of drivers and services are changed while they run: each is back, and nobody else loses anything. A slice of
`./ferrous torture --faults'. Without the word at boot nobody may do that."""

from tempfile import TemporaryDirectory

from tools.run import torture

CASES = ["refused", "injected", "injected behind an IOMMU", "into who is gone"]
NEEDS = {"injected behind an IOMMU": ["iommu"]}
FAULTS = 120


def boot(t, case, folder):
    """Who is changed. With an IOMMU these are drivers of devices that write to memory by themselves."""
    word = "" if case == "refused" else torture.INJECT_WORD
    if case != "injected behind an IOMMU":
        t.boot(smp=2, cmdline=word)
        return torture.VICTIMS
    t.boot(smp=2, cmdline=word, iommu=True, blocks=torture.DISK_BYTES, share=torture.known_folder(folder), net=torture.network(t.disk))
    return torture.kept_victims(t.machine.config)


def put_in(t, case):
    with TemporaryDirectory(prefix="ferrous-share-") as folder:
        victims = boot(t, case, folder)
        return t.exec(torture.fault_command(1, 3 if case == "refused" else FAULTS, victims), 400)


def into_who_is_gone(t):
    """Memory of a process that has ended, and that the loader still has, is not added to any more."""
    t.boot(smp=2, cmdline=torture.INJECT_WORD)
    t.expect_match(t.exec_ok("torture gone 1 200 proc"), r"(?m)^0 lost$")
    t.expect_equal(t.exec_ok("log crash"), "")


def run(t, case):
    if case == "into who is gone":
        into_who_is_gone(t)
        return
    status, output = put_in(t, case)
    if case == "refused":
        t.expect(status != 0 and "injecting a fault: there is no system call or operation" in output, f"it printed:\n{output}")
        return
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"(?m)^0 lost$")
    found = torture.Faults()
    found.add(output)
    t.expect(found.injected() >= FAULTS * 3 // 4, f"{found.injected()} faults were put in; it printed:\n{output}")
    t.expect(found.detected() > 0, f"no fault had an effect; it printed:\n{output}")
    t.expect_equal(found.recovered, found.away, "services that were back")
