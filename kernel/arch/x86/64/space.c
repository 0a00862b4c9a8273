/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: user address spaces; implements kernel/hal/mmu.h but for flushing (tlb.c).
 * SPEC: Intel SDM 3A, 4.5.
 */
#include "kernel/arch/x86/64/paging.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

enum : u64 {
	TABLE_BITS = PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED,
	DEVICE_BITS = PTE_NO_CACHE | PTE_WRITE_THROUGH,
	LARGE_MASK = PAGE_BYTES * TABLE_ENTRIES - 1,
};

static FORCE_INLINE u64 *entry_in(u64 table, u64 at, u32 level)
{
	return ELEM(frame_words((paddr_t){ table & PTE_FRAME })->word, table_index(at, level));
}

/* The entry for the large page that an address lies in, or for the table there; null if a table on the way is missing. */
static FORCE_INLINE u64 *large_leaf(const struct hal_space *space, u64 at)
{
	u64 entry = *entry_in(space->root.v, at, 4);

	if ((entry & PTE_PRESENT) == 0)
		return nullptr;
	entry = *entry_in(entry, at, 3);
	return (entry & PTE_PRESENT) != 0 ? entry_in(entry, at, 2) : nullptr;
}

/* The entry that maps an address, or would map its page; null if a table on the way is missing. */
static FORCE_INLINE u64 *leaf(const struct hal_space *space, u64 at)
{
	u64 *entry = large_leaf(space, at);

	if (entry == nullptr || (*entry & PTE_PRESENT) == 0)
		return nullptr;
	return LIKELY((*entry & PTE_LARGE) == 0) ? entry_in(*entry, at, 1) : entry;
}

static bool is_large(u64 entry) { return (entry & PTE_LARGE) != 0; }

/* The table of single pages that was used last: mostly it is that one. What is not near is done by functions of its own, called
 * last, so that the common way saves no registers for their sake. */
static FORCE_INLINE bool is_near(const struct hal_space *space, u64 at) { return LIKELY(at / (LARGE_MASK + 1) == space->near); }
static FORCE_INLINE u64 *leaf_near(const struct hal_space *space, u64 at) { return entry_in(space->near_table.v, at, 1); }

/* The same as leaf; its table is near from now on. */
static u64 *leaf_far(struct hal_space *space, u64 at)
{
	const u64 *above = large_leaf(space, at);

	if (above != nullptr && (*above & (PTE_PRESENT | PTE_LARGE)) == PTE_PRESENT) {
		space->near = at / (LARGE_MASK + 1);
		space->near_table = (paddr_t){ *above & PTE_FRAME };
	}
	return leaf(space, at);
}

/* WHY: accessed and dirty are set from the start, so that the processor need not write tables. */
static u64 bits_of(u32 prot)
{
	u64 bits = PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY;

	INVARIANT((prot & (HAL_PROT_WRITE | HAL_PROT_EXECUTE)) != (HAL_PROT_WRITE | HAL_PROT_EXECUTE), "INV-WX");
	if ((prot & HAL_PROT_WRITE) != 0)
		bits |= PTE_WRITE;
	if ((prot & HAL_PROT_EXECUTE) == 0)
		bits |= pte_no_execute();
	if ((prot & HAL_PROT_DEVICE) != 0)
		bits |= DEVICE_BITS;
	return bits;
}

static u32 prot_of(u64 entry)
{
	return HAL_PROT_READ | ((entry & PTE_WRITE) != 0 ? HAL_PROT_WRITE : 0u) |
	       ((entry & PTE_NO_EXECUTE) == 0 && (entry & PTE_WRITE) == 0 ? HAL_PROT_EXECUTE : 0u) |
	       ((entry & PTE_NO_CACHE) != 0 ? HAL_PROT_DEVICE : 0u);
}

void hal_space_init(struct hal_space *space, paddr_t root)
{
	space->root = root;
	space->sweep = 0;
	space->near = U64_MAX;
	paging_share_kernel(root);
}

static FORCE_INLINE enum hal_mmu_result fill(u64 *entry, paddr_t frame, u32 prot)
{
	if (entry == nullptr)
		return HAL_MMU_NEEDS_TABLE;
	if (*entry != 0)
		return HAL_MMU_PRESENT;
	*entry = frame.v | bits_of(prot);
	return HAL_MMU_OK;
}

static __attribute__((noinline)) enum hal_mmu_result map_far(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	return fill(leaf_far(space, at.v), frame, prot);
}

