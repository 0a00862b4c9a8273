/* SPDX-License-Identifier: Apache-2.0
 *
 * User address spaces; implements the tables' part of kernel/hal/mmu.h. See entries.h.
 */
#include "hal_arch/entry.h"
#include "kernel/arch/common/paging/space_id.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

enum : u64 { LARGE_MASK = PAGE_BYTES * TABLE_ENTRIES - 1 };

static FORCE_INLINE u64 *entry_in(paddr_t table, u64 at, u32 level)
{
	return ELEM(frame_words(table)->word, table_index(at, level));
}

/* The entry for the large page that an address lies in, or for the table there; null if a table on the way is missing. */
static FORCE_INLINE u64 *large_leaf(const struct hal_space *space, u64 at)
{
	paddr_t table = space->root;

	if (root_level() == LEVEL_MOST) {
		u64 top = *entry_in(table, at, LEVEL_MOST);

		if (!entry_used(top))
			return nullptr;
		table = entry_frame(top);
	}
	u64 entry = *entry_in(table, at, LEVEL_GIB);

	return entry_used(entry) ? entry_in(entry_frame(entry), at, LEVEL_LARGE) : nullptr;
}

/* The entry that maps an address, or would map its page, and whether it is a large one; null if a table on the way is
 * missing. */
static FORCE_INLINE u64 *leaf(const struct hal_space *space, u64 at, bool *large)
{
	u64 *entry = large_leaf(space, at);

	*large = false;
	if (entry == nullptr || !entry_used(*entry))
		return nullptr;
	if (LIKELY(entry_is_table(*entry)))
		return entry_in(entry_frame(*entry), at, LEVEL_PAGE);
	*large = true;
	return entry;
}

/* The table of single pages that was used last: mostly it is that one. What is not near is done by functions of its own, called
 * last, so that the common way saves no registers for their sake. */
static FORCE_INLINE bool is_near(const struct hal_space *space, u64 at) { return LIKELY(at / (LARGE_MASK + 1) == space->near); }
static FORCE_INLINE u64 *leaf_near(const struct hal_space *space, u64 at) { return entry_in(space->near_table, at, LEVEL_PAGE); }

/* The same as leaf; its table is near from now on. */
static u64 *leaf_far(struct hal_space *space, u64 at, bool *large)
{
	const u64 *above = large_leaf(space, at);

	if (above != nullptr && entry_used(*above) && entry_is_table(*above)) {
		space->near = at / (LARGE_MASK + 1);
		space->near_table = entry_frame(*above);
	}
	return leaf(space, at, large);
}

static FORCE_INLINE enum hal_mmu_result fill(struct hal_space *space, u64 *entry, paddr_t frame, u32 prot)
{
	if (entry == nullptr)
		return HAL_MMU_NEEDS_TABLE;
	if (*entry != 0)
		return HAL_MMU_PRESENT;
	entry_set(space, entry, frame, prot, false);
	return HAL_MMU_OK;
}

static __attribute__((noinline)) enum hal_mmu_result map_far(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	bool large;

	return fill(space, leaf_far(space, at.v, &large), frame, prot);
}

enum hal_mmu_result hal_space_map(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	INVARIANT(at.v >= HAL_USER_BASE && at.v < HAL_USER_TOP, "INV-USER-ADDRESS");
	return is_near(space, at.v) ? fill(space, leaf_near(space, at.v), frame, prot) : map_far(space, at, frame, prot);
}

enum hal_mmu_result hal_space_map_large(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot)
{
	u64 *entry = large_leaf(space, at.v);

	INVARIANT(((at.v | frame.v) & LARGE_MASK) == 0 && (prot & HAL_PROT_EXECUTE) == 0, "INV-LARGE");
	if (entry == nullptr)
		return HAL_MMU_NEEDS_TABLE;
	if (*entry != 0)
		return HAL_MMU_PRESENT;
	entry_set(space, entry, frame, prot, true);
	return HAL_MMU_OK;
}

/* The zeroes of the table are there before it is. */
void hal_space_add_table(struct hal_space *space, uaddr_t at, paddr_t table)
{
	paddr_t above = space->root;

	INVARIANT(at.v < HAL_USER_TOP, "INV-USER-ADDRESS");
	for (u32 level = root_level(); level > LEVEL_PAGE; level--) {
		u64 *entry = entry_in(above, at.v, level);

		if (!entry_used(*entry)) {
			entry_publish();
			*entry = entry_table(table);
			return;
		}
		above = entry_frame(*entry);
	}
	INVARIANT(false, "INV-TABLE-MISSING");
}

static FORCE_INLINE u64 take_out(u64 *entry, bool large)
{
	if (entry == nullptr || *entry == 0)
		return 0;
	*entry = 0;
	return large ? HAL_LARGE_PAGES : 1;
}

static __attribute__((noinline)) u64 unmap_far(struct hal_space *space, uaddr_t at)
{
	bool large;
	u64 *entry = leaf_far(space, at.v, &large);

	return take_out(entry, large);
}

u64 hal_space_unmap(struct hal_space *space, uaddr_t at)
{
	return is_near(space, at.v) ? take_out(leaf_near(space, at.v), false) : unmap_far(space, at);
}

/* WHY not by way of no entry at all: only access changes, and the frame stays. */
enum hal_mmu_result hal_space_protect(struct hal_space *space, uaddr_t at, u32 prot)
{
	bool large;
	u64 *entry = leaf(space, at.v, &large);

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	entry_set(space, entry, entry_frame(*entry), prot, large);
	return HAL_MMU_OK;
}

enum hal_mmu_result hal_space_query(const struct hal_space *space, uaddr_t at, paddr_t *frame, u32 *prot)
{
	/* Anything may be asked for: also addresses that a fault came from. */
	bool large = false;
	u64 *entry = at.v < HAL_USER_TOP ? leaf(space, at.v, &large) : nullptr;

	if (entry == nullptr || *entry == 0)
		return HAL_MMU_ABSENT;
	*frame = entry_frame(*entry);
	if (large)
		frame->v |= page_floor(at.v & LARGE_MASK);
	*prot = entry_prot(*entry);
	return HAL_MMU_OK;
}

/* The first table in a table at or after `from`, or the end. Before there are known to be none. */
static u64 next_used(paddr_t frame, u64 from, u64 end)
{
	const struct frame_words *table = frame_words(frame);

	for (u64 group = from / 8; group < end / 8; group++) {
		const u64 first = group * 8;

		if ((table->word[first] | table->word[first + 1] | table->word[first + 2] | table->word[first + 3] |
		     table->word[first + 4] | table->word[first + 5] | table->word[first + 6] | table->word[first + 7]) == 0)
			continue;
		for (u64 index = first; index < first + 8; index++)
			if (entry_used(table->word[index]) && entry_is_table(table->word[index]))
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
	for (u32 level = root_level(); level > LEVEL_PAGE; level--) {
		u64 from = table_index(space->sweep, level);
		u64 end = level == root_level() ? USER_ENTRIES : TABLE_ENTRIES;
		u64 index = next_used(*table, from, end);
		u64 span = PAGE_BYTES << 9 * (level - 1);

		if (index >= end)
			break;
		if (index != from)
			space->sweep = (space->sweep & ~(span * TABLE_ENTRIES - 1)) + index * span;
		holder = ELEM(frame_words(*table)->word, index);
		*table = entry_frame(*holder);
	}
	*holder = 0;
	if (space->root.v == 0)
		space_id_give(space);
	return true;
}
