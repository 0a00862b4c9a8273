/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the numbers of page tables and of the register that goes with them, for the loaders and for the
 * kernel. Only #defines: assembly includes it.
 *
 * SPEC: RISC-V Privileged Architecture 20211203, 4.1.11 "satp", 4.3.1 and 4.4.1 (entries), 4.4 "Sv39", 4.5 "Sv48"
 */
#ifndef BOOT_COMMON_ARCH_RISCV64_FORMAT_H
#define BOOT_COMMON_ARCH_RISCV64_FORMAT_H

#define TABLE_VALID (1 << 0)
#define TABLE_READ_BIT (1 << 1)
#define TABLE_WRITE_BIT (1 << 2)
#define TABLE_EXECUTE_BIT (1 << 3)     /* none of these three: the entry names a table */
#define TABLE_USER (1 << 4)
#define TABLE_GLOBAL (1 << 5)
#define TABLE_ACCESSED (1 << 6)
#define TABLE_DIRTY (1 << 7)
#define TABLE_SOFTWARE (1 << 8)        /* for whoever made the entry */
#define TABLE_ADDRESS_SHIFT 2          /* bits 55..12 of an address are bits 53..10 of an entry */

#define SATP_SV39_NUMBER 8
#define SATP_SV48_NUMBER 9
#define SATP_MODE_SHIFT 60
#define SATP_ID_SHIFT 44

#endif
