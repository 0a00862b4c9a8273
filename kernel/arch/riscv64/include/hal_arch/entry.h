/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: entries of page tables. See kernel/arch/common/paging/entries.h.
 * SPEC: RISC-V Privileged Architecture 20211203, 4.3.1, 4.4, 4.5; chapter 6 "Svpbmt"
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_ENTRY_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_ENTRY_H

#include "boot/common/arch/riscv64/format.h"
#include "kernel/arch/common/paging/entries.h"
#include "kernel/arch/riscv64/features.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/hal/atomic.h"
#include "kernel/hal/mmu.h"

enum : u64 {
	USER_ENTRIES = TABLE_ENTRIES / 2,
	PTE_LEAF = TABLE_READ_BIT | TABLE_WRITE_BIT | TABLE_EXECUTE_BIT,
	/* WHY accessed and dirty from the start: the kernel asks for neither, and without them accesses may fault. */
	PTE_COMMON = TABLE_VALID | TABLE_READ_BIT | TABLE_ACCESSED | TABLE_DIRTY,
	PTE_DEVICE = TABLE_SOFTWARE,   /* the processor need not have a bit for it */
	PTE_ORDERED = 2ull << 61,      /* Svpbmt: not cached, strictly ordered */
	PTE_FRAME = 0x003ffffffffffc00,
};

static FORCE_INLINE u32 root_level(void) { return riscv64_features.levels; }
static FORCE_INLINE bool entry_used(u64 entry) { return (entry & TABLE_VALID) != 0; }
static FORCE_INLINE bool entry_is_table(u64 entry) { return (entry & PTE_LEAF) == 0; }
static FORCE_INLINE paddr_t entry_frame(u64 entry) { return (paddr_t){ (entry & PTE_FRAME) << TABLE_ADDRESS_SHIFT }; }
static FORCE_INLINE u64 entry_table(paddr_t table) { return table.v >> TABLE_ADDRESS_SHIFT | TABLE_VALID; }
static FORCE_INLINE void entry_publish(void) { atomic_fence_store(); }

static FORCE_INLINE u64 entry_device(void) { return PTE_DEVICE | (riscv64_features.svpbmt ? PTE_ORDERED : 0); }

static inline u64 entry_kernel(paddr_t at, enum kernel_access access, bool large)
{
	u64 bits = PTE_COMMON | TABLE_GLOBAL;

	(void)large;
	if (access == KERNEL_READ_WRITE || access == KERNEL_DEVICE)
		bits |= TABLE_WRITE_BIT;
	if (access == KERNEL_TEXT)
		bits |= TABLE_EXECUTE_BIT;
	if (access == KERNEL_DEVICE)
		bits |= entry_device();
	return at.v >> TABLE_ADDRESS_SHIFT | bits;
}

static FORCE_INLINE u64 entry_bits(u32 prot)
{
	u64 bits = PTE_COMMON | TABLE_USER;

	INVARIANT((prot & (HAL_PROT_WRITE | HAL_PROT_EXECUTE)) != (HAL_PROT_WRITE | HAL_PROT_EXECUTE), "INV-WX");
	if ((prot & HAL_PROT_WRITE) != 0)
		bits |= TABLE_WRITE_BIT;
	if ((prot & HAL_PROT_EXECUTE) != 0)
		bits |= TABLE_EXECUTE_BIT;
	if ((prot & HAL_PROT_DEVICE) != 0)
		bits |= entry_device();
	return bits;
}

static FORCE_INLINE u32 entry_prot(u64 entry)
{
	return HAL_PROT_READ | ((entry & TABLE_WRITE_BIT) != 0 ? HAL_PROT_WRITE : 0u) |
	       ((entry & TABLE_EXECUTE_BIT) != 0 ? HAL_PROT_EXECUTE : 0u) | ((entry & PTE_DEVICE) != 0 ? HAL_PROT_DEVICE : 0u);
}

/* In tlb.c: what was written to memory can be fetched as instructions by whoever uses the space, from now on. */
void riscv64_make_fetchable(struct hal_space *space);

/* WHY no fence behind it: a processor may have cached that there is nothing, and the fault that follows forgets it. */
static FORCE_INLINE void entry_set(struct hal_space *space, u64 *entry, paddr_t frame, u32 prot, bool large)
{
	(void)large; /* a leaf is one at any level */
	if ((prot & HAL_PROT_EXECUTE) != 0)
		riscv64_make_fetchable(space);
	*entry = frame.v >> TABLE_ADDRESS_SHIFT | entry_bits(prot);
}

#endif
