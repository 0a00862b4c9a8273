/* SPDX-License-Identifier: Apache-2.0
 *
 * Budgets: so much time in each period, and no more. The rules and their reasons: ADR 19.
 */
#ifndef KERNEL_CORE_SCHED_BUDGET_H
#define KERNEL_CORE_SCHED_BUDGET_H

#include "kernel/core/sched/activity.h"

/* What of one processor, in millionths, a budget takes at most: its density. Of parameters that have been
 * checked: a budget has a period that is longer. */
u64 budget_reserve(const struct activity_params *params);

/* All with the activity's lock held; it has a budget. */

/* The first period begins. */
void budget_start(struct activity *activity, u64 now_ns);
/* A thread that waited is ready again, and the budget is not used up. */
void budget_wake(struct activity *activity, u64 now_ns);
/* Nothing is left: the next period begins if this one is over, else the activity is exhausted. */
void budget_end(struct activity *activity, u64 now_ns);

/* The period of an exhausted activity is over: its alarm has come. No lock is held. */
void budget_renew(struct activity *activity, u64 now_ns);

/* True if the thread must not run before the period is over: the activity is its own. A server on a lent
 * one goes on, at best effort, and so does whoever others wait for. */
static inline bool budget_bars(const struct thread *thread)
{
	const struct activity *activity = thread->activity;

	return activity_barred(activity) && activity == thread->own;
}

/* A thread that is barred and in no queue, of which the caller is the owner, waits for its budget. False: it
 * need not, or is to die or stop; it still belongs to the caller. */
[[nodiscard]] bool budget_park(struct thread *thread);

/* Takes a thread that waits for its budget, so that it can die or stop. True: the caller owns it. */
[[nodiscard]] bool budget_unpark(struct thread *thread);

#endif
