/* SPDX-License-Identifier: Apache-2.0
 *
 * Sweeping revoked capabilities out of the way. See sweep.h.
 */
#include "kernel/core/cap/sweep.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/process/process.h"

/* WHY so few passes: each of them has dropped all that had been revoked when it began, and somebody may revoke for ever. */
enum : u32 { SLOTS_UNTIL_LOOK = 32, SLOTS_A_STEP = 512, STEPS_A_CALL = 4, LATE_PASSES = 4 };

static u64 revocations(void) { return atomic_load_acquire(&lineage_revocations); }

/* ---- passes ---- */

/* Where the pass is; one begins if there is none. */
static struct sweep go_on(struct lock *lock, struct sweep *sweep)
{
	lock_take(lock);
	if (!sweep->begun)
		*sweep = (struct sweep){ .began = revocations(), .done = sweep->done, .begun = true, .late = sweep->late };
	struct sweep seen = *sweep;

	lock_release(lock);
	return seen;
}

/* With the lock held. */
static enum swept end(struct sweep *sweep)
{
	sweep->begun = false;
	atomic_store(&sweep->done, sweep->began);
	sweep->late = sweep->began != revocations() ? sweep->late + 1 : 0;
	if (sweep->late != 0 && sweep->late < LATE_PASSES)
		return SWEEP_MORE;
	sweep->late = 0;
	return SWEEP_NOTHING;
}

/* A step was made from where the pass was `seen`. If another was faster, it counts for nothing. */
static enum swept went(struct lock *lock, struct sweep *sweep, const struct sweep *seen, u64 next, bool whole)
{
	enum swept swept = SWEEP_MORE;

	lock_take(lock);
	if (sweep->begun && sweep->began == seen->began && sweep->next == seen->next) {
		sweep->next = next;
		swept = whole ? end(sweep) : SWEEP_MORE;
	}
	lock_release(lock);
	return swept;
}

/* ---- spaces ---- */

static bool drop_if_revoked(struct process *process, u32 index)
{
	struct cap cap;
	handle_t handle = cap_handle_at(&process->caps, index);

	return cap_read(process, handle, &cap) == STATUS_REVOKED && cap_drop(process, handle) == STATUS_OK;
}

/* Whether nothing is there that had been revoked at that count. */
static bool swept_at(const struct cap_space *space, u64 count)
{
	return atomic_load(&space->closed) || atomic_load(&space->sweep.done) >= count;
}

enum swept sweep_space(struct process *process, u32 wanted)
{
	struct cap_space *space = &process->caps;

	if (swept_at(space, revocations()))
		return SWEEP_NOTHING;
	struct sweep seen = go_on(&space->lock, &space->sweep);
	u32 slots = atomic_load(&space->leaves) * CAP_LEAF_SLOTS, index = (u32)seen.next, found = 0;
	bool pending = false;

	for (u32 step = 1; index < slots && found < wanted && step <= SLOTS_A_STEP && !pending; step++, index++) {
		found += drop_if_revoked(process, index) ? 1 : 0;
		pending = step % SLOTS_UNTIL_LOOK == 0 && hal_interrupt_pending();
	}
	enum swept swept = went(&space->lock, &space->sweep, &seen, index, index >= slots);

	return found != 0 ? SWEEP_FOUND : swept;
}

/* ---- groups ---- */

/* The same over all spaces in the group and below, one at a time. */
static enum swept sweep_group(struct group *group, u32 wanted)
{
	if (atomic_load(&group->sweep.done) == revocations())
		return SWEEP_NOTHING;
	struct sweep seen = go_on(&group->lock, &group->sweep);
	struct process *process = group_next(group, seen.next, true);

	if (process == nullptr)
		return went(&group->lock, &group->sweep, &seen, 0, true);
	enum swept swept = sweep_space(process, wanted);

	if (swept_at(&process->caps, seen.began))
		(void)went(&group->lock, &group->sweep, &seen, process->object.id, false);
	object_unref(&process->object);
	return swept == SWEEP_FOUND ? SWEEP_FOUND : SWEEP_MORE;
}

/* ---- room ---- */

void sweep_note(enum swept swept) { hal_this_cpu()->sweep_goes_on = swept == SWEEP_MORE; }

bool sweep_goes_on(enum status status) { return status == STATUS_OUT_OF_CAPS && hal_this_cpu()->sweep_goes_on; }

enum status sweep_and_charge(struct process *process, u32 count)
{
	struct group *group = process->caps.group;
	enum status status = STATUS_OUT_OF_CAPS;
	enum swept swept = SWEEP_MORE;

	for (u32 step = 0; step < STEPS_A_CALL && status == STATUS_OUT_OF_CAPS && swept != SWEEP_NOTHING; step++) {
		struct group *full = group_full(group, GROUP_CAPS, count);

		swept = full != nullptr ? sweep_group(full, count) : SWEEP_FOUND;
		if (swept != SWEEP_MORE) /* with nothing left: others may have made room */
			status = group_charge(group, GROUP_CAPS, count);
		else if (hal_interrupt_pending())
			break;
	}
	sweep_note(swept == SWEEP_NOTHING ? SWEEP_NOTHING : SWEEP_MORE);
	return status;
}
