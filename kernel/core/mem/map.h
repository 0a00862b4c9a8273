/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting regions into an address space and taking them out, inline: the two system calls do it in one function each, in
 * which the region and the capability are in registers. What is rare, or takes many pages, is in space.c.
 */
#ifndef KERNEL_CORE_MEM_MAP_H
#define KERNEL_CORE_MEM_MAP_H

#include "abi/event_emit.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/word.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/mem/space.h"
#include "kernel/raw/downcast.h"

static FORCE_INLINE struct region *region_of(struct tree_node *node)
{
	return node != nullptr ? TREE_ENTRY(node, struct region, node) : nullptr;
}

static FORCE_INLINE u64 region_start(const struct region *region) { return region->node.key; }
static FORCE_INLINE u64 region_end(const struct region *region) { return region->node.key + (region->pages << PAGE_SHIFT); }

/* ---- what is rare ---- */

/* A place for so many pages, of which the first is that one of its memory object; 0: there is none. With the lock held. */
u64 space_find_room(const struct space *space, u64 pages, u64 first_page);

/* Brings pages in as far as they can be, with the lock taken for a few at a time, until somebody may have to run: the rest is
 * left to faults. */
void space_populate(struct space *space, u64 at, u64 pages);

/* A step of emptying the tables of a region of many pages, which nobody may use any more. True: that is done. With the lock
 * held. */
bool space_clear_many(struct space *space, struct region *region);

/* ---- the memory object's list ---- */

/* INV-REVOKE: the lineage is looked at under the lock with which a revocation goes through the list. */
static FORCE_INLINE bool region_list(struct region *region)
{
	struct memory *memory = region->memory;

	lock_take(&memory->lock);
	bool valid = lineage_valid(region->lineage);

	if (LIKELY(valid))
		list_push(&memory->mappings, &region->mapping);
	lock_release(&memory->lock);
	return valid;
}

static FORCE_INLINE void region_unlist(struct region *region)
{
	struct memory *memory = region->memory;

	lock_take(&memory->lock);
	list_remove(&memory->mappings, &region->mapping);
	lock_release(&memory->lock);
}

/* ---- making and giving up ---- */

/* A region that is in no list yet and holds what the capability names; null, and why not. */
static FORCE_INLINE struct region *region_make(struct space *space, const struct cap *cap, enum status *status)
{
	*status = group_charge_one(space->group, GROUP_OBJECTS);
	if (UNLIKELY(*status != STATUS_OK))
		return nullptr;
	struct pooled *item = pool_take(POOL_REGION);

	if (LIKELY(item != nullptr) && cap_hold(cap)) {
		struct region *region = pooled_as_region(item);

		region->memory = cap_as_memory(cap);
		region->lineage = cap->lineage;
		region->space = space;
		region->done = 0;
		return region;
	}
	*status = item != nullptr ? STATUS_BAD_HANDLE : STATUS_OUT_OF_FRAMES;
	if (item != nullptr)
		pool_give(item);
	group_release(space->group, GROUP_OBJECTS, 1);
	return nullptr;
}

/* It is in no list. */
static FORCE_INLINE void region_drop(struct space *space, struct region *region)
{
	lineage_unref(region->lineage);
	object_unref(&region->memory->object);
	pool_give(&region->pooled);
	group_release_one(space->group, GROUP_OBJECTS);
}

/* The same for one that was mapped: it is in no tree any more, and no processor uses it. INV-REVOKE: it is listed until
 * here, so that a revocation that finds nothing may return. */
static FORCE_INLINE void region_give(struct space *space, struct region *region)
{
	event_unmap(space->process, region_start(region), region->pages << PAGE_SHIFT);
	atomic_fence(); /* who is about to wait for a word sees that the mapping is gone, or is counted */
	if (UNLIKELY(atomic_load(&region->memory->words) != 0))
		word_unmapped(region);
	region_unlist(region);
	region_drop(space, region);
}

/* ---- mapping ---- */

/* Finds out whether a mapping has room, or where; then below which region it hangs in the tree. With the lock held. */
static FORCE_INLINE enum status space_place(const struct space *space, struct mapping *mapping, struct tree_node **parent)
{
	u64 bytes = mapping->pages << PAGE_SHIFT;

	while (true) {
		bool anywhere = mapping->at == 0;

		if (UNLIKELY(anywhere)) {
			mapping->at = space_find_room(space, mapping->pages, mapping->first_page);
			if (mapping->at == 0)
				return STATUS_RANGE;
		}
		if (UNLIKELY(mapping->at < HAL_USER_BASE || mapping->at >= HAL_USER_TOP || bytes > HAL_USER_TOP - mapping->at))
			return STATUS_RANGE;
		struct tree_place place = tree_place(&space->regions, mapping->at + bytes - 1);

		*parent = place.parent;
		if (LIKELY(place.below == nullptr || region_end(region_of(place.below)) <= mapping->at))
			return STATUS_OK;
		if (anywhere || !mapping->elsewhere)
			return STATUS_EXISTS;
		mapping->at = 0;
	}
}

/* Brings a page in that has a frame, which is found without a lock, and a table to be in. False: space_populate does it.
 * With the lock held. */
