/* SPDX-License-Identifier: Apache-2.0
 *
 * Capability spaces: slots, handles, reading without a lock. See cap.h.
 */
#include "kernel/core/cap/cap.h"
#include "kernel/core/cap/child.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/process/process.h"
#include "kernel/raw/cap_memory.h"

/* Of a slot that holds something, and of one that is free. */
static u32 tag_used(u32 generation, enum object_type type) { return generation << 16 | (u32)type << 8 | CAP_TAG_USED; }
static u32 tag_free(u32 generation) { return generation << 16; }

static handle_t handle_make(u32 slot, u32 generation) { return (handle_t){ generation << 16 | slot }; }

handle_t cap_handle_at(const struct cap_space *space, u32 index)
{
	const struct cap_slot *slot = cap_slot_at(space, index);

	/* A leaf that is being added is counted before it can be seen. */
	return slot != nullptr ? handle_make(index, cap_tag_generation(atomic_load(&slot->tag))) : (handle_t){};
}

enum status cap_space_init(struct cap_space *space, struct group *group)
{
	struct frame_result frame = group_frame_alloc(group);

	lock_init(&space->lock, LOCK_CAPS);
	space->group = group;
	if (!frame.ok)
		return frame.status;
	space->directory_frame = frame.frame;
	space->directory = cap_directory_in(frame.frame);
	return STATUS_OK;
}

enum status cap_read(struct process *process, handle_t handle, struct cap *out)
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

/* A space that is not closed keeps its frames for this stay in the kernel: they are given back a grace
 * period later. For processes that the running thread does not belong to. */
static bool is_closed(const struct cap_space *space) { return atomic_load(&space->closed); }

enum status cap_acquire(struct process *process, handle_t handle, struct cap *out)
{
	enum status status = cap_read(process, handle, out);

	return status == STATUS_OK && !cap_hold(out) ? STATUS_BAD_HANDLE : status;
}

enum status cap_still_names(struct process *process, u64 handle, const struct object *object)
{
	struct cap cap;

	if (UNLIKELY(is_closed(&process->caps)))
		return STATUS_BAD_HANDLE;
	enum status status = cap_read(process, (handle_t){ (u32)handle }, &cap);

	return status == STATUS_OK && cap.object != object ? STATUS_BAD_HANDLE : status;
}

void cap_release(const struct cap *cap)
{
	lineage_unref(cap->lineage); /* first: its end may concern the object */
	object_unref(cap->object);
}

enum status cap_resolve_full(struct process *process, handle_t handle, enum object_type type, u32 rights,
	struct cap *out)
{
	enum status status = cap_read(process, handle, out);

	if (UNLIKELY(status != STATUS_OK))
		return status;
	if (UNLIKELY(out->type != type))
		return STATUS_WRONG_TYPE;
	if (UNLIKELY((out->rights & rights) != rights))
		return STATUS_DENIED;
	return STATUS_OK;
}

struct cap_found cap_resolve(struct process *process, handle_t handle, enum object_type type, u32 rights)
{
	struct cap cap;
	enum status status = cap_resolve_full(process, handle, type, rights, &cap);

	return (struct cap_found){ status, status == STATUS_OK ? cap.object : nullptr };
}

/* ---- growth ---- */

/* Links a new leaf's slots behind the free list. Slot 0 stays unused: handle 0 is no handle. */
static void link_leaf(struct cap_space *space, u32 leaf)
{
	u32 first = leaf * CAP_LEAF_SLOTS;

	for (u32 slot = first; slot < first + CAP_LEAF_SLOTS; slot++) {
		if (slot == 0)
			continue;
		cap_slot_at(space, slot)->value = 0;
		cap_slot_at(space, slot)->tag = tag_free(1);
		if (space->free_last != 0)
			cap_slot_at(space, space->free_last)->value = slot;
		else
			space->free_first = slot;
		space->free_last = slot;
	}
}