enum hal_mmu_result hal_space_map(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	INVARIANT(at.v >= HAL_USER_BASE && at.v < HAL_USER_TOP, "INV-USER-ADDRESS");
	return is_near(space, at.v) ? fill(leaf_near(space, at.v), frame, prot) : map_far(space, at, frame, prot);
}

enum hal_mmu_result hal_space_map_large(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	u64 *entry = large_leaf(space, at.v);

	INVARIANT(((at.v | frame.v) & LARGE_MASK) == 0 && (prot & HAL_PROT_EXECUTE) == 0, "INV-LARGE");
	if (entry == nullptr)
		return HAL_MMU_NEEDS_TABLE;
	if (*entry != 0)
		return HAL_MMU_PRESENT;
	*entry = frame.v | bits_of(prot) | PTE_LARGE;
	return HAL_MMU_OK;
}

void hal_space_add_table(struct hal_space *space, uaddr_t at, paddr_t table)
{
	u64 above = space->root.v;

	INVARIANT(at.v < HAL_USER_TOP, "INV-USER-ADDRESS");
	for (u32 level = 4; level > 1; level--) {
		u64 *entry = entry_in(above, at.v, level);

		if ((*entry & PTE_PRESENT) == 0) {
			*entry = table.v | TABLE_BITS;
			return;
		}
		above = *entry;
	}
	INVARIANT(false, "INV-TABLE-MISSING");
}

static FORCE_INLINE u64 take_out(u64 *entry)
{
	if (entry == nullptr || *entry == 0)
		return 0;
	u64 pages = LIKELY(!is_large(*entry)) ? 1 : HAL_LARGE_PAGES;

	*entry = 0;
	return pages;
}

static __attribute__((noinline)) u64 unmap_far(struct hal_space *space, uaddr_t at) { return take_out(leaf_far(space, at.v)); }

u64 hal_space_unmap(struct hal_space *space, uaddr_t at)
{
	return is_near(space, at.v) ? take_out(leaf_near(space, at.v)) : unmap_far(space, at);
}

enum hal_mmu_result hal_space_protect(struct hal_space *space, uaddr_t at, u32 prot)
{
	u64 *entry = leaf(space, at.v);

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*entry = (*entry & (PTE_FRAME | PTE_LARGE)) | bits_of(prot);
	return HAL_MMU_OK;
}

enum hal_mmu_result hal_space_query(const struct hal_space *space, uaddr_t at, paddr_t *frame, u32 *prot)
{
	/* Anything may be asked for: also addresses that a fault came from. */
	u64 *entry = at.v < HAL_USER_TOP ? leaf(space, at.v) : nullptr;

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*frame = (paddr_t){ (*entry & PTE_FRAME) | (is_large(*entry) ? page_floor(at.v & LARGE_MASK) : 0) };
	*prot = prot_of(*entry);
	return HAL_MMU_OK;
}

/* The first table in a table, of entries below `end`, or `end`. Before `from` there are known to be none. Eight at a time:
 * tables are large, and most of what is taken down is small. */
static u64 next_used(paddr_t frame, u64 from, u64 end)
{
	const struct frame_words *table = frame_words(frame);

	for (u64 group = from / 8; group < end / 8; group++) {
		const u64 first = group * 8;

		if ((table->word[first] | table->word[first + 1] | table->word[first + 2] | table->word[first + 3] |
		     table->word[first + 4] | table->word[first + 5] | table->word[first + 6] | table->word[first + 7]) == 0)
			continue;
		for (u64 index = first; index < first + 8; index++)
			if (table->word[index] != 0 && !is_large(table->word[index]))
				return index;
	}
	return end;
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
		u64 index = next_used(*table, from, level == 4 ? KERNEL_HALF : TABLE_ENTRIES);
		u64 span = PAGE_BYTES << 9 * (level - 1);

		if (index >= (level == 4 ? KERNEL_HALF : TABLE_ENTRIES))
			break;
		if (index != from)
			space->sweep = (space->sweep & ~(span * TABLE_ENTRIES - 1)) + index * span;
		holder = ELEM(frame_words(*table)->word, index);
		*table = (paddr_t){ *holder & PTE_FRAME };
	}
	*holder = 0;
	return true;
}

void hal_space_leave(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	if (cpu->space == nullptr)
		return;
	atomic_store(&cpu->space, nullptr);
	x86_write_cr3(paging_kernel_root().v);
}
