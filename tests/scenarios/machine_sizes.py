# SPDX-License-Identifier: Apache-2.0
"""The system comes up with 1 to 8 CPUs and 64 MiB to 8 GiB, and finds them all."""

CASES = ["1 64M", "2 128M", "4 1G", "8 8G"]


def run(t, case):
    cpus, memory = case.split()
    t.boot(smp=int(cpus), mem=memory)
    t.expect_match(t.exec_ok("uptime"), rf"\b{cpus} CPU")
    megabytes = int(memory[:-1]) * (1024 if memory.endswith("G") else 1)
    total = int(t.expect_match(t.exec_ok("mem"), r"^memory .* (\d+) B$")[1])
    t.expect(total > (megabytes - 40) << 20, f"only {total} bytes of {memory} were found")
    t.expect_equal(t.exec_ok("echo x | cat"), "x\n")
