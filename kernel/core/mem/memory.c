/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory objects. See memory.h. Pages of anonymous memory hang in a radix tree of frames with
 * 512 entries each; up to eight pages need no tree.
 */
#include "kernel/core/mem/memory.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/mem/space.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/process/process.h"
#include "kernel/core/syscall/result.h"
#include "kernel/core/thread/thread.h"
#include "abi/kernel_calls.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"

enum : u32 { RADIX_BITS = PAGE_SHIFT - 3, FREE_STEP = 8 };

/* In the entry of a page that belongs to a run: its frame is to be zeroed before anybody sees it. In that of the first:
 * the next that is, plus 1. */
enum : u64 { ENTRY_UNZEROED = 1, ENTRY_NEXT = 2, ENTRY_NEXT_MASK = PAGE_MASK - 1 };
static_assert((FRAME_WORDS + 1) * ENTRY_NEXT <= ENTRY_NEXT_MASK && (u64)FRAME_WORDS == MEMORY_RUN_PAGES);

static enum status make(struct group *group, struct memory **out)
{
	struct object *object = nullptr;
	enum status status = object_create(OBJECT_MEMORY, group, &object);

	if (status != STATUS_OK)
		return status;
	*out = object_as_memory(object);
	lock_init(&(*out)->lock, LOCK_MEMORY);
	return STATUS_OK;
}

enum status memory_make(struct group *group, u64 pages, struct memory **out)
{
	if (pages == 0 || pages > MEMORY_PAGES_MAX)
		return STATUS_INVALID;
	enum status status = make(group, out);

	if (status != STATUS_OK)
		return status;
	(*out)->kind = MEMORY_ANONYMOUS;
	(*out)->pages = pages;
	if (pages > MEMORY_DIRECT_PAGES) {
		(*out)->height = 1;
		while (pages > 1ull << (RADIX_BITS * (*out)->height))
			(*out)->height++;
	}
	return STATUS_OK;
}

enum status memory_wrap(struct group *group, enum memory_kind kind, paddr_t base, u64 pages, struct memory **out)
{
	enum status status = make(group, out);

	if (status != STATUS_OK)
		return status;
	(*out)->kind = kind;
	(*out)->pages = pages;
	(*out)->base = base;
	return STATUS_OK;
}

u64 memory_cap_value(const struct memory *memory) { return min_u64(memory->pages, U32_MAX) << 32; }

/* ---- the tree; with the lock held ---- */

/* A zeroed frame for a place that has none. */
static enum status fill(struct memory *memory, u64 *place)
{
	struct frame_result frame = group_frame_alloc(memory->object.group);

	if (!frame.ok)
		return frame.status;
	memory->touched++;
	atomic_store_release(place, frame.frame.v);
	return STATUS_OK;
}

/* The place where a page is entered; with level 1 the place of its node instead. Nodes on the way are made; null: one could
 * not be, and why not. */
static u64 *find_place(struct memory *memory, u64 page, u32 level, enum status *status)
{
	u64 *place = memory->height == 0 ? &ELEM(memory->direct, page)->v : &memory->root.v;

	*status = STATUS_OK;
	for (u32 above = memory->height; above > level; above--) {
		if (*place == 0)
			*status = fill(memory, place);
		if (*status != STATUS_OK)
			return nullptr;
		place = ELEM(frame_words((paddr_t){ *place })->word, page >> (RADIX_BITS * (above - 1)) & (FRAME_WORDS - 1));
	}
	return place;
}

/* Zeroes the frame of a page of a run, if that was not done yet. */
static void clean(u64 *place)
{
	if ((*place & ENTRY_UNZEROED) == 0)
		return;
	frame_zero((paddr_t){ page_floor(*place) });
	*place &= ~ENTRY_UNZEROED;
}

static struct frame_result anonymous_page(struct memory *memory, u64 page)
{
	enum status status;
	u64 *place = find_place(memory, page, 0, &status);

	if (place != nullptr && *place == 0)
		status = fill(memory, place);
	if (place == nullptr || status != STATUS_OK)
		return (struct frame_result){ .ok = false, .status = status };
	clean(place);
	return (struct frame_result){ .ok = true, .frame = { page_floor(*place) } };
}

/* ---- runs ---- */

/* A node in an empty place, whose pages are one run, none of them zeroed; or an empty node, if that is not to be had without
 * effort. */
static void make_run(struct memory *memory, u64 *place)
{
	if (fill(memory, place) != STATUS_OK)
		return;
	struct frame_words *node = frame_words((paddr_t){ *place });
	struct frame_result run = group_run_alloc(memory->object.group, RADIX_BITS);

	for (u64 i = 0; i < FRAME_WORDS && run.ok; i++)
		node->word[i] = (run.frame.v + (i << PAGE_SHIFT)) | ENTRY_UNZEROED;
	node->word[0] |= run.ok ? ENTRY_NEXT : 0;
	memory->touched += run.ok ? FRAME_WORDS : 0;
}

/* Zeroes some more pages. How many are zeroed from the first on is counted in the first entry, from 1. */
static enum memory_run_kind go_on(struct frame_words *node, u64 some)
{
	u64 next = (node->word[0] & ENTRY_NEXT_MASK) / ENTRY_NEXT - 1;

