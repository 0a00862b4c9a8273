# SPDX-License-Identifier: Apache-2.0
"""A processor that checks signatures itself (FEAT_FPAC) ends who returns by a wrong one, where it is checked."""

NEEDS = ["checked returns"]
# SPEC: Arm ARM (DDI 0487), D24.2.40 ESR_EL1: class 0x1c, an instruction of 32 bits, by key A for instructions.
TOLD = "0x72000000"


def run(t):
    t.boot(newer=True)
    t.expect(t.exec("fault return")[0] != 0, "a wrong signature was taken for a right one")
    t.expect_match(t.exec_ok("log crash"), rf"(?m)^crash: process \d+ \(fault\): SIGNATURE fault at address 0x0, code {TOLD}\b")
    t.expect_match(t.exec_ok("conform sign", 120), r"(?m)^ok no function returns to an address that it did not sign$")
