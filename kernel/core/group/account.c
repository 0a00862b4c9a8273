/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts of groups: charging and giving back. See group.h and ADR 26.
 *
 * A charge goes to a group and all above it, or to none. Most need not go there: each group has a few of
 * everything ready, which it and those above were charged ahead. They are taken without a look at limits, as
 * long as no limit has been changed and no group been destroyed since the account was last found within all of
 * them (`rules_seen`). Before anybody is refused for lack of room, what lies ready below is given back.
 *
 * What goes the whole way up, but for a large release, does so under one lock: so nothing is half way while
 * somebody is refused, and every limit is exact.
 */
#include "kernel/core/group/group.h"
#include "abi/event_emit.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/sched/work.h"

/* A refill, and what is given back when much is ready. */
enum : u64 { READY_BATCH = 16 };

/* Changes of limits and destructions so far. From 1, so that a new group has seen none. */
u64 group_rules = 1;

/* Taken while anything goes between what is ready and what is used, and for all charges but those of what is ready. */
static struct lock moving = { .level = LOCK_ACCOUNTS };

void group_rules_changed(void) { atomic_add(&group_rules, 1u); }

static const enum status exhausted_status[GROUP_ACCOUNTS] = {
	[GROUP_FRAMES] = STATUS_OUT_OF_FRAMES,
	[GROUP_OBJECTS] = STATUS_OUT_OF_OBJECTS,
	[GROUP_CAPS] = STATUS_OUT_OF_CAPS,
	[GROUP_THREADS] = STATUS_OUT_OF_THREADS,
	[GROUP_RESERVED] = STATUS_OUT_OF_TIME,
};

/* Undoes a charge from `group` up to, but without, `end`. Out of line: inside, it would cost those that
 * seldom call it their saved registers. */
static __attribute__((noinline)) void release_until(struct group *group, const struct group *end,
	enum group_account which, u64 amount)
{
	for (; group != end; group = group->parent) {
		u64 before = atomic_sub(&ELEM(group->account, which)->used, amount);

		INVARIANT(before >= amount, "INV-GROUP-BALANCE");
	}
}

/* Charges the group and all above; null, or the one that refused: then nothing is charged. */
static struct group *charge_all(struct group *group, enum group_account which, u64 amount)
{
	for (struct group *at = group; at != nullptr; at = at->parent) {
		struct account *account = ELEM(at->account, which);
		u64 used = atomic_add(&account->used, amount) + amount;

		if (used > atomic_load(&account->limit) || at->object.dead) {
			release_until(group, at->parent, which, amount);
			return at;
		}
		if (which == GROUP_FRAMES && used > atomic_load(&at->peak_frames))
			atomic_store(&at->peak_frames, used);
	}
	return nullptr;
}

struct group *group_full(struct group *group, enum group_account which, u64 amount)
{
	struct group *full = nullptr;

	for (; group != nullptr; group = group->parent) {
		const struct account *account = ELEM(group->account, which);
		u64 used = atomic_load(&account->used), limit = atomic_load(&account->limit);

		if (used > limit || limit - used < amount)
			full = group;
	}
	return full;
}

/* All that is ready in the group goes back. Returns how much. */
static u64 give_ready(struct group *group, enum group_account which)
{
	struct account *account = ELEM(group->account, which);
	u64 ready = atomic_load(&account->ready) != 0 ? atomic_exchange(&account->ready, 0u) : 0;

	if (ready != 0)
		release_until(group, nullptr, which, ready);
	return ready;
}

/* The same in the group and all below. */
static u64 give_ready_below(struct group *top, enum group_account which)
{
	u64 found = 0;

	for (struct group *at = top; at != nullptr; at = group_walk(top, at))
		found += give_ready(at, which);
	return found;
}

/* With a refill, if there is ample room for it: nobody else is to be refused because of one. */
static bool charge_ahead(struct group *group, enum group_account which, u64 amount)
{
	struct account *account = ELEM(group->account, which);
	u64 seen = atomic_load_acquire(&group_rules);

	/* What is ready was granted by limits that may be others by now. */
	if (atomic_load(&account->rules_seen) != seen)
		(void)give_ready(group, which);
	if (amount > READY_BATCH || group_full(group, which, amount + READY_BATCH) != nullptr ||
	    charge_all(group, which, amount + READY_BATCH) != nullptr)
		return false;
	atomic_add(&account->ready, READY_BATCH);
	atomic_store_release(&account->rules_seen, seen);
	return true;
}