static FORCE_INLINE bool region_bring_in_at_hand(struct space *space, const struct region *region, u64 at, u64 page)
{
	paddr_t frame = memory_page_at_hand(region->memory, page);

	if (frame.v == 0 || hal_space_map(&space->hal, (uaddr_t){ at }, frame, region->prot) != HAL_MMU_OK)
		return false;
	space->filled++;
	return true;
}

/* Maps the memory object that a capability names, as it was just read. The mapping holds what it names; its place is the
 * beginning of a page.
 * Errors: INVALID, RANGE, EXISTS, OUT_OF_FRAMES, OUT_OF_OBJECTS, DEAD, REVOKED, BAD_HANDLE. */
[[nodiscard]] static FORCE_INLINE enum status space_map(struct space *space, struct mapping *mapping, const struct cap *cap)
{
	enum status status = STATUS_INVALID;
	struct tree_node *parent = nullptr;

	if (UNLIKELY(mapping->pages - 1 >= REGION_PAGES_MAX))
		return status;
	struct region *region = region_make(space, cap, &status);

	if (UNLIKELY(region == nullptr))
		return status;
	region->pages = mapping->pages;
	region->first_page = mapping->first_page;
	region->prot = mapping->prot;
	lock_take(&space->lock);
	status = LIKELY(!space->closed) ? space_place(space, mapping, &parent) : STATUS_DEAD;
	if (LIKELY(status == STATUS_OK) && UNLIKELY(!region_list(region)))
		status = STATUS_REVOKED;
	if (UNLIKELY(status != STATUS_OK)) {
		lock_release(&space->lock);
		region_drop(space, region); /* it has no place yet that anybody could wait at */
		return status;
	}
	tree_insert_at(&space->regions, &region->node, mapping->at, parent);
	u64 there = mapping->populate != 0 && region_bring_in_at_hand(space, region, mapping->at, mapping->first_page) ? 1 : 0;

	lock_release(&space->lock);
	if (mapping->populate > there)
		space_populate(space, mapping->at + (there << PAGE_SHIFT), mapping->populate - there);
	return STATUS_OK;
}

/* ---- taking away ---- */

/* Empties the tables of a region that nobody may use any more, and takes it out when that is done. False: a step has
 * not sufficed. With the lock held. */
static FORCE_INLINE bool space_clear_step(struct space *space, struct region *region)
{
	if (LIKELY(region->pages == 1))
		space->filled -= hal_space_unmap(&space->hal, (uaddr_t){ region_start(region) });
	else if (!space_clear_many(space, region))
		return false;
	region->prot = 0;
	tree_remove(&space->regions, &region->node);
	return true;
}

static FORCE_INLINE void space_flush(struct space *space, u64 at, u64 pages)
{
	hal_tlb_flush(&space->hal, (uaddr_t){ at }, pages);
	if (cpu_count() == 1)
		return;
	hal_tlb_shootdown(&space->hal, (uaddr_t){ at }, pages);
	event_shootdown(space->process, at, pages << PAGE_SHIFT);
}

/* What follows a step of taking a region away, without the lock; `out`: it is out of the tree. */
static FORCE_INLINE void space_clear_behind(struct space *space, struct region *region, u64 at, u64 pages, bool out)
{
	space_flush(space, at, pages);
	if (LIKELY(out))
		region_give(space, region);
}

/* The first region inside [at, end), if none reaches out of it. *more is set if there are others behind it. With the lock
 * held. */
static FORCE_INLINE enum status space_first_inside(const struct space *space, u64 at, u64 end, struct region **out, bool *more)
{
	struct region *first = region_of(tree_floor(&space->regions, at));

	if (UNLIKELY(space->closed))
		return STATUS_DEAD;
	*out = first;
	if (LIKELY(first != nullptr && region_start(first) == at && region_end(first) == end))
		return STATUS_OK; /* mostly it is this one */
	if (UNLIKELY(first == nullptr || region_end(first) <= at))
		first = region_of(tree_ceiling(&space->regions, at));
	if (UNLIKELY(first == nullptr || region_start(first) >= end))
		return STATUS_NOT_FOUND;
	/* Only those at the two ends can reach out. That may be the same one. */
	struct region *last = region_end(first) >= end ? first : region_of(tree_floor(&space->regions, end - 1));

	if (UNLIKELY(region_start(first) < at || region_end(last) > end))
		return STATUS_RANGE;
	*out = first;
	*more = first != last;
	return STATUS_OK;
}

/* Removes all regions inside whole pages, from the first on, by the steps of space.h; *more was false. Errors: INVALID,
 * RANGE (one is cut), NOT_FOUND, DEAD. */
[[nodiscard]] static FORCE_INLINE enum status space_unmap(struct space *space, u64 at, u64 bytes, bool *more)
{
	struct region *region = nullptr;
	bool others = false;

	if (UNLIKELY(bytes == 0))
		return STATUS_INVALID;
	if (UNLIKELY(at >= HAL_USER_TOP || bytes > HAL_USER_TOP - at))
		return STATUS_RANGE;
	lock_take(&space->lock);
	enum status status = space_first_inside(space, at, at + bytes, &region, &others);

	if (UNLIKELY(status != STATUS_OK)) {
		lock_release(&space->lock);
		return status;
	}
	at = region_start(region);
	u64 pages = region->pages;
	bool out = space_clear_step(space, region);

	lock_release(&space->lock);
	space_clear_behind(space, region, at, pages, out);
	*more = others || !out;
	return STATUS_OK;
}

#endif
