/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done to capabilities most often, inline: reading and holding one, and putting one into a slot. For paths in which
 * each call of a function counts, deriving and messages with one capability; space.c makes functions of it for all others.
 *
 * WHY nothing here is told the address of a capability by what is rare: then those paths have it in registers.
 */
#ifndef KERNEL_CORE_CAP_SLOT_H
#define KERNEL_CORE_CAP_SLOT_H

#include "kernel/core/cap/cap.h"
#include "kernel/core/cap/child.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/process/process.h"

/* Of a slot that holds something, and of one that is free. */
static inline u32 cap_tag_used(u32 generation, enum object_type type)
{
	return generation << 16 | (u32)type << 8 | CAP_TAG_USED;
}

static inline u32 cap_tag_free(u32 generation) { return generation << 16; }
static inline handle_t cap_handle_make(u32 slot, u32 generation) { return (handle_t){ generation << 16 | slot }; }

/* ---- reading ---- */

[[nodiscard]] static FORCE_INLINE enum status cap_read_inline(struct process *process, handle_t handle, struct cap *out)
{
	struct cap_slot *slot = cap_slot_at(&process->caps, handle.v & 0xffff);

	if (UNLIKELY(slot == nullptr))
		return STATUS_BAD_HANDLE;
	u32 tag = atomic_load_acquire(&slot->tag);

	if (UNLIKELY(!cap_tag_fits(tag, handle.v)))
		return STATUS_BAD_HANDLE;
	out->object = slot->object;
	out->lineage = slot->lineage;
	out->value = slot->value;
	out->type = cap_tag_type(tag);
	out->rights = slot->rights;
	atomic_fence_load();
	if (UNLIKELY(atomic_load(&slot->tag) != tag))
		return STATUS_BAD_HANDLE;
	return LIKELY(lineage_valid(out->lineage)) ? STATUS_OK : STATUS_REVOKED;
}

[[nodiscard]] static FORCE_INLINE enum status cap_acquire_inline(struct process *process, handle_t handle, u32 rights,
	struct cap *out)
{
	enum status status = cap_read_inline(process, handle, out);

	if (UNLIKELY(status != STATUS_OK))
		return status;
	if (UNLIKELY((out->rights & rights) != rights))
		return STATUS_DENIED;
	return LIKELY(cap_hold(out)) ? STATUS_OK : STATUS_BAD_HANDLE;
}

static FORCE_INLINE void cap_release_inline(const struct cap *cap)
{
	lineage_unref(cap->lineage); /* first: its end may concern the object */
	object_unref(cap->object);
}

/* ---- room ---- */

/* Free slots are found by count: every used slot is one less of those in leaves. */
static FORCE_INLINE u32 cap_slots_free(const struct cap_space *space)
{
	u32 slots = space->leaves * CAP_LEAF_SLOTS;

	return slots == 0 ? 0 : slots - 1 - space->used;
}

/* Promises slots that are there. With the lock held. */
static FORCE_INLINE bool cap_promise(struct cap_space *space, u32 count)
{
	bool enough = !space->closed && cap_slots_free(space) >= count;

	if (LIKELY(enough))
		space->used += count;
	return enough;
}

/* As cap_reserve for one, without making room: false if there is none. May be called with locks held. */
[[nodiscard]] static FORCE_INLINE bool cap_reserve_at_hand_inline(struct process *process)
{
	struct cap_space *space = &process->caps;

	if (UNLIKELY(group_charge_one(space->group, GROUP_CAPS) != STATUS_OK))
		return false;
	lock_take(&space->lock);
	bool enough = cap_promise(space, 1);

	lock_release(&space->lock);
	if (UNLIKELY(!enough))
		group_release(space->group, GROUP_CAPS, 1);
	return enough;
}

/* ---- putting in ---- */

/* Fills the first free slot. With the lock held. */
static FORCE_INLINE handle_t cap_fill_slot(struct cap_space *space, const struct cap *cap)
{
	u32 index = space->free_first;

	INVARIANT(index != 0, "INV-CAP-RESERVED");
	struct cap_slot *slot = cap_slot_at(space, index);

	space->free_first = (u32)slot->value;
	if (UNLIKELY(space->free_first == 0))
		space->free_last = 0;
	u32 generation = cap_tag_generation(slot->tag);

	receivable_kept(cap); /* before anybody can drop it */
	slot->object = cap->object;
	slot->lineage = cap->lineage;
	slot->value = cap->value;
	slot->rights = cap->rights & 0xffff;
	atomic_store_release(&slot->tag, cap_tag_used(generation, cap->object->type));
	return cap_handle_make(index, generation);
}

static FORCE_INLINE handle_t cap_insert_inline(struct process *process, const struct cap *cap)
{
	struct cap_space *space = &process->caps;

	lock_take(&space->lock);
	if (UNLIKELY(space->closed)) {
		space->used--;
		lock_release(&space->lock);
		group_release(space->group, GROUP_CAPS, 1);
		cap_release_inline(cap);
		return (handle_t){};
	}
	handle_t handle = cap_fill_slot(space, cap);

	lock_release(&space->lock);
	return handle;
}

/* The handle is set if the status is OK. */
struct cap_added {
	enum status status;
	handle_t handle;
};

/* Room is missing, in the space or in the account. What is held is given up if there is none. */
[[nodiscard]] struct cap_added cap_add_slowly(struct process *process, struct object *object, struct lineage *lineage,
	u64 value, u32 rights);

/* The common case, in one hold of the lock: there is a free slot that nobody was promised. */
static FORCE_INLINE bool cap_insert_at_once(struct cap_space *space, const struct cap *cap, handle_t *out)
{
	lock_take(&space->lock);
	bool room = cap_promise(space, 1);

	if (LIKELY(room))
		*out = cap_fill_slot(space, cap);
	lock_release(&space->lock);
	return room;
}

[[nodiscard]] static FORCE_INLINE struct cap_added cap_add_inline(struct process *process, const struct cap *cap)
{
	struct group *group = process->caps.group;
	struct cap_added added = {};

	if (LIKELY(group_take_ready(group, GROUP_CAPS, 1))) {
		if (LIKELY(cap_insert_at_once(&process->caps, cap, &added.handle)))
			return added;
		group_release(group, GROUP_CAPS, 1);
	}
	return cap_add_slowly(process, cap->object, cap->lineage, cap->value, cap->rights);
}

/* Adds a child of a capability that is held, with these rights; what is held is given up if that fails.
 * Errors: those of lineage_child and cap_add. */
[[nodiscard]] static FORCE_INLINE struct cap_added cap_add_child_inline(struct process *process, struct cap *cap, u32 rights)
{
	enum status status = lineage_child(cap);

	if (UNLIKELY(status != STATUS_OK)) {
		cap_release_inline(cap);
		return (struct cap_added){ .status = status };
	}
	cap->rights = rights;
	return cap_add_inline(process, cap);
}

#endif
