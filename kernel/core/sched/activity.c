/* SPDX-License-Identifier: Apache-2.0
 *
 * Activities: parameters, slices and budgets. See activity.h.
 *
 * Best-effort activities share one priority. Each gets a slice and a virtual deadline:
 * now + slice * DEFAULT / weight. Heavier ones get nearer deadlines, so within the priority's
 * deadline order they run more often: the earliest eligible virtual deadline first rule.
 */
#include "kernel/core/sched/activity.h"
#include "kernel/core/group/group.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/trace.h"
#include "kernel/hal/atomic.h"
#include "kernel/raw/downcast.h"

enum status activity_check(const struct group *group, const struct activity_params *params)
{
	if (params->priority >= 256 || params->weight > 10000)
		return STATUS_INVALID;
	if (params->priority > group->max_priority)
		return STATUS_DENIED;
	if (params->budget_ns != 0 && (params->period_ns < params->budget_ns || params->deadline_ns > params->period_ns))
		return STATUS_INVALID;
	if (params->period_ns > (1ull << 60))
		return STATUS_INVALID;
	/* Shorter ones would cost more than they give, in timer interrupts. Best effort shares by weight. */
	if (params->budget_ns != 0 && (params->budget_ns < BUDGET_MIN_NS || params->priority == PRIORITY_BEST_EFFORT))
		return STATUS_INVALID;
	return STATUS_OK;
}

void activity_apply(struct activity *activity, const struct activity_params *params)
{
	activity->priority = params->priority;
	activity->weight = params->weight != 0 ? params->weight : WEIGHT_DEFAULT;
	activity->budget_ns = params->budget_ns;
	activity->period_ns = params->period_ns;
	activity->relative_ns = params->deadline_ns != 0 ? params->deadline_ns : params->period_ns;
	activity->left_ns = 0;
}

enum status activity_make(struct group *group, const struct activity_params *params, struct activity **out)
{
	enum status status = activity_check(group, params);
	struct object *object = nullptr;

	if (status != STATUS_OK)
		return status;
	status = object_create(OBJECT_ACTIVITY, group, &object);
	if (status != STATUS_OK)
		return status;
	struct activity *activity = object_as_activity(object);

	activity_apply(activity, params);
	if (FERROUS_TRACE)
		trace_name_activity(activity);
	*out = activity;
	return STATUS_OK;
}

void activity_refill(struct activity *activity, u64 now_ns)
{
	activity->period_start_ns = now_ns;
	if (activity->budget_ns != 0) {
		activity->left_ns = activity->budget_ns;
		activity->deadline_ns = now_ns + activity->relative_ns;
		return;
	}
	activity->left_ns = SLICE_NS;
	activity->deadline_ns = now_ns + SLICE_NS * WEIGHT_DEFAULT / activity->weight;
}

bool activity_charge(struct activity *activity, u64 used_ns)
{
	activity->used_ns += used_ns;
	if (activity->left_ns <= used_ns) {
		activity->left_ns = 0;
		return true;
	}
	activity->left_ns -= used_ns;
	return false;
}
