/* SPDX-License-Identifier: Apache-2.0
 *
 * Activities: parameters, slices, charging. See activity.h; budgets are in budget.c, shares in share.c.
 */
#include "kernel/core/sched/activity.h"
#include "kernel/core/group/group.h"
#include "kernel/core/sched/budget.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/sched/share.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/trace.h"
#include "kernel/raw/downcast.h"

/* ---- parameters ---- */

static enum status check_budget(const struct activity_params *params)
{
	if (params->budget_ns == 0)
		return STATUS_OK;
	if (params->period_ns < params->budget_ns || params->deadline_ns > params->period_ns)
		return STATUS_INVALID;
	if (params->deadline_ns != 0 && params->deadline_ns < params->budget_ns)
		return STATUS_INVALID;
	/* Shorter ones would cost more than they give, in timer interrupts. Best effort shares by weight. */
	if (params->budget_ns < BUDGET_MIN_NS || params->priority == PRIORITY_BEST_EFFORT)
		return STATUS_INVALID;
	return STATUS_OK;
}

/* The processors that run, of those asked for; 0 asks for all. */
static u64 usable(u64 cpus)
{
	u64 running = 0;

	if (cpus == 0)
		return U64_MAX;
	for (u32 i = 0; i < cpu_count(); i++)
		running |= (u64)(atomic_load(&cpu_at(i)->online) != 0) << i;
	return cpus & running;
}

/* What the budget reserves is computed only of numbers that have been found to be good. */
static enum status check(const struct group *group, const struct activity_params *params, u64 *reserved)
{
	if (params->priority >= 256 || params->weight > WEIGHT_MAX || params->period_ns > (1ull << 60))
		return STATUS_INVALID;
	if (params->priority > group->max_priority)
		return STATUS_DENIED;
	if (usable(params->cpus) == 0)
		return STATUS_RANGE;
	enum status status = check_budget(params);

	if (status == STATUS_OK)
		*reserved = budget_reserve(params);
	return status;
}

/* What is left of a budget stays, so that setting it again is no way to more; a first one begins when somebody
 * runs on it. With the lock held. */
static void apply(struct activity *activity, const struct activity_params *params)
{
	bool was_best_effort = activity_is_best_effort(activity);
	u64 left_ns = activity->budget_ns != 0 ? min_u64(activity->left_ns, params->budget_ns) : 0;

	activity->own_priority = (u8)params->priority;
	activity->weight = params->weight != 0 ? params->weight : WEIGHT_DEFAULT;
	activity->budget_ns = params->budget_ns;
	activity->period_ns = params->period_ns;
	activity->relative_ns = params->deadline_ns != 0 ? params->deadline_ns : params->period_ns;
	activity->left_ns = params->budget_ns != 0 ? left_ns : 0;
	activity->overrun_ns = params->budget_ns != 0 ? activity->overrun_ns : 0;
	atomic_store(&activity->cpus, usable(params->cpus));
	if (params->budget_ns == 0 && activity->exhausted) {
		atomic_store(&activity->exhausted, 0u);
		(void)alarm_cancel(&activity->alarm);
	}
	activity_settle(activity, was_best_effort);
}

enum status activity_make(struct group *group, const struct activity_params *params, struct activity **out)
{
	u64 reserved = 0;
	enum status status = check(group, params, &reserved);
	struct object *object = nullptr;

	if (status == STATUS_OK)
		status = group_charge(group, GROUP_RESERVED, reserved);
	if (status != STATUS_OK)
		return status;
	status = object_create(OBJECT_ACTIVITY, group, &object);
	if (status != STATUS_OK) {
		group_release(group, GROUP_RESERVED, reserved);
		return status;
	}
	struct activity *activity = object_as_activity(object);

	lock_init(&activity->lock, LOCK_ACTIVITY);
	activity->reserved = reserved;
	apply(activity, params);
	if (FERROUS_TRACE)
		trace_name_activity(activity);
	*out = activity;
	return STATUS_OK;
}

enum status activity_set(struct activity *activity, const struct activity_params *params)
{
	struct group *group = activity->object.group;
	u64 reserved = 0;
	enum status status = check(group, params, &reserved);

	if (status != STATUS_OK)
		return status;
	lock_take(&activity->lock);
	if (activity->object.dead) /* what it reserved is given back, or will be */
		status = STATUS_DEAD;
	else if (reserved > activity->reserved)
		status = group_charge(group, GROUP_RESERVED, reserved - activity->reserved);
	else
		group_release(group, GROUP_RESERVED, activity->reserved - reserved);
	if (status == STATUS_OK) {
		activity->reserved = reserved;
		apply(activity, params);
	}
	lock_release(&activity->lock);
	if (status != STATUS_OK)
		return status;
	share_update(activity);
	sched_activity_changed(activity);
	return STATUS_OK;
}

/* Nobody runs on it or waits for it: they would hold references. */
bool activity_close(struct activity *activity)
{
	share_end(activity);
	lock_take(&activity->lock);
	share_settle(activity);
	u64 reserved = activity->reserved;

	activity->budget_ns = 0; /* a processor that has left it may charge it still, but waits for no next budget */
	lock_release(&activity->lock);
	(void)alarm_cancel(&activity->alarm);
	group_release(activity->object.group, GROUP_RESERVED, reserved);
	return true;
}

