/* SPDX-License-Identifier: Apache-2.0
 *
 * Address spaces. See space.h; map.h has what the two commonest system calls do.
 */
#include "kernel/core/mem/space.h"
#include "kernel/core/mem/map.h"
#include "kernel/core/random/random.h"

/* Large enough for what a service maps, small enough for few tables: the window is at a random place,
 * and mappings at random places in it. */
enum : u64 { WINDOW_BYTES = 1ull << 30 };

enum : u64 { LARGE_BYTES = HAL_LARGE_PAGES * PAGE_BYTES };
static_assert((u64)HAL_LARGE_PAGES == MEMORY_RUN_PAGES);

/* Zeroing so many pages is as long as others should wait for the lock. */
enum : u64 { POPULATE_STEP_PAGES = 4, PAGES_UNTIL_LOOK = 32 };

enum status space_init(struct space *space, struct group *group, u64 process)
{
	struct frame_result root = group_frame_alloc(group);

	if (!root.ok)
		return root.status;
	lock_init(&space->lock, LOCK_SPACE);
	space->group = group;
	space->process = process;
	space->tables = 1;
	hal_space_init(&space->hal, root.frame);
	space->window = HAL_USER_BASE + random_u64() % (HAL_USER_TOP - HAL_USER_BASE - WINDOW_BYTES) / WINDOW_BYTES * WINDOW_BYTES;
	return STATUS_OK;
}

/* ---- finding room; with the lock held ---- */

static bool range_free(const struct space *space, u64 at, u64 bytes)
{
	struct region *below = region_of(tree_floor(&space->regions, at + bytes - 1));

	return below == nullptr || region_end(below) <= at;
}

/* From `at` on, the first place where large pages of the object lie so that each can be one entry. */
static u64 align_for(u64 pages, u64 first_page, u64 at)
{
	u64 phase = first_page % HAL_LARGE_PAGES << PAGE_SHIFT;

	return pages < HAL_LARGE_PAGES ? at : at + (phase - at) % LARGE_BYTES;
}

/* A random place first, which nearly always is free; then the first gap that is large enough. */
u64 space_find_room(const struct space *space, u64 pages, u64 first_page)
{
	u64 bytes = pages << PAGE_SHIFT;

	for (u32 attempt = 0; attempt < 8 && bytes < WINDOW_BYTES / 2; attempt++) {
		u64 at = space->window + page_floor(random_u64() % (WINDOW_BYTES - bytes - LARGE_BYTES));

		at = align_for(pages, first_page, at);
		if (range_free(space, at, bytes))
			return at;
	}
	u64 start = align_for(pages, first_page, HAL_USER_BASE);

	for (struct tree_node *node = tree_first(&space->regions); node != nullptr; node = tree_next(node)) {
		struct region *region = region_of(node);

		if (region_start(region) >= start && region_start(region) - start >= bytes)
			break;
		start = align_for(pages, first_page, region_end(region));
	}
	return start < HAL_USER_TOP && HAL_USER_TOP - start >= bytes ? start : 0;
}

/* ---- filling tables ---- */

static enum status add_table(struct space *space, u64 at)
{
	struct frame_result table = group_frame_alloc(space->group);

	if (!table.ok)
		return table.status;
	space->tables++;
	hal_space_add_table(&space->hal, (uaddr_t){ at }, table.frame);
	return STATUS_OK;
}

/* Maps one page, adding tables as they are missing. With the lock held. */
static enum status fill(struct space *space, u64 at, paddr_t frame, u32 prot)
{
	enum hal_mmu_result result;

	while (UNLIKELY((result = hal_space_map(&space->hal, (uaddr_t){ at }, frame, prot)) == HAL_MMU_NEEDS_TABLE)) {
		enum status status = add_table(space, at);

		if (status != STATUS_OK)
			return status;
	}
	space->filled += result == HAL_MMU_OK ? 1 : 0; /* PRESENT: another processor was faster */
	return STATUS_OK;
}

/* Maps a large page, adding tables as they are missing. False: pages are mapped there one by one. With the lock held. */
static bool fill_large(struct space *space, u64 at, paddr_t frame, u32 prot)
{
	enum hal_mmu_result result;

	while ((result = hal_space_map_large(&space->hal, (uaddr_t){ at }, frame, prot)) == HAL_MMU_NEEDS_TABLE)
		if (add_table(space, at) != STATUS_OK)
			return false;
	space->filled += result == HAL_MMU_OK ? HAL_LARGE_PAGES : 0;
	return result == HAL_MMU_OK;
}

/* Whether the large page around an address lies in the region as it lies in its memory object. Code is left out: making
 * so much of it fetchable at once takes long. */
