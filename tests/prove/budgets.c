/* SPDX-License-Identifier: Apache-2.0
 *
 * Budgets, with whatever parameters a program may choose. Any activity that satisfies what the kernel keeps, one
 * operation at any time, and it satisfies it again. In this source no number wraps around unless it is meant to.
 */
#include "kernel/core/sched/budget.h"
#include "abi/event_emit.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/sched/share.h"

#pragma CPROVER check push
#pragma CPROVER check enable "unsigned-overflow"
#include "kernel/core/sched/budget.c"
#pragma CPROVER check pop
#include "tests/prove/include/quiet.h"

typedef unsigned __int128 u128;

enum : u64 { LATEST_NS = 1ull << 62, PERIOD_MAX_NS = 1ull << 60 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted;

static struct activity *activity;
static u64 alarm_at;
static u32 reckoned;

void alarm_set(struct alarm *alarm, u64 at_ns)
{
	PROVE(alarm == &activity->alarm && !tree_contains(&alarm->node), "an alarm is set that is not set yet");
	alarm_at = at_ns;
}

void activity_reckon(struct activity *at) { reckoned += at == activity; }
void share_update(struct activity *at) { (void)at; }
void sched_activity_changed(struct activity *at) { (void)at; }

/* Numbers of a width that a wait or a budget of some length has: the same code, cheaper to show. */
static u64 any_below(u64 end)
{
	u64 value = ANY(u64);

	ASSUME(value < end);
	return value;
}

/* What `check' of activity.c lets through. */
static bool admitted(u64 budget_ns, u64 relative_ns, u64 period_ns)
{
	return budget_ns >= BUDGET_MIN_NS && budget_ns <= relative_ns && relative_ns <= period_ns && period_ns <= PERIOD_MAX_NS;
}

static bool kept(u64 now_ns)
{
	return admitted(activity->budget_ns, activity->relative_ns, activity->period_ns) &&
		activity->left_ns <= activity->budget_ns && activity->period_start_ns <= now_ns;
}

static u64 any_activity(void)
{
	u64 now_ns = any_below(LATEST_NS);

	activity = NEW(struct activity);
	activity->lock.taken = 0;
	activity->exhausted = MAYBE();
	ASSUME(kept(now_ns));
	alarm_at = 0;
	reckoned = 0;
	return now_ns;
}

static u64 reserve(u64 budget_ns, u64 period_ns, u64 deadline_ns)
{
	struct activity_params params = { .budget_ns = budget_ns, .period_ns = period_ns, .deadline_ns = deadline_ns };

	ASSUME(budget_ns == 0 || admitted(budget_ns, deadline_ns != 0 ? deadline_ns : period_ns, period_ns));
	return budget_reserve(&params);
}

void prove_reserve(void) { (void)reserve(ANY(u64), ANY(u64), ANY(u64)); }

void prove_density(void)
{
	u64 budget_ns = ANY(u16) % 2048, period_ns = ANY(u16) % 2048, reserved = reserve(budget_ns, period_ns, 0);

	PROVE(reserved <= MILLION, "no more than one processor is promised");
	PROVE((reserved + 1) * period_ns >= budget_ns * MILLION, "no less is promised than the budget takes, but for one part");
}

void prove_start(void)
{
	u64 now_ns = any_activity(), overrun_ns = activity->overrun_ns;

	budget_start(activity, now_ns);
	PROVE(kept(now_ns), "a period that begins keeps what the kernel keeps");
	PROVE(activity->left_ns >= activity->budget_ns / 2, "who pays for an overrun gets on meanwhile");
	PROVE(activity->left_ns + (overrun_ns - activity->overrun_ns) == activity->budget_ns,
		"what is paid of an overrun is not had again");
	PROVE(activity->period_deadline_ns - now_ns == activity->relative_ns, "the deadline is the one asked for");
}

void prove_end(void)
{
	u64 now_ns = any_activity(), end_ns = period_end(activity);

	ASSUME(!activity->exhausted && activity->left_ns == 0);
	activity->alarm.node.height = 0;
	budget_end(activity, now_ns);
	PROVE(kept(now_ns), "the end of a budget keeps what the kernel keeps");
	PROVE(activity->exhausted == (now_ns < end_ns), "the next budget is there exactly if the period is over");
	PROVE(IMPLIES(activity->exhausted, alarm_at == end_ns && activity->left_ns == 0),
		"else nothing is left until its end, when an alarm comes");
	PROVE(IMPLIES(!activity->exhausted, activity->period_start_ns >= end_ns),
		"a period begins when the one before is over");
	PROVE(IMPLIES(!activity->exhausted, period_end(activity) > now_ns), "and is not over yet");
}

void prove_renew(void)
{
	u64 now_ns = any_activity(), left_ns = activity->left_ns;
	bool due = activity->exhausted && !tree_contains(&activity->alarm.node);

	ASSUME(IMPLIES(due, period_end(activity) <= now_ns));
	budget_renew(activity, now_ns);
	PROVE(kept(now_ns) && activity->lock.taken == 0, "a new period keeps what the kernel keeps");
	PROVE(IMPLIES(due, !activity->exhausted && reckoned == 1 && activity->left_ns >= activity->budget_ns / 2),
		"the budget is there again");
	PROVE(IMPLIES(!due, activity->left_ns == left_ns && reckoned == 0), "an alarm of an earlier end changes nothing");
}

/* WHY narrow: products of two numbers of 64 bits are what CBMC is slowest at. */
void prove_wake(void)
{
	u64 now_ns = (1ull << 40) + ANY(u32), ago_ns = ANY(u32);

	activity = NEW(struct activity);
	activity->exhausted = false;
	activity->budget_ns = ANY(u32);
	activity->relative_ns = ANY(u32);
	activity->period_ns = ANY(u32);
	activity->left_ns = ANY(u32);
	activity->period_start_ns = now_ns - ago_ns;
	activity->period_deadline_ns = any_below(LATEST_NS); /* far, if it was set for a longer period */
	ASSUME(kept(now_ns));
	u64 end_ns = period_end(activity), start_ns = activity->period_start_ns, left_ns = activity->left_ns;

	budget_wake(activity, now_ns);
	PROVE(kept(now_ns), "who wakes keeps what the kernel keeps");
	PROVE(IMPLIES(now_ns >= end_ns, activity->period_start_ns == now_ns), "a period that is over is not used any more");
	PROVE(IMPLIES(activity->period_start_ns == start_ns && ago_ns != 0, activity->left_ns == left_ns),
		"without a new period nothing is had again");
	PROVE(activity->period_deadline_ns <= now_ns + activity->relative_ns, "no deadline is further than was asked for");
}
