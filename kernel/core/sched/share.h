/* SPDX-License-Identifier: Apache-2.0
 *
 * Fair share: best effort in proportion to weights, of groups among their siblings and of activities in
 * their group. See ADR 20.
 *
 * The share of an activity is the product, over itself and each group above it, of weight over the weights
 * of all active siblings. Its virtual time is the time that it used divided by its share. On a processor the
 * one with the least virtual time runs, so that all advance alike and each gets its share.
 *
 * Time is settled a hundred microseconds at a time, not at each switch: until then it is only added up
 * (`unsettled_ns`). For the same reason an activity that waits stays counted until its processor settles
 * time, idles, or has another that waits: it lingers. See ADR 24.
 *
 * INV-SHARE: a group's `active_weight` is the sum of what is `counted` of its activities and subgroups; an
 * activity is counted while it has a use or lingers, a group while its active weight is not 0.
 */
#ifndef KERNEL_CORE_SCHED_SHARE_H
#define KERNEL_CORE_SCHED_SHARE_H

#include "kernel/core/group/group.h"
#include "kernel/core/sched/activity.h"

/* Virtual times are above any time of a clock: who has a budget goes before who has not. */
enum : u64 { VIRTUAL_BASE = 1ull << 63 };

/* Makes what is counted what it should be: it is best effort or no longer, has another weight, is used or not.
 * If it lingered, no longer does anybody rely on that. */
HAL_RARE_CALL void share_update(struct activity *activity);
/* A group's weight may have changed. */
void share_update_group(struct group *group);

/* What is counted of it while it is used. */
static FORCE_INLINE u64 share_weight(const struct activity *activity)
{
	return activity_is_best_effort(activity) ? activity->weight : 0;
}

/* The slow path of the second one below. */
void share_linger(struct cpu *cpu, struct activity *activity);

/* One more, or one less, processor that runs or queue that holds a thread with it. The fences: who counts or
 * uncounts it elsewhere sees the use, or what he did is seen here. */
static FORCE_INLINE void share_use(struct activity *activity)
{
	if (atomic_add(&activity->uses, 1u) != 0)
		return;
	atomic_fence_after_update();
	if (UNLIKELY(atomic_load(&activity->counted) != share_weight(activity)))
		share_update(activity);
}

static FORCE_INLINE void share_unuse(struct cpu *cpu, struct activity *activity)
{
	if (atomic_sub(&activity->uses, 1u) != 1)
		return;
	atomic_fence_after_update();
	if (atomic_load(&activity->counted) != 0)
		share_linger(cpu, activity);
}

/* Nobody lingers on this processor any more. */
void share_forget(struct cpu *cpu);
/* The activity is dead: it lingers nowhere. */
void share_end(struct activity *activity);

/* Settles the time that was used: counts it in the groups, and as virtual time. With the activity's lock held. */
void share_settle(struct activity *activity);

/* It is about to be queued on, or run on, a processor: its virtual time becomes one of that processor's
 * clock. One that waited is not given back what it did not use. With the activity's lock held. */
void share_place(struct activity *activity, const struct cpu *cpu, bool waking);

/* The processor has chosen it as the best: its clock goes on. */
static FORCE_INLINE void share_chosen(struct cpu *cpu, const struct activity *activity)
{
	u64 virtual_ns = activity->virtual_ns;

	if (activity_is_best_effort(activity) && virtual_ns > cpu->virtual_ns && activity->virtual_cpu == cpu->id)
		atomic_store(&cpu->virtual_ns, virtual_ns);
}

#endif