	for (; next < FRAME_WORDS && some != 0; next++, some--) {
		clean(ELEM(node->word, next));
		node->word[0] += ENTRY_NEXT;
	}
	return next == FRAME_WORDS ? MEMORY_RUN_READY : MEMORY_RUN_UNDER_WAY;
}

struct memory_run memory_run(struct memory *memory, u64 first, u64 some)
{
	struct memory_run run = { .kind = MEMORY_RUN_NONE };
	enum status status;

	if (memory->height == 0 || first % FRAME_WORDS != 0 || first + FRAME_WORDS > memory->pages)
		return run;
	lock_take(&memory->lock);
	u64 *place = find_place(memory, first, 1, &status);

	if (place != nullptr && *place == 0)
		make_run(memory, place);
	struct frame_words *node = place != nullptr && *place != 0 ? frame_words((paddr_t){ *place }) : nullptr;

	if (node != nullptr && (node->word[0] & ENTRY_NEXT_MASK) != 0)
		run = (struct memory_run){ .kind = go_on(node, some), .frame = { page_floor(node->word[0]) } };
	lock_release(&memory->lock);
	return run;
}

struct frame_result memory_page(struct memory *memory, u64 page)
{
	if (page >= memory->pages)
		return (struct frame_result){ .ok = false, .status = STATUS_RANGE };
	if (memory->kind != MEMORY_ANONYMOUS)
		return (struct frame_result){ .ok = true, .frame = { memory->base.v + (page << PAGE_SHIFT) } };
	lock_take(&memory->lock);
	struct frame_result frame = anonymous_page(memory, page);

	lock_release(&memory->lock);
	return frame;
}

/* Gives one frame back. */
static void give(struct memory *memory, paddr_t frame)
{
	group_frame_free(memory->object.group, frame);
	memory->touched--;
}

/* One step: goes down to the first entry in use at or after page `freed` and gives back what it
 * holds, or else the node on the way that has none left. Entries are cleared behind it. */
static void free_next(struct memory *memory)
{
	paddr_t at = memory->root;
	u64 *holder = &memory->root.v;

	for (u32 level = memory->height; level > 0; level--) {
		struct frame_words *node = frame_words(at);
		u32 shift = RADIX_BITS * (level - 1), index = (u32)(memory->freed >> shift) & (FRAME_WORDS - 1);
		u64 next = memory->freed;

		while (index < FRAME_WORDS && node->word[index] == 0) {
			index++;
			next = ((next >> shift) + 1) << shift;
		}
		/* WHY: past the last entry `next` would lie under the next entry of the node above. */
		if (index == FRAME_WORDS)
			break;
		memory->freed = next;
		holder = ELEM(node->word, index);
		at.v = page_floor(*holder);
	}
	*holder = 0;
	give(memory, at);
}

bool memory_free(struct memory *memory)
{
	if (memory->kind == MEMORY_DMA)
		memory_free_dma(memory);
	if (memory->kind != MEMORY_ANONYMOUS)
		return true;
	for (u32 i = 0; i < MEMORY_DIRECT_PAGES && memory->height == 0; i++) {
		if (memory->direct[i].v != 0)
			give(memory, memory->direct[i]);
		memory->direct[i].v = 0;
	}
	for (u32 step = 0; step < FREE_STEP && memory->root.v != 0; step++)
		free_next(memory);
	INVARIANT(memory->root.v != 0 || memory->touched == 0, "INV-MEMORY-FREED");
	return memory->touched == 0;
}

/* ---- revocation ---- */

/* A region that was mapped through a revoked capability, and where; null: there is none. */
static struct region *first_revoked(struct memory *memory, struct space **space, u64 *at)
{
	struct region *found = nullptr;

	lock_take(&memory->lock);
	LIST_EACH (region, &memory->mappings, struct region, mapping) {
		if (lineage_valid(region->lineage))
			continue;
		found = region;
		*space = region->space;
		*at = region->node.key;
		break;
	}
	lock_release(&memory->lock);
	return found;
}

bool memory_undo(struct memory *memory)
{
	struct space *space = nullptr;
	u64 at = 0;
	const struct region *region = first_revoked(memory, &space, &at);

	if (region == nullptr)
		return true;
	/* WHY: the address space of a region that was listed lives for this stay in the kernel: who takes the region away
	 * is in it, too. If another processor does that, there is nothing to do here but to look again. */
	space_undo(space, region, at);
	return false;
}

/* ---- system calls ---- */

struct sys_result syscall_memory_create(struct thread *self, struct group *group, u64 bytes)
{
	struct memory *memory = nullptr;

	if (!page_aligned(bytes))
		return sys_fail(STATUS_INVALID);
	enum status status = memory_make(group, bytes >> PAGE_SHIFT, &memory);

	if (status != STATUS_OK)
		return sys_fail(status);
	return sys_new_handle(self, &memory->object, MEMORY_RIGHTS_ALL & ~MEMORY_RIGHT_EXECUTE, memory_cap_value(memory));
}

struct sys_result syscall_code_seal(struct thread *self, struct code *code, const struct cap *memory)
{
	struct cap cap = *memory;

	(void)code;
	if (!cap_hold(&cap))
		return sys_fail(STATUS_BAD_HANDLE);
	u32 kept = cap.rights & (RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT);

	return sys_new_child(self, &cap, kept | MEMORY_RIGHT_READ | MEMORY_RIGHT_EXECUTE);
}