u64 activity_used_ns(struct activity *activity)
{
	lock_take(&activity->lock);
	u64 used_ns = activity->used_ns + activity->unsettled_ns;

	lock_release(&activity->lock);
	return used_ns;
}

/* ---- running ---- */

struct urgency activity_own_urgency(const struct activity *activity)
{
	if (!activity->exhausted)
		return (struct urgency){ activity->own_priority, 0,
			activity->budget_ns != 0 ? activity->period_deadline_ns : VIRTUAL_BASE };
	return (struct urgency){ activity->own_priority < PRIORITY_BEST_EFFORT ? activity->own_priority : PRIORITY_BEST_EFFORT,
		0, VIRTUAL_BASE };
}

/* Its order among those of its priority that have no deadline. At an inherited one its own is of another clock,
 * and that of who waits would stand still: it has its turns there, a slice each, like everybody. */
static u64 virtual_deadline(const struct activity *activity, const struct urgency *now)
{
	if (now->hops != 0 && now->priority != PRIORITY_BEST_EFFORT)
		return VIRTUAL_BASE + activity->raised_ns;
	return VIRTUAL_BASE + activity->virtual_ns;
}

void activity_reckon(struct activity *activity)
{
	struct urgency now = activity_own_urgency(activity);
	const struct urgency *more = inherit_more_urgent(activity, now.priority, now.deadline_ns);

	if (UNLIKELY(more != nullptr))
		now = *more;
	if (now.deadline_ns >= VIRTUAL_BASE)
		now.deadline_ns = virtual_deadline(activity, &now);
	if (now.priority == activity->priority && now.deadline_ns == activity->deadline_ns && now.hops == activity->hops)
		return;
	atomic_store(&activity->deadline_ns, now.deadline_ns);
	atomic_store(&activity->priority, now.priority);
	activity->hops = now.hops;
	if (UNLIKELY(activity->waiters.first != nullptr))
		inherit_changed(activity);
}

void activity_settle(struct activity *activity, bool was_best_effort)
{
	activity_reckon(activity);
	activity_classify(activity);
	if (was_best_effort || !activity_is_best_effort(activity))
		return;
	activity->virtual_ns = 0;
	share_place(activity, hal_this_cpu(), true);
	activity_reckon(activity);
}

/* Above and below best effort those without a budget share by virtual deadlines in the time of the clock: heavier
 * ones get nearer deadlines, and so run more often. */
static void start_slice(struct activity *activity, u64 now_ns)
{
	activity->left_ns = SLICE_NS;
	activity->raised_ns = now_ns + SLICE_NS * WEIGHT_DEFAULT / activity->weight;
	if (!activity_is_best_effort(activity))
		activity->virtual_ns = activity->raised_ns;
}

HAL_RARE_CALL void activity_prepare(struct activity *activity, struct cpu *cpu, u64 now_ns, bool waking)
{
	lock_take(&activity->lock);
	bool budgeted = activity->budget_ns != 0 && activity->exhausted == 0;

	if (activity->left_ns == 0 && budgeted)
		budget_start(activity, now_ns);
	else if (activity->left_ns == 0)
		start_slice(activity, now_ns);
	else if (budgeted && waking)
		budget_wake(activity, now_ns);
	share_place(activity, cpu, waking);
	activity_reckon(activity);
	lock_release(&activity->lock);
}

HAL_RARE_CALL void activity_charge_fully(struct activity *activity, u64 used_ns, u64 now_ns)
{
	struct cpu *cpu = hal_this_cpu();
	u32 was_exhausted = activity->exhausted;

	share_settle(activity);
	if (run_queue_peek(&cpu->queue, PRIORITY_BEST_EFFORT) == 0)
		share_chosen(cpu, activity); /* alone it is ahead of nobody, and must not seem so to who comes */
	if (activity->budget_ns != 0 && !activity->exhausted && used_ns > activity->left_ns)
		activity->overrun_ns += used_ns - activity->left_ns;
	activity->left_ns -= min_u64(activity->left_ns, used_ns);
	if (activity->left_ns == 0 && activity->budget_ns != 0 && !activity->exhausted)
		budget_end(activity, now_ns);
	bool ended = activity->exhausted != was_exhausted;

	if (ended) {
		share_place(activity, cpu, true);
		share_update(activity);
	}
	activity_reckon(activity);
	lock_release(&activity->lock);
	if (ended)
		sched_activity_changed(activity); /* others may be on it: a server, and a caller that gave up */
}

HAL_RARE_CALL void activity_go_behind(struct activity *activity, u64 behind, u64 now_ns)
{
	lock_take(&activity->lock);
	if (!activity_is_best_effort(activity))
		start_slice(activity, now_ns);
	else if (behind > VIRTUAL_BASE)
		activity->virtual_ns = max_u64(activity->virtual_ns, behind - VIRTUAL_BASE);
	activity_reckon(activity);
	lock_release(&activity->lock);
}