/* Free slots are found by count: every used slot is one less of those in leaves. */
static u32 slots_free(const struct cap_space *space)
{
	u32 slots = space->leaves * CAP_LEAF_SLOTS;

	return slots == 0 ? 0 : slots - 1 - space->used;
}

/* Adds a frame towards room for `count`. Frames are taken before the lock, and put back if another
 * thread was faster. */
static enum status grow(struct cap_space *space, u32 count)
{
	struct frame_result frame = group_frame_alloc(space->group);

	if (!frame.ok)
		return frame.status;
	lock_take(&space->lock);
	bool wanted = !space->closed && slots_free(space) < count && space->leaves < CAP_LEAVES; /* else drained without it */

	if (wanted) {
		u32 leaf = space->leaves++;

		struct cap_leaf *fresh = cap_leaf_in(frame.frame);

		/* Emptied before a guessed handle can find it. */
		atomic_store_release(ELEM(space->directory->leaf, leaf), fresh);
		link_leaf(space, leaf);
	}
	bool full = slots_free(space) < count && space->leaves == CAP_LEAVES;

	lock_release(&space->lock);
	if (!wanted)
		group_frame_free(space->group, frame.frame);
	return full ? STATUS_OUT_OF_CAPS : STATUS_OK;
}

/* ---- room ---- */

/* Revoked capabilities make room in the account before anybody is refused. */
static enum status charge_slots(struct process *process, u32 count)
{
	struct cap_space *space = &process->caps;
	enum status status = group_charge(space->group, GROUP_CAPS, count);

	return UNLIKELY(status == STATUS_OUT_OF_CAPS) ? sweep_and_charge(process, count) : status;
}

/* Promises slots that are there. With the lock held. */
static FORCE_INLINE bool promise(struct cap_space *space, u32 count)
{
	bool enough = !space->closed && slots_free(space) >= count;

	if (LIKELY(enough))
		space->used += count;
	return enough;
}

/* More slots, of those that revoked capabilities occupy or new ones. */
static enum status make_room(struct process *process, u32 count)
{
	enum swept swept = sweep_space(process, count);
	enum status status = swept == SWEEP_FOUND ? STATUS_OK : grow(&process->caps, count);

	sweep_note(swept);
	return status != STATUS_OK && swept == SWEEP_MORE ? STATUS_OUT_OF_CAPS : status; /* for now */
}

/* Promises slots that were charged; the charge is undone if there are none. */
static enum status promise_slots(struct process *process, u32 count)
{
	struct cap_space *space = &process->caps;
	enum status status;

	do {
		lock_take(&space->lock);
		bool closed = space->closed, enough = promise(space, count);

		lock_release(&space->lock);
		if (enough)
			return STATUS_OK;
		status = closed ? STATUS_DEAD : make_room(process, count);
	} while (status == STATUS_OK);
	group_release(space->group, GROUP_CAPS, count);
	return status;
}

enum status cap_reserve(struct process *process, u32 count)
{
	enum status status = charge_slots(process, count);

	return status == STATUS_OK ? promise_slots(process, count) : status;
}

enum status cap_may_reserve(struct process *process, u32 count)
{
	enum status status = cap_reserve(process, count);

	if (status == STATUS_OK)
		cap_unreserve(process, count);
	return status;
}

bool cap_reserve_at_hand(struct process *process)
{
	struct cap_space *space = &process->caps;

	if (group_charge_one(space->group, GROUP_CAPS) != STATUS_OK)
		return false;
	lock_take(&space->lock);
	bool enough = promise(space, 1);

	lock_release(&space->lock);
	if (!enough)
		group_release(space->group, GROUP_CAPS, 1);
	return enough;
}

void cap_unreserve(struct process *process, u32 count)
{
	struct cap_space *space = &process->caps;

	lock_take(&space->lock);
	space->used -= count;
	lock_release(&space->lock);
	group_release(space->group, GROUP_CAPS, count);
}

