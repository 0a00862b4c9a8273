/* SPDX-License-Identifier: Apache-2.0
 *
 * Budgets. See budget.h.
 *
 * A hard constant bandwidth server. Within a period there is one budget. A thread that wakes and could use
 * what is left of it only at a higher rate than was admitted gets a new period at once: it had used less than
 * its share of the old one, so no rate is exceeded. Whoever has used up the budget waits for the end of the
 * period.
 *
 * SPEC: Abeni and Buttazzo, Integrating Multimedia Applications in Hard Real-Time Systems, 1998.
 */
#include "kernel/core/sched/budget.h"
#include "abi/event_emit.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/sched/share.h"

enum : u64 { MILLION = 1000000, WIDE_NS = 1ull << 40 };

u64 budget_reserve(const struct activity_params *params)
{
	u64 budget_ns = params->budget_ns;
	u64 relative_ns = params->deadline_ns != 0 ? params->deadline_ns : params->period_ns;

	if (budget_ns == 0)
		return 0;
	if (relative_ns >= WIDE_NS) { /* so that the product fits */
		budget_ns /= MILLION;
		relative_ns /= MILLION;
	}
	return (budget_ns * MILLION + relative_ns - 1) / relative_ns;
}

static u64 period_end(const struct activity *activity) { return activity->period_start_ns + activity->period_ns; }

static void begin_period(struct activity *activity, u64 start_ns)
{
	u64 paid_ns = min_u64(activity->overrun_ns, activity->budget_ns / 2); /* it is to get on meanwhile */

	activity->overrun_ns -= paid_ns;
	activity->period_start_ns = start_ns;
	activity->left_ns = activity->budget_ns - paid_ns;
	activity->period_deadline_ns = start_ns + activity->relative_ns;
	event_budget_begin(activity->object.id, activity->left_ns, period_end(activity), activity->period_deadline_ns);
}

void budget_start(struct activity *activity, u64 now_ns) { begin_period(activity, now_ns); }

/* True if `left` in `span` is more than `budget` in `whole`, of which they are parts: in units that let the products fit. */
static bool denser(u64 left_ns, u64 span_ns, u64 budget_ns, u64 whole_ns)
{
	u32 shift = 0;

	while (whole_ns >> shift >= 1ull << 32)
		shift++;
	return (left_ns >> shift) * (whole_ns >> shift) > (budget_ns >> shift) * (span_ns >> shift);
}

void budget_wake(struct activity *activity, u64 now_ns)
{
	u64 end_ns = period_end(activity), deadline_ns = activity->period_deadline_ns;

	if (now_ns >= end_ns + activity->period_ns)
		activity->overrun_ns = 0; /* a whole period was not used */
	if (now_ns >= end_ns || denser(activity->left_ns, end_ns - now_ns, activity->budget_ns, activity->period_ns))
		begin_period(activity, now_ns);
	else if (now_ns >= deadline_ns || deadline_ns - now_ns > activity->relative_ns /* it was set to a shorter one */ ||
		 denser(activity->left_ns, deadline_ns - now_ns, activity->budget_ns, activity->relative_ns))
		activity->period_deadline_ns = now_ns + activity->relative_ns;
}

/* The period after the one that ends; one that begins now if it would be over already. */
static void next_period(struct activity *activity, u64 now_ns)
{
	u64 end_ns = period_end(activity);

	begin_period(activity, now_ns < end_ns + activity->period_ns ? end_ns : now_ns);
}

void budget_end(struct activity *activity, u64 now_ns)
{
	if (now_ns >= period_end(activity)) {
		next_period(activity, now_ns);
		return;
	}
	atomic_store(&activity->exhausted, 1u);
	activity_classify(activity);
	activity->alarm.kind = ALARM_BUDGET;
	alarm_set(&activity->alarm, period_end(activity));
	event_budget_end(activity->object.id, activity->budget_ns, period_end(activity));
}

void budget_renew(struct activity *activity, u64 now_ns)
{
	lock_take(&activity->lock);
	/* If it is set again by now, this was for an earlier end, which somebody has dealt with. */
	bool renew = activity->exhausted != 0 && !tree_contains(&activity->alarm.node);

	if (renew) {
		atomic_store(&activity->exhausted, 0u);
		activity_classify(activity);
		next_period(activity, now_ns);
		activity_reckon(activity);
	}
	lock_release(&activity->lock);
	if (!renew)
		return;
	share_update(activity);
	sched_activity_changed(activity);
}

/* ---- waiting for it ---- */

static bool take(struct activity *activity, struct thread *thread)
{
	return atomic_load(&activity->parked) == thread && atomic_compare_exchange(&activity->parked, &thread, nullptr);
}

bool budget_park(struct thread *thread)
{
	struct activity *activity = thread->own;

	if (thread_told(thread) != 0)
		return false;
	event_block(thread, THREAD_STATE_READY, activity->object.id, period_end(activity));
	thread->state = THREAD_STATE_READY;
	(void)atomic_exchange(&activity->parked, thread);
	/* Whoever renews the budget, waits for the thread or sets a flag finds it, or is seen here. */
	atomic_fence_after_update();
	if (activity_barred(activity) && thread_told(thread) == 0)
		return true;
	return !take(activity, thread);
}

bool budget_unpark(struct thread *thread)
{
	struct activity *own = thread->own;

	return own != nullptr && take(own, thread);
}
