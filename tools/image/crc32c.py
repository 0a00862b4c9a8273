# SPDX-License-Identifier: Apache-2.0
"""CRC-32C (Castagnoli), as lib/base/crc32c.c computes it. SPEC: RFC 3720 appendix B.4."""

POLYNOMIAL = 0x82f63b78  # reflected


def make_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


TABLE = make_table()


def crc32c(data):
    table, value = TABLE, 0xffffffff
    for byte in data:
        value = table[(value ^ byte) & 255] ^ value >> 8
    return value ^ 0xffffffff