/* Fills the first free slot. With the lock held. */
static FORCE_INLINE handle_t fill_slot(struct cap_space *space, const struct cap *cap)
{
	u32 index = space->free_first;

	INVARIANT(index != 0, "INV-CAP-RESERVED");
	struct cap_slot *slot = cap_slot_at(space, index);

	space->free_first = (u32)slot->value;
	if (space->free_first == 0)
		space->free_last = 0;
	u32 generation = cap_tag_generation(slot->tag);

	receivable_kept(cap); /* before anybody can drop it */
	slot->object = cap->object;
	slot->lineage = cap->lineage;
	slot->value = cap->value;
	slot->rights = cap->rights & 0xffff;
	atomic_store_release(&slot->tag, tag_used(generation, cap->object->type));
	return handle_make(index, generation);
}

handle_t cap_insert(struct process *process, const struct cap *cap)
{
	struct cap_space *space = &process->caps;

	lock_take(&space->lock);
	if (UNLIKELY(space->closed)) {
		space->used--;
		lock_release(&space->lock);
		group_release(space->group, GROUP_CAPS, 1);
		cap_release(cap);
		return (handle_t){};
	}
	handle_t handle = fill_slot(space, cap);

	lock_release(&space->lock);
	return handle;
}

/* The common case, in one hold of the lock: there is a free slot that nobody was promised. */
static FORCE_INLINE bool insert_at_once(struct cap_space *space, const struct cap *cap, handle_t *out)
{
	lock_take(&space->lock);
	bool room = promise(space, 1);

	if (LIKELY(room))
		*out = fill_slot(space, cap);
	lock_release(&space->lock);
	return room;
}

/* Room is missing, in the space or in the account. */
static __attribute__((noinline)) enum status add_slowly(struct process *process, const struct cap *cap, handle_t *out)
{
	enum status status = cap_reserve(process, 1);

	if (status == STATUS_OK)
		*out = cap_insert(process, cap);
	else
		cap_release(cap);
	return status;
}

static FORCE_INLINE enum status add(struct process *process, const struct cap *cap, handle_t *out)
{
	struct group *group = process->caps.group;

	if (LIKELY(group_take_ready(group, GROUP_CAPS, 1))) {
		if (LIKELY(insert_at_once(&process->caps, cap, out)))
			return STATUS_OK;
		group_release(group, GROUP_CAPS, 1);
	}
	return add_slowly(process, cap, out);
}

enum status cap_add(struct process *process, const struct cap *cap, handle_t *out) { return add(process, cap, out); }

enum status cap_add_child(struct process *process, struct cap *cap, u32 rights, handle_t *out)
{
	enum status status = lineage_child(cap);

	if (status != STATUS_OK) {
		cap_release(cap);
		return status;
	}
	cap->rights = rights;
	return add(process, cap, out);
}

/* The original capability of an object, with the reference that its maker holds. */
static struct cap original(struct object *object, u32 rights, u64 value)
{
	struct cap cap = { .object = object, .lineage = &object->root, .value = value, .type = object->type,
		.rights = rights };

	lineage_ref(cap.lineage);
	return cap;
}

enum status cap_add_new(struct process *process, struct object *object, u32 rights, u64 value, handle_t *out)
{
	struct cap cap = original(object, rights, value);

	return cap_add(process, &cap, out);
}

handle_t cap_insert_new(struct process *process, struct object *object, u32 rights)
{
	struct cap cap = original(object, rights, 0);

	return cap_insert(process, &cap);
}

/* ---- emptying ---- */

/* With the lock held. A slot with a spent generation is not put on the free list again, and
 * counts as used for ever. */
static void empty_slot(struct cap_space *space, u32 index, struct cap_slot *slot)
{
	u32 generation = cap_tag_generation(slot->tag);

	slot->object = nullptr;
	slot->lineage = nullptr;
	slot->value = 0;
	if (generation >= CAP_GENERATION_MAX)
		return;
	slot->tag = tag_free(generation + 1);
	space->used--;
	if (space->free_last != 0)
		cap_slot_at(space, space->free_last)->value = index;
	else
		space->free_first = index;
	space->free_last = index;
}

