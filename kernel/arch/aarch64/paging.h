/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the kernel's own page tables. SPEC: Arm ARM (DDI 0487), D8.3.
 */
#ifndef KERNEL_ARCH_AARCH64_PAGING_H
#define KERNEL_ARCH_AARCH64_PAGING_H

#include "boot/boot_info.h"
#include "boot/common/arch/aarch64/format.h"

enum : u64 {
	PTE_PAGE = TABLE_VALID | TABLE_NOT_BLOCK,   /* at the last level; above it a table */
	PTE_BLOCK = TABLE_VALID,
	PTE_COMMON = TABLE_INNER_SHAREABLE | TABLE_ACCESSED,
	PTE_NORMAL = MEMORY_NORMAL << TABLE_KIND_SHIFT,
	PTE_DEVICE = MEMORY_DEVICE << TABLE_KIND_SHIFT,
	PTE_USER = TABLE_AP_USER,
	PTE_READ_ONLY = TABLE_AP_READ_ONLY,
	PTE_NOT_GLOBAL = TABLE_NOT_GLOBAL,
	PTE_GUARDED = 1ull << 50,                   /* indirect branches must meet a target */
	PTE_NO_EXECUTE = 1ull << 53,
	PTE_USER_NO_EXECUTE = 1ull << 54,
	PTE_FRAME = 0x0000fffffffff000,
	TABLE_ENTRIES = 512,
};

/* Index of an address in its table of that level: 4 is the root, 1 the leaf table. */
static FORCE_INLINE u64 table_index(u64 address, u32 level)
{
	return address >> (PAGE_SHIFT + 9 * (level - 1)) & (TABLE_ENTRIES - 1);
}

/* From now on hal_direct works. */
void paging_note_direct_map(const struct boot_info *info);

/* Roots: of the kernel, of no user space at all, and of one where the image lies at its physical address, for
 * processors that start. */
struct paging_roots { paddr_t kernel, nobody, start; };
extern struct paging_roots paging_roots;

#endif