static bool holds_large(const struct region *region, u64 at)
{
	u64 base = at & ~(LARGE_BYTES - 1);
	u64 first = region->first_page + ((base - region_start(region)) >> PAGE_SHIFT);

	return base >= region_start(region) && base + LARGE_BYTES <= region_end(region) && first % HAL_LARGE_PAGES == 0 &&
	       (region->prot & HAL_PROT_EXECUTE) == 0;
}

/* `some` as below. */
static __attribute__((noinline)) struct frame_result bring_in_new(struct space *space, const struct region *region, u64 at,
	u64 page, u64 some)
{
	struct memory_run run = { .kind = MEMORY_RUN_NONE };

	if (holds_large(region, at))
		run = memory_run(region->memory, page & ~(HAL_LARGE_PAGES - 1), some);
	struct frame_result result = memory_page(region->memory, page);

	if (!result.ok)
		return result;
	if (run.kind == MEMORY_RUN_UNDER_WAY) {
		result.status = STATUS_WOULD_BLOCK;
	} else if (run.kind == MEMORY_RUN_NONE || !fill_large(space, at & ~(LARGE_BYTES - 1), run.frame, region->prot)) {
		result.status = fill(space, at, result.frame, region->prot);
		result.ok = result.status == STATUS_OK;
	}
	return result;
}

/* The frame of a page of a region, which is in the tables from then on; but with WOULD_BLOCK it is in none yet, for it is
 * to be there in a large page, of which `some` more pages have been zeroed. With the lock held. */
static FORCE_INLINE struct frame_result bring_in(struct space *space, const struct region *region, u64 at, u64 some)
{
	u64 page = region->first_page + ((at - region_start(region)) >> PAGE_SHIFT);

	if (!region_bring_in_at_hand(space, region, at, page))
		return bring_in_new(space, region, at, page, some);
	return (struct frame_result){ .ok = true, .frame = memory_page_at_hand(region->memory, page) };
}

/* The region that an address lies in, if it allows the access. With the lock held. */
static struct region *region_for(const struct space *space, u64 at, u32 access)
{
	struct region *region = region_of(tree_floor(&space->regions, at));

	return region != nullptr && at < region_end(region) && (region->prot & access) != 0 ? region : nullptr;
}

struct frame_result space_touch(struct space *space, u64 at, u32 access)
{
	struct frame_result result = { .ok = false, .status = STATUS_BAD_ADDRESS };
	u32 prot = 0;

	if (at < HAL_USER_BASE || at >= HAL_USER_TOP)
		return result;
	at = page_floor(at);
	lock_take(&space->lock);
	if (UNLIKELY(space->closed)) {
		lock_release(&space->lock);
		result.status = STATUS_DEAD;
		return result;
	}
	if (hal_space_query(&space->hal, (uaddr_t){ at }, &result.frame, &prot) == HAL_MMU_OK && (prot & access) != 0) {
		result.ok = (prot & HAL_PROT_DEVICE) == 0;
		lock_release(&space->lock);
		return result;
	}
	const struct region *region = region_for(space, at, access);

	if (region != nullptr && (region->prot & HAL_PROT_DEVICE) == 0)
		result = bring_in(space, region, at, 1);
	lock_release(&space->lock);
	return result;
}

/* A large page is prepared unless somebody may have to run: then the next fault goes on. */
enum status space_fault(struct space *space, u64 at, u32 access)
{
	enum status status = STATUS_BAD_ADDRESS;

	if (at < HAL_USER_BASE || at >= HAL_USER_TOP)
		return status;
	do {
		lock_take(&space->lock);
		const struct region *region = LIKELY(!space->closed) ? region_for(space, page_floor(at), access) : nullptr;

		status = UNLIKELY(space->closed) ? STATUS_DEAD : STATUS_BAD_ADDRESS;
		if (region != nullptr)
			status = bring_in(space, region, page_floor(at), POPULATE_STEP_PAGES).status;
		lock_release(&space->lock);
	} while (UNLIKELY(status == STATUS_WOULD_BLOCK) && !hal_interrupt_pending());
	return status == STATUS_WOULD_BLOCK ? STATUS_OK : status;
}

enum status space_word(struct space *space, u64 at, u32 access, bool fill, struct space_word *out)
{
	enum status status = STATUS_BAD_ADDRESS;

	if (at < HAL_USER_BASE || at >= HAL_USER_TOP)
		return status;
	lock_take(&space->lock);
	const struct region *region = region_for(space, at, access);

	if (space->closed) {
		status = STATUS_DEAD;
	} else if (region != nullptr && (region->prot & HAL_PROT_DEVICE) == 0) {
		struct frame_result page = { .ok = true };

		if (fill)
			page = bring_in(space, region, page_floor(at), 1);
		out->memory = region->memory;
		out->offset = (region->first_page << PAGE_SHIFT) + (at - region_start(region));
		out->frame = page.frame;
		status = page.ok ? STATUS_OK : page.status;
	}
	lock_release(&space->lock);
	return status;
}

