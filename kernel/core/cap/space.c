/* SPDX-License-Identifier: Apache-2.0
 *
 * Capability spaces: slots, handles, reading without a lock. See cap.h; slot.h has what is done most often.
 */
#include "kernel/core/cap/cap.h"
#include "abi/event_emit.h"
#include "kernel/core/cap/slot.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/process/process.h"
#include "kernel/raw/cap_memory.h"

handle_t cap_handle_at(const struct cap_space *space, u32 index)
{
	const struct cap_slot *slot = cap_slot_at(space, index);

	/* A leaf that is being added is counted before it can be seen. */
	return slot != nullptr ? cap_handle_make(index, cap_tag_generation(atomic_load(&slot->tag))) : (handle_t){};
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
	return cap_read_inline(process, handle, out);
}

/* A space that is not closed keeps its frames for this stay in the kernel: they are given back a grace
 * period later. For processes that the running thread does not belong to. */
static bool is_closed(const struct cap_space *space) { return atomic_load(&space->closed); }

enum status cap_acquire(struct process *process, handle_t handle, u32 rights, struct cap *out)
{
	return cap_acquire_inline(process, handle, rights, out);
}

enum status cap_still_names(struct process *process, u64 handle, const struct object *object)
{
	struct cap cap;

	if (UNLIKELY(is_closed(&process->caps)))
		return STATUS_BAD_HANDLE;
	enum status status = cap_read(process, (handle_t){ (u32)handle }, &cap);

	return status == STATUS_OK && cap.object != object ? STATUS_BAD_HANDLE : status;
}

void cap_release(const struct cap *cap) { cap_release_inline(cap); }

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
		cap_slot_at(space, slot)->tag = cap_tag_free(1);
		if (space->free_last != 0)
			cap_slot_at(space, space->free_last)->value = slot;
		else
			space->free_first = slot;
		space->free_last = slot;
	}
}

/* Adds a frame towards room for `count`. Frames are taken before the lock, and put back if another
 * thread was faster. */
static enum status grow(struct cap_space *space, u32 count)
{
	struct frame_result frame = group_frame_alloc(space->group);

	if (!frame.ok)
		return frame.status;
	lock_take(&space->lock);
	bool wanted = !space->closed && cap_slots_free(space) < count && space->leaves < CAP_LEAVES; /* else drained without it */

	if (wanted) {
		u32 leaf = space->leaves++;

		struct cap_leaf *fresh = cap_leaf_in(frame.frame);

		/* Emptied before a guessed handle can find it. */
		atomic_store_release(ELEM(space->directory->leaf, leaf), fresh);
		link_leaf(space, leaf);
	}
	bool full = cap_slots_free(space) < count && space->leaves == CAP_LEAVES;

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
		bool closed = space->closed, enough = cap_promise(space, count);

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

void cap_unreserve(struct process *process, u32 count)
{
	struct cap_space *space = &process->caps;

	lock_take(&space->lock);
	space->used -= count;
	lock_release(&space->lock);
	group_release(space->group, GROUP_CAPS, count);
}

handle_t cap_insert(struct process *process, const struct cap *cap) { return cap_insert_inline(process, cap); }

struct cap_added cap_add_slowly(struct process *process, struct object *object, struct lineage *lineage, u64 value, u32 rights)
{
	struct cap cap = { .object = object, .lineage = lineage, .value = value, .type = object->type, .rights = rights };
	enum status status = cap_reserve(process, 1);

	if (status == STATUS_OK)
		return (struct cap_added){ STATUS_OK, cap_insert(process, &cap) };
	cap_release(&cap);
	return (struct cap_added){ .status = status };
}

enum status cap_add(struct process *process, const struct cap *cap, handle_t *out)
{
	struct cap_added added = cap_add_inline(process, cap);

	*out = added.handle;
	return added.status;
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
	slot->tag = cap_tag_free(generation + 1);
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

/* It keeps all registers, so that nothing is saved for its sake when it is not recorded. */
HAL_RARE_CALL __attribute__((noinline)) static void tell_drop(u64 object, u64 process) { event_cap_drop(object, process); }

enum status cap_drop(struct process *process, handle_t handle)
{
	struct cap cap;
	enum status status = take(&process->caps, handle.v & 0xffff, handle.v >> 16, &cap);

	if (status != STATUS_OK)
		return status;
	if (trace_on(EVENT_CLASS_CAP))
		tell_drop(cap.object->id, process->object.id);
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
		(void)cap_drop(process, cap_handle_make(index, cap_tag_generation(slot->tag)));
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
