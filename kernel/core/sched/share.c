/* SPDX-License-Identifier: Apache-2.0
 *
 * Fair share. See share.h.
 *
 * Shares are 1 over a fixed-point number, ONE for the whole.
 */
#include "kernel/core/sched/share.h"
#include "kernel/core/cpu/cpu.h"

/* A share is at least one 65,536th, and at most a second is charged at a time: products fit into 64 bits. */
enum : u64 { ONE = 1u << 16, INVERSE_MAX = 1ull << 32, CHARGE_MAX_NS = 1u << 30, WEIGHT_SUM_MAX = 1u << 28 };

/* ---- active weights ---- */

/* Makes `counted` of somebody `want`, in the sum that it is part of. True if that changed anything. Two that do
 * so at once may add in another order than they exchange; the sum is right when both are done, and whoever finds
 * a wrong one meanwhile takes part in no decision but that of the moment. */
static bool count(u64 *counted, u64 want, u64 *sum)
{
	u64 had = atomic_exchange(counted, want);

	if (had != want)
		(void)atomic_add(sum, want - had);
	return had != want;
}

static u64 wanted(const struct activity *activity)
{
	return atomic_load(&activity->uses) != 0 ? share_weight(activity) : 0;
}

static u64 wanted_of_group(const struct group *group)
{
	return atomic_load(&group->active_weight) != 0 ? atomic_load(&group->weight) : 0;
}

/* The look after each exchange sees what somebody changed who exchanged before. */
void share_update_group(struct group *group)
{
	bool changed = true;

	for (; changed && group->parent != nullptr; group = group->parent) {
		u64 want = wanted_of_group(group);

		changed = false;
		do {
			changed |= count(&group->counted, want, &group->parent->active_weight);
			atomic_fence();
			want = wanted_of_group(group);
		} while (want != atomic_load(&group->counted));
	}
}

HAL_RARE_CALL void share_update(struct activity *activity)
{
	struct group *group = activity->object.group;
	u64 want = wanted(activity);
	bool changed = false;

	do {
		changed |= count(&activity->counted, want, &group->active_weight);
		atomic_fence();
		want = wanted(activity);
	} while (want != atomic_load(&activity->counted));
	if (changed)
		share_update_group(group);
}

/* ---- lingering ---- */

/* Takes its place on the processor, whose last one is counted no longer than it is used. A dead one must not
 * stay: whoever closes it looks here once. */
void share_linger(struct cpu *cpu, struct activity *activity)
{
	struct activity *before = atomic_exchange(&cpu->lingers, activity);

	if (before != nullptr && before != activity)
		share_update(before);
	atomic_fence();
	if (UNLIKELY(activity->object.dead))
		share_end(activity);
}

void share_forget(struct cpu *cpu)
{
	struct activity *activity = atomic_load(&cpu->lingers) != nullptr ? atomic_exchange(&cpu->lingers, nullptr) : nullptr;

	if (activity != nullptr)
		share_update(activity);
}

void share_end(struct activity *activity)
{
	atomic_fence(); /* it is dead for whoever lets it linger from here on, or is found */
	for (u32 i = 0; i < cpu_count(); i++) {
		struct activity *expected = activity;

		(void)atomic_compare_exchange(&cpu_at(i)->lingers, &expected, nullptr);
	}
	share_update(activity);
}

/* ---- virtual time ---- */

/* 1 over weight / sum, times so far. A sum that others are changing may be anything for a moment. */
static u64 divide(u64 inverse, u64 weight, u64 sum)
{
	sum = min_u64(max_u64(sum, weight), WEIGHT_SUM_MAX);
	return min_u64(inverse * sum / weight, INVERSE_MAX);
}

static u64 inverse_share(const struct activity *activity)
{
	const struct group *group = activity->object.group;
	u64 inverse = divide(ONE, activity->weight, atomic_load(&group->active_weight));

	for (; group->parent != nullptr; group = group->parent)
		inverse = divide(inverse, atomic_load(&group->weight), atomic_load(&group->parent->active_weight));
	return inverse;
}

void share_settle(struct activity *activity)
{
	u64 used_ns = activity->unsettled_ns;

	activity->unsettled_ns = 0;
	activity->used_ns += used_ns;
	share_forget(hal_this_cpu());
	for (struct group *group = activity->object.group; group != nullptr; group = group->parent)
		(void)atomic_add(&group->cpu_ns, used_ns);
	if (activity_is_best_effort(activity))
		activity->virtual_ns += min_u64(used_ns, CHARGE_MAX_NS) * inverse_share(activity) / ONE;
}

void share_place(struct activity *activity, const struct cpu *cpu, bool waking)
{
	u64 clock_ns = atomic_load(&cpu->virtual_ns);

	if (!activity_is_best_effort(activity))
		return;
	if (activity->virtual_cpu != cpu->id) {
		u64 there_ns = atomic_load(&cpu_at(activity->virtual_cpu)->virtual_ns);
		u64 ahead_ns = activity->virtual_ns > there_ns ? activity->virtual_ns - there_ns : 0;

		activity->virtual_cpu = cpu->id;
		activity->virtual_ns = clock_ns + ahead_ns;
	} else if (waking) {
		activity->virtual_ns = max_u64(activity->virtual_ns, clock_ns);
	}
}