/* Null, or the group that refused although nothing lies ready that would have helped. */
static struct group *charge_exactly(struct group *group, enum group_account which, u64 amount)
{
	struct group *refused, *full;

	if (charge_ahead(group, which, amount))
		return nullptr;
	refused = charge_all(group, which, amount);
	full = refused != nullptr ? group_full(group, which, amount) : nullptr;
	if (full != nullptr && give_ready_below(full, which) != 0)
		refused = charge_all(group, which, amount);
	return refused;
}

static __attribute__((noinline)) enum status charge_slowly(struct group *group, enum group_account which, u64 amount)
{
	lock_take(&moving);
	const struct group *refused = charge_exactly(group, which, amount);

	lock_release(&moving);
	if (refused == nullptr)
		return STATUS_OK;
	if (refused->object.dead)
		return STATUS_DEAD;
	work_hurry(hal_this_cpu());
	event_out_of(which, refused->object.id, ELEM(refused->account, which)->limit);
	return *ELEM(exhausted_status, which);
}

enum status group_charge(struct group *group, enum group_account which, u64 amount)
{
	return LIKELY(group_take_ready(group, which, amount)) ? STATUS_OK : charge_slowly(group, which, amount);
}

HAL_RARE_CALL void group_give_batch(struct group *group, enum group_account which)
{
	lock_take(&moving);
	if (group_take_ready(group, which, READY_BATCH))
		release_until(group, nullptr, which, READY_BATCH);
	lock_release(&moving);
}

void group_release(struct group *group, enum group_account which, u64 amount)
{
	struct account *account = ELEM(group->account, which);

	if (UNLIKELY(amount > READY_BATCH) || UNLIKELY(atomic_load(&account->rules_seen) != atomic_load(&group_rules)))
		release_until(group, nullptr, which, amount);
	else if (UNLIKELY(atomic_add(&account->ready, amount) + amount > GROUP_READY_MOST))
		group_give_batch(group, which);
}

u64 group_use(struct group *group, enum group_account which)
{
	u64 ready = 0;

	lock_take(&moving);
	u64 used = atomic_load(&ELEM(group->account, which)->used);

	for (struct group *at = group; at != nullptr; at = group_walk(group, at))
		ready += atomic_load(&ELEM(at->account, which)->ready);
	lock_release(&moving);
	return used > ready ? used - ready : 0; /* some is given back meanwhile */
}

void group_give_ready(struct group *group)
{
	lock_take(&moving);
	for (enum group_account which = 0; which < GROUP_ACCOUNTS; which++)
		(void)give_ready(group, which);
	lock_release(&moving);
}

void group_close_accounts(struct group *group)
{
	group_give_ready(group);
	for (u32 which = 0; which < GROUP_ACCOUNTS; which++)
		INVARIANT(ELEM(group->account, which)->used == 0, "INV-GROUP-BALANCE");
}

/* ---- frames ---- */

/* The machine itself is out of memory: said where it can be seen, a few times. With any locks held. */
static void tell_exhausted(const struct group *group)
{
	enum : u32 { TELL_MAX = 4 };
	static u32 told; /* atomic */

	work_hurry(hal_this_cpu());
	if (atomic_add(&told, 1u) >= TELL_MAX)
		return;
	klog_loud_begin();
	klog_begin("ferrous: no memory left in the machine for group ");
	klog_write(span_until_zero(SPAN_OF_ARRAY(group->name)));
	klog_text("\n");
	klog_loud_end();
}

struct frame_result group_frame_alloc(struct group *group)
{
	enum status status = group_charge(group, GROUP_FRAMES, 1);

	if (status != STATUS_OK)
		return (struct frame_result){ .ok = false, .status = status };
	struct frame_result frame = frame_alloc_zeroed();

	if (UNLIKELY(!frame.ok)) {
		tell_exhausted(group);
		group_release(group, GROUP_FRAMES, 1);
	}
	return frame;
}

/* WHY room for twice as many: a group that is nearly full needs what is left for single pages. */
struct frame_result group_run_alloc(struct group *group, u32 order)
{
	struct frame_result run = { .ok = false, .status = STATUS_OUT_OF_FRAMES };
	u64 frames = 1ull << order;

	if (group_full(group, GROUP_FRAMES, 2 * frames) != nullptr || group_charge(group, GROUP_FRAMES, frames) != STATUS_OK)
		return run;
	run = frame_alloc(order);
	if (!run.ok)
		group_release(group, GROUP_FRAMES, frames);
	return run;
}

void group_frame_free(struct group *group, paddr_t frame)
{
	frame_free_one(frame);
	group_release(group, GROUP_FRAMES, 1);
}
