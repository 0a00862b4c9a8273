/* SPDX-License-Identifier: Apache-2.0
 *
 * The activity: what pays for processor time also names the cause. A scheduling context and a
 * trace context in one object, lent along calls (docs/architecture.md, idea 1).
 *
 * An activity is used by one thread at a time: the one at the tip of its chain of calls.
 */
#ifndef KERNEL_CORE_SCHED_ACTIVITY_H
#define KERNEL_CORE_SCHED_ACTIVITY_H

#include "abi/structs.h"
#include "kernel/core/object/object.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/context.h"

enum : u32 { PRIORITY_BEST_EFFORT = 64, WEIGHT_DEFAULT = 100 };
enum : u64 { SLICE_NS = 4000000, BUDGET_MIN_NS = 100000 };

struct STABLE activity {
	struct object object;
	u32 priority;
	u32 weight;        /* best effort: share of the group's time */
	u64 budget_ns;     /* 0: none */
	u64 period_ns;
	u64 relative_ns;   /* deadline after the start of the period */

	u64 deadline_ns;   /* order within the priority: absolute, or virtual for best effort */
	u64 left_ns;       /* of the budget, or of the slice */
	u64 period_start_ns;
	u64 used_ns;       /* ever */

	struct trace_of_activity trace;
	struct thread *owner;      /* the thread it was bound to; null: none */
};

[[nodiscard]] enum status activity_make(struct group *group, const struct activity_params *params,
	struct activity **out);

/* Checks parameters against the group's limits. */
[[nodiscard]] enum status activity_check(const struct group *group, const struct activity_params *params);
void activity_apply(struct activity *activity, const struct activity_params *params);

/* Lending. `from` waits for `to`, which runs on from's activity until it answers or waits for another
 * message. `from` keeps its own pointer: if it stops waiting early, both run on the activity for a
 * while and both are charged to it. A thread's `activity` is counted unless it is its own. */
static FORCE_INLINE void activity_lend(const struct thread *from, struct thread *to)
{
	struct activity *lent = from->activity;

	/* Its own may come back to a thread that gave up waiting and became a server. */
	if (LIKELY(lent != to->own))
		object_ref(&lent->object);
	to->activity = lent;
}

/* The thread stops running on a lent activity and has its own again. */
static FORCE_INLINE void activity_return(struct thread *thread)
{
	struct activity *lent = thread->activity;

	thread->serving = 0;
	if (lent == thread->own)
		return;
	thread->activity = thread->own;
	object_unref(&lent->object);
}

/* Starts a slice or period at `now`: deadline and what is left. */
void activity_refill(struct activity *activity, u64 now_ns);

/* Charges time that was used. True if slice or budget is used up. */
bool activity_charge(struct activity *activity, u64 used_ns);

#endif