/* Takes what the slot holds out of it. The caller gives the references up. */
static enum status take(struct cap_space *space, u32 index, u32 generation, struct cap *out)
{
	struct cap_slot *slot = cap_slot_at(space, index);

	if (slot == nullptr)
		return STATUS_BAD_HANDLE;
	lock_take(&space->lock);
	u32 tag = slot->tag;

	if ((tag & CAP_TAG_USED) == 0 || cap_tag_generation(tag) != generation) {
		lock_release(&space->lock);
		return STATUS_BAD_HANDLE;
	}
	*out = (struct cap){ .object = slot->object, .lineage = slot->lineage, .type = cap_tag_type(tag),
		.rights = slot->rights };
	atomic_store(&slot->tag, tag & ~CAP_TAG_USED);
	atomic_fence_store();
	empty_slot(space, index, slot);
	lock_release(&space->lock);
	return STATUS_OK;
}

enum status cap_drop(struct process *process, handle_t handle)
{
	struct cap cap;
	enum status status = take(&process->caps, handle.v & 0xffff, handle.v >> 16, &cap);

	if (status != STATUS_OK)
		return status;
	group_release(process->caps.group, GROUP_CAPS, 1);
	receivable_gone(&cap);
	cap_release(&cap);
	return STATUS_OK;
}

bool cap_space_drain(struct process *process, u32 steps)
{
	struct cap_space *space = &process->caps;

	lock_take(&space->lock);
	atomic_store(&space->closed, true);
	lock_release(&space->lock);
	while (space->drained < space->leaves * CAP_LEAF_SLOTS) {
		u32 index = space->drained;
		struct cap_slot *slot = cap_slot_at(space, index);

		if (steps == 0)
			return false;
		steps--;
		space->drained++;
		if ((slot->tag & CAP_TAG_USED) == 0)
			continue;
		(void)cap_drop(process, handle_make(index, cap_tag_generation(slot->tag)));
	}
	return true;
}

void cap_space_free(struct process *process)
{
	struct cap_space *space = &process->caps;

	if (space->directory == nullptr)
		return;
	for (u32 i = 0; i < space->leaves; i++)
		group_frame_free(space->group, cap_leaf_frame(space->directory->leaf[i]));
	space->directory = nullptr;
	space->leaves = 0;
	group_frame_free(space->group, space->directory_frame);
}

/* ---- looking ---- */

void cap_describe(const struct cap *cap, handle_t handle, struct cap_info *info)
{
	*info = (struct cap_info){ .handle = handle.v, .type = cap->type, .rights = cap->rights,
		.depth = cap->lineage->depth, .object_id = cap->object->id };
	if (cap_is_ranged(cap->type)) {
		info->value = cap_range_first(cap);
		info->count = cap_range_count(cap);
	} else {
		info->value = cap->value;
	}
}

/* Looks that one stay in the kernel makes at most, and between looks at the interrupt controller. */
enum : u32 { LOOKS = 512, LOOKS_UNTIL_PENDING = 32 };

enum status cap_next(struct process *process, u32 *slot, struct cap_info *info, bool *more)
{
	struct cap_space *space = &process->caps;
	u32 slots = atomic_load(&space->leaves) * CAP_LEAF_SLOTS;

	*more = false;
	for (u32 look = 1; *slot < slots && !*more; look++) {
		struct cap cap;
		handle_t handle = cap_handle_at(space, (*slot)++);

		if (cap_read(process, handle, &cap) == STATUS_OK) {
			cap_describe(&cap, handle, info);
			return STATUS_OK;
		}
		*more = look == LOOKS || (look % LOOKS_UNTIL_PENDING == 0 && hal_interrupt_pending());
	}
	return STATUS_NOT_FOUND;
}