/* As many pages of a region, from `at` on, as the lock should be held for; returns how many. With the lock held. */
static u64 bring_in_some(struct space *space, const struct region *region, u64 at, u64 pages)
{
	u64 done = 0, most = min_u64(pages, POPULATE_STEP_PAGES);

	while (done < most && bring_in(space, region, at + (done << PAGE_SHIFT), 1).ok)
		done++;
	return done;
}

void space_populate(struct space *space, u64 at, u64 pages)
{
	u64 done = POPULATE_STEP_PAGES;

	for (; pages != 0 && done == POPULATE_STEP_PAGES; at += done << PAGE_SHIFT, pages -= done) {
		lock_take(&space->lock);
		const struct region *region = space->closed ? nullptr : region_for(space, at, HAL_PROT_READ);

		done = region == nullptr ? 0
			: bring_in_some(space, region, at, min_u64(pages, (region_end(region) - at) >> PAGE_SHIFT));
		lock_release(&space->lock);
		if (hal_interrupt_pending())
			break;
	}
}

/* ---- mapping and taking away ---- */

enum status space_map_own(struct space *space, struct mapping *mapping, struct memory *memory)
{
	struct cap cap = { .object = &memory->object, .lineage = &memory->object.root, .type = OBJECT_MEMORY };

	return space_map(space, mapping, &cap);
}

/* How many pages a step may still do after one more: none if somebody may have to run. */
static u64 one_less(u64 left)
{
	return --left % PAGES_UNTIL_LOOK == 0 && hal_interrupt_pending() ? 0 : left;
}

bool space_clear_many(struct space *space, struct region *region)
{
	u64 done = region->prot != 0 ? 0 : region->done;

	region->prot = 0;
	/* Not all were touched, and a large page is gone with its first. */
	for (u64 left = SPACE_STEP_PAGES; done < region->pages && left != 0; done++, left = one_less(left))
		space->filled -= hal_space_unmap(&space->hal, (uaddr_t){ region_start(region) + (done << PAGE_SHIFT) });
	region->done = done;
	return done >= region->pages;
}

void space_undo(struct space *space, const struct region *region, u64 at)
{
	lock_take(&space->lock);
	struct region *found = region_of(tree_floor(&space->regions, at));
	bool there = found == region && region_start(found) == at && !lineage_valid(found->lineage);
	u64 pages = there ? found->pages : 0;
	bool out = there && space_clear_step(space, found);

	lock_release(&space->lock);
	if (there)
		space_clear_behind(space, found, at, pages, out);
}

/* With the lock held. */
static bool protect_step(struct space *space, struct region *region, u32 prot)
{
	u64 at = region_start(region);

	if (region->prot != prot) {
		region->prot = prot;
		region->done = 0;
	}
	for (u64 left = SPACE_STEP_PAGES; region->done < region->pages && left != 0; region->done++, left = one_less(left))
		(void)hal_space_protect(&space->hal, (uaddr_t){ at + (region->done << PAGE_SHIFT) }, prot);
	return region->done == region->pages;
}

enum status space_protect(struct space *space, u64 at, u64 pages, u32 prot, bool *more)
{
	lock_take(&space->lock);
	struct region *region = region_of(tree_floor(&space->regions, at));
	enum status status = STATUS_OK;

	if (space->closed)
		status = STATUS_DEAD;
	else if (region == nullptr || region_start(region) != at || region->pages != pages)
		status = STATUS_NOT_FOUND;
	else if ((prot & ~region->prot) != 0)
		status = STATUS_DENIED;
	if (status == STATUS_OK) /* device: what it is, not an access */
		*more = !protect_step(space, region, prot | (region->prot & HAL_PROT_DEVICE));
	lock_release(&space->lock);
	if (status == STATUS_OK)
		space_flush(space, at, pages);
	return status;
}

bool space_drain(struct space *space, u32 steps)
{
	for (; steps > 0; steps--) {
		lock_take(&space->lock);
		space->closed = 1;
		struct region *region = region_of(tree_first(&space->regions));

		if (region != nullptr)
			tree_remove(&space->regions, &region->node);
		else
			space->filled = 0; /* its tables are next */
		lock_release(&space->lock);
		if (region == nullptr)
			return true;
		region_give(space, region);
	}
	return false;
}

bool space_free(struct space *space, u32 steps)
{
	paddr_t table;

	while (space->tables != 0) {
		if (steps == 0)
			return false;
		steps--;
		if (!hal_space_take_table(&space->hal, &table))
			break;
		space->tables--;
		group_frame_free(space->group, table);
	}
	return true;
}
