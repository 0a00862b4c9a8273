/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: user address spaces; implements kernel/hal/mmu.h but for flushing (tlb.c).
 * SPEC: Arm ARM (DDI 0487), D8.3; D8.4.1 for access permissions.
 */
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/paging.h"
#include "kernel/arch/aarch64/tlb.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

static FORCE_INLINE u64 *entry_in(u64 table, u64 at, u32 level)
{
	return ELEM(frame_words((paddr_t){ table & PTE_FRAME })->word, table_index(at, level));
}

/* The leaf entry for an address; null if a table on the way is missing. */
static FORCE_INLINE u64 *leaf(const struct hal_space *space, u64 at)
{
	u64 entry = *entry_in(space->root.v, at, 4);

	if ((entry & TABLE_VALID) == 0)
		return nullptr;
	entry = *entry_in(entry, at, 3);
	if ((entry & TABLE_VALID) == 0)
		return nullptr;
	entry = *entry_in(entry, at, 2);
	if ((entry & TABLE_VALID) == 0)
		return nullptr;
	return entry_in(entry, at, 1);
}

/* WHY accessed is set from the start: the kernel does not ask for it, and without it the access faults. */
static u64 bits_of(u32 prot)
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

static u32 prot_of(u64 entry)
{
	return HAL_PROT_READ | ((entry & PTE_READ_ONLY) == 0 ? HAL_PROT_WRITE : 0u) |
	       ((entry & PTE_USER_NO_EXECUTE) == 0 ? HAL_PROT_EXECUTE : 0u) |
	       ((entry & PTE_DEVICE) != 0 ? HAL_PROT_DEVICE : 0u);
}

/* What was written to the frame can be fetched as instructions, by every processor.
 * SPEC: Arm ARM (DDI 0487), B2.7.4.2 "Caches and memory hierarchy: instruction and data". */
static void make_fetchable(paddr_t frame)
{
	if (aarch64_features.instructions_coherent)
		return;
	for (u64 at = 0; at < PAGE_BYTES; at += aarch64_features.line_bytes)
		aarch64_clean_to_fetch((vaddr_t){ hal_direct(frame).v + at });
	BARRIER(ish);
	aarch64_forget_instructions();
}

/* The walk sees the entry before user mode goes on; the return there waits for it. */
static FORCE_INLINE void set(u64 *entry, paddr_t frame, u32 prot)
{
	if ((prot & HAL_PROT_EXECUTE) != 0)
		make_fetchable(frame);
	*entry = frame.v | bits_of(prot);
	BARRIER(ishst);
}

void hal_space_init(struct hal_space *space, paddr_t root)
{
	space->root = root;
	space->sweep = 0;
	space->asid = tlb_id_take();
	space->ttbr = root.v | (u64)space->asid << 48;
}

enum hal_mmu_result hal_space_map(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	u64 *entry = leaf(space, at.v);

	INVARIANT(at.v >= HAL_USER_BASE && at.v < HAL_USER_TOP, "INV-USER-ADDRESS");
	if (entry == nullptr)
		return HAL_MMU_NEEDS_TABLE;
	if (*entry != 0)
		return HAL_MMU_PRESENT;
	set(entry, frame, prot);
	return HAL_MMU_OK;
}

/* The zeroes of the table are there before it is. */
void hal_space_add_table(struct hal_space *space, uaddr_t at, paddr_t table)
{
	u64 above = space->root.v;

	INVARIANT(at.v < HAL_USER_TOP, "INV-USER-ADDRESS");
	for (u32 level = 4; level > 1; level--) {
		u64 *entry = entry_in(above, at.v, level);

		if ((*entry & TABLE_VALID) == 0) {
			BARRIER(ishst);
			*entry = table.v | PTE_PAGE;
			return;
		}
		above = *entry;
	}
	INVARIANT(false, "INV-TABLE-MISSING");
}

enum hal_mmu_result hal_space_unmap(struct hal_space *space, uaddr_t at, paddr_t *frame)
{
	u64 *entry = leaf(space, at.v);

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*frame = (paddr_t){ *entry & PTE_FRAME };
	*entry = 0;
	return HAL_MMU_OK;
}

/* WHY not by way of no entry at all: only access changes, and the frame stays. */
enum hal_mmu_result hal_space_protect(struct hal_space *space, uaddr_t at, u32 prot)
{
	u64 *entry = leaf(space, at.v);

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	set(entry, (paddr_t){ *entry & PTE_FRAME }, prot);
	return HAL_MMU_OK;
}

enum hal_mmu_result hal_space_query(const struct hal_space *space, uaddr_t at, paddr_t *frame, u32 *prot)
{
	/* Anything may be asked for: also addresses that a fault came from. */
	u64 *entry = at.v < HAL_USER_TOP ? leaf(space, at.v) : nullptr;

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*frame = (paddr_t){ *entry & PTE_FRAME };
	*prot = prot_of(*entry);
	return HAL_MMU_OK;
}

/* The first entry in use of a table at or after `from`, or the end. The ones before are known to be empty. */
static u64 next_used(paddr_t frame, u64 from)
{
	const struct frame_words *table = frame_words(frame);

	for (u64 group = from / 8; group < TABLE_ENTRIES / 8; group++) {
		const u64 first = group * 8;

		if ((table->word[first] | table->word[first + 1] | table->word[first + 2] | table->word[first + 3] |
		     table->word[first + 4] | table->word[first + 5] | table->word[first + 6] | table->word[first + 7]) == 0)
			continue;
		for (u64 index = first; index < first + 8; index++)
			if (table->word[index] != 0)
				return index;
	}
	return TABLE_ENTRIES;
}

/* Goes down from the root to the first table at or after sweep's place that has no tables left below it. */
bool hal_space_take_table(struct hal_space *space, paddr_t *table)
{
	u64 *holder = &space->root.v;

	if (space->root.v == 0)
		return false;
	*table = space->root;
	for (u32 level = 4; level > 1; level--) {
		u64 from = table_index(space->sweep, level);
		u64 index = next_used(*table, from);
		u64 span = PAGE_BYTES << 9 * (level - 1);

		if (index >= TABLE_ENTRIES)
			break;
		if (index != from)
			space->sweep = (space->sweep & ~(span * TABLE_ENTRIES - 1)) + index * span;
		holder = ELEM(frame_words(*table)->word, index);
		*table = (paddr_t){ *holder & PTE_FRAME };
	}
	*holder = 0;
	if (space->root.v == 0)
		tlb_id_give(space->asid);
	return true;
}

void hal_space_leave(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	if (cpu->space == nullptr)
		return;
	atomic_store(&cpu->space, nullptr);
	SYSTEM_WRITE(ttbr0_el1, paging_roots.nobody.v);
	aarch64_isb();
}
