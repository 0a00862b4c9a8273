# SPDX-License-Identifier: Apache-2.0
"""Firmware's tables that say what cannot be: the machine comes up with what others describe, and says what it did not take. Tables of
one's own come behind the machine's, of which the first of a kind counts: so MCFG is tried where the machine has none, and MADT not."""

import struct
import tempfile
from pathlib import Path

NEEDS = ["tables of one's own"]
MEMORY, NOTHING, END = 0x100000, 0xfed90000, 2**64 - 2**20


def dmar(*units):
    """(length that is said, base) of units that have all of a segment. SPEC: Intel VT-d 4.1, 8.1, 8.3"""
    return struct.pack("<BB10x", 38, 0) + b"".join(struct.pack("<HHBBHQ", 0, length, 1, 0, 0, base) for length, base in units)


def mcfg(*hosts):
    """(base, first bus, last bus). SPEC: PCI Firmware 3.2, 4.1.2"""
    return bytes(8) + b"".join(struct.pack("<QHBBI", base, 0, first, last, 0) for base, first, last in hosts)


NO_UNIT = "devices: ACPI's table DMAR names no IOMMU at a place that can be; drivers stay trusted$"
NO_HOST = "devices: ACPI's table MCFG names no host of PCI at a place that can be; there are no devices of PCI$"
# SPEC: ACPI 6.5, 20.2.5: scopes and devices are packages with lengths (PkgLength).
DEVICE = b"\x5b\x82"
NOT_FOR_LONG = b"\xcf\xff\xff\xff"   # a length of 256 MiB
# Kind of table, what is in it, and what the log says.
TABLES = {
    "unit that does not end": ("DMAR", dmar((200, NOTHING)), NO_UNIT),
    "unit without length": ("DMAR", dmar((0, NOTHING)), NO_UNIT),
    "unit beyond all": ("DMAR", dmar((16, END + 2**20 - 4096)), NO_UNIT),
    "unit in memory": ("DMAR", dmar((16, MEMORY)), "iommu: no registers: drivers stay trusted$"),
    "unit where nothing is": ("DMAR", dmar((16, NOTHING)), "iommu: no tables of three or four levels: drivers stay trusted$"),
    "host in memory": ("MCFG", mcfg((MEMORY, 0, 255)), "devices: the configuration space of a PCI host bridge cannot be used"),
    "host beyond all": ("MCFG", mcfg((END, 0, 255)), NO_HOST),
    "host without buses": ("MCFG", mcfg((0xb0000000, 7, 3)), NO_HOST),
    "half a host": ("MCFG", mcfg((0xb0000000, 0, 255))[:-3], NO_HOST),
    "code of nothing but devices": ("SSDT", DEVICE * 500, "devices: "),
    "code that does not end": ("SSDT", b"\x10" + NOT_FOR_LONG + b"\\_SB_" + DEVICE + NOT_FOR_LONG + b"DEV0", "devices: "),
    "code without sense": ("SSDT", bytes((i * 167 + 13) % 256 for i in range(3000)), "devices: "),
}
CASES = list(TABLES)
# Without configuration space in memory, and so without such a table.
OLD_MACHINE = ("-machine", "pc")


def run(t, case):
    signature, content, said = TABLES[case]
    old = OLD_MACHINE if signature == "MCFG" else ()
    with tempfile.TemporaryDirectory(prefix="ferrous-") as folder:
        table = Path(folder) / "table"
        table.write_bytes(content)
        t.boot(blocks=1 << 20, extra=[*old, "-acpitable", f"sig={signature},rev=1,data={table}"])
    t.expect_match(t.exec_ok("log"), said)
    t.expect_match(t.exec_ok("devices"), r"^serial0 +acpi COM1 ")
    if old:
        t.expect_match(t.exec_ok("services disk0"), r"^state +absent$")
    else:
        t.exec_ok("disk /dev/disk0 fill 1 0 8; disk /dev/disk0 check 1 0 8")
    t.exec_ok("kill devices; echo on | cat")
    t.close()
