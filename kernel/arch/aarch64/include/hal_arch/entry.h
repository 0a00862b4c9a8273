/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: entries of page tables. See kernel/arch/common/paging/entries.h.
 * SPEC: Arm ARM (DDI 0487), D8.3; D8.4.1 for access permissions.
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_ENTRY_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_ENTRY_H

#include "boot/common/arch/aarch64/format.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/common/paging/entries.h"
#include "kernel/hal/mmu.h"

enum : u64 {
	USER_ENTRIES = TABLE_ENTRIES,
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
};

static FORCE_INLINE u32 root_level(void) { return LEVEL_MOST; }
static FORCE_INLINE bool entry_used(u64 entry) { return (entry & TABLE_VALID) != 0; }
static FORCE_INLINE bool entry_is_table(u64 entry) { return (entry & TABLE_NOT_BLOCK) != 0; }
static FORCE_INLINE paddr_t entry_frame(u64 entry) { return (paddr_t){ entry & PTE_FRAME }; }
static FORCE_INLINE u64 entry_table(paddr_t table) { return table.v | PTE_PAGE; }
static FORCE_INLINE void entry_publish(void) { BARRIER(ishst); }

static inline u64 entry_kernel(paddr_t at, enum kernel_access access, bool large)
{
	u64 bits = PTE_COMMON | PTE_USER_NO_EXECUTE | (large ? PTE_BLOCK : PTE_PAGE);

	bits |= access == KERNEL_DEVICE ? PTE_DEVICE : PTE_NORMAL;
	if (access == KERNEL_READ_ONLY || access == KERNEL_TEXT)
		bits |= PTE_READ_ONLY;
	if (access != KERNEL_TEXT)
		bits |= PTE_NO_EXECUTE;
	else if (aarch64_features.branch_targets)
		bits |= PTE_GUARDED;
	return at.v | bits;
}

/* WHY accessed is set from the start: the kernel does not ask for it, and without it the access faults. */
static FORCE_INLINE u64 entry_bits(u32 prot)
{
	u64 bits = PTE_PAGE | PTE_COMMON | PTE_USER | PTE_NOT_GLOBAL | PTE_NO_EXECUTE;

	INVARIANT((prot & (HAL_PROT_WRITE | HAL_PROT_EXECUTE)) != (HAL_PROT_WRITE | HAL_PROT_EXECUTE), "INV-WX");
	bits |= (prot & HAL_PROT_DEVICE) != 0 ? PTE_DEVICE : PTE_NORMAL;
	if ((prot & HAL_PROT_WRITE) == 0)
		bits |= PTE_READ_ONLY;
	if ((prot & HAL_PROT_EXECUTE) == 0)
		bits |= PTE_USER_NO_EXECUTE;
	else if (aarch64_features.branch_targets)
		bits |= PTE_GUARDED;
	return bits;
}

static FORCE_INLINE u32 entry_prot(u64 entry)
{
	return HAL_PROT_READ | ((entry & PTE_READ_ONLY) == 0 ? HAL_PROT_WRITE : 0u) |
	       ((entry & PTE_USER_NO_EXECUTE) == 0 ? HAL_PROT_EXECUTE : 0u) |
	       ((entry & PTE_DEVICE) != 0 ? HAL_PROT_DEVICE : 0u);
}

/* In tlb.c: what was written to the frame can be fetched as instructions, by every processor. */
void aarch64_make_fetchable(paddr_t frame);

/* The walk sees the entry before user mode goes on; the return there waits for it. */
static FORCE_INLINE void entry_set(struct hal_space *space, u64 *entry, paddr_t frame, u32 prot, bool large)
{
	(void)space; /* caches are cleaned by broadcast */
	if ((prot & HAL_PROT_EXECUTE) != 0)
		aarch64_make_fetchable(frame);
	*entry = frame.v | (entry_bits(prot) & ~(large ? (u64)TABLE_NOT_BLOCK : 0));
	BARRIER(ishst);
}

#endif
