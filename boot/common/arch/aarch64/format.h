/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the numbers of page tables and of the registers that go with them, for the loaders and for
 * the kernel, which takes the loader's tables over. Only #defines: assembly includes it.
 *
 * SPEC: Arm ARM (DDI 0487), D8.3 "Translation table descriptor formats", D24.2 "General system control
 * registers" (MAIR_EL1, TCR_EL1, SCTLR_EL1)
 */
#ifndef BOOT_COMMON_ARCH_AARCH64_FORMAT_H
#define BOOT_COMMON_ARCH_AARCH64_FORMAT_H

/* Kinds of memory, as indices into MAIR_EL1: cached; device registers, strictly in order but for early
 * acknowledgement of writes. */
#define MEMORY_NORMAL 0
#define MEMORY_DEVICE 1
#define MAIR_VALUE 0x04ff

#define TABLE_VALID 1
#define TABLE_NOT_BLOCK 2              /* a table, or at the last level a page; without it a block */
#define TABLE_KIND_SHIFT 2
#define TABLE_AP_USER (1 << 6)
#define TABLE_AP_READ_ONLY (1 << 7)
#define TABLE_INNER_SHAREABLE (3 << 8)
#define TABLE_ACCESSED (1 << 10)
#define TABLE_NOT_GLOBAL (1 << 11)

/* 4 KiB pages, 48-bit addresses in both halves, walks cached and inner shareable. The size of physical
 * addresses (IPS, bits 34..32) and of ASIDs (AS, bit 36) is added by who asks the processor. */
#define TCR_VALUE 0xb5103510
#define TCR_IPS_SHIFT 32
#define TCR_IPS_48 5
#define TCR_AS_SHIFT 36

/* What must be one, and then: MMU, data and instruction caches, stack alignment in both modes. Bit 23
 * (SPAN) is left out: exceptions set PAN where there is one. */
#define SCTLR_ONES 0x30500980
#define SCTLR_MMU 0x1
#define SCTLR_ALIGNMENT 0x2
#define SCTLR_CACHES 0x1004
#define SCTLR_STACKS 0x18
#define SCTLR_WXN 0x80000
#define SCTLR_VALUE (SCTLR_ONES | SCTLR_MMU | SCTLR_CACHES | SCTLR_STACKS)

#endif
