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

enum : u32 { RADIX_BITS = 9, FREE_STEP = 8 };

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

/* A zeroed frame for a place that has none. With the lock held. */
static struct frame_result fill(struct memory *memory)
{
	struct frame_result frame = group_frame_alloc(memory->object.group);

	if (frame.ok)
		memory->touched++;
	return frame;
}

/* With the lock held: the frame of a page of anonymous memory. */
static struct frame_result anonymous_page(struct memory *memory, u64 page)
{
	if (memory->height == 0) {
		paddr_t *place = ELEM(memory->direct, page);
		struct frame_result frame = { .ok = true, .frame = *place };

		if (place->v == 0) {
			frame = fill(memory);
			if (frame.ok)
				atomic_store_release(&place->v, frame.frame.v);
		}
		return frame;
	}
	struct frame_result frame = { .ok = true, .frame = memory->root };

	if (memory->root.v == 0) {
		frame = fill(memory);
		if (!frame.ok)
			return frame;
		memory->root = frame.frame;
	}
	for (u32 level = memory->height; level > 0; level--) {
		struct frame_words *node = frame_words(frame.frame);
		u64 *place = ELEM(node->word, page >> (RADIX_BITS * (level - 1)) & (FRAME_WORDS - 1));

		if (*place == 0) {
			frame = fill(memory);
			if (!frame.ok)
				return frame;
			*place = frame.frame.v;
		}
		frame.frame = (paddr_t){ *place };
	}
	return frame;
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
		at.v = *holder;
	}
	*holder = 0;
	give(memory, at);
}

bool memory_free(struct memory *memory)
{
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

struct sys_result syscall_code_seal(struct thread *self, struct code *code, handle_t memory)
{
	struct cap cap;
	handle_t handle = {};
	enum status status = cap_acquire(self->process, memory, &cap);

	(void)code;
	if (status != STATUS_OK)
		return sys_fail(status);
	if (cap.type != OBJECT_MEMORY)
		status = STATUS_WRONG_TYPE;
	else if ((cap.rights & MEMORY_RIGHT_READ) == 0)
		status = STATUS_DENIED;
	if (status != STATUS_OK) {
		cap_release(&cap);
		return sys_fail(status);
	}
	u32 kept = cap.rights & (RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT);

	status = cap_add_child(self->process, &cap, kept | MEMORY_RIGHT_READ | MEMORY_RIGHT_EXECUTE, &handle);
	return status == STATUS_OK ? sys_ok(handle.v) : sys_fail(status);
}
