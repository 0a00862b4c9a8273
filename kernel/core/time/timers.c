/* SPDX-License-Identifier: Apache-2.0
 *
 * Pending times of a processor. See timers.h.
 */
#include "kernel/core/time/timers.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/budget.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/timer.h"
#include "kernel/hal/time.h"

/* Alarms that are served between looks at the interrupt controller. */
enum : u32 { ALARMS_UNTIL_LOOK = 4 };

void timers_init(struct timers *timers)
{
	lock_init(&timers->lock, LOCK_TIMERS);
	timers->armed_ns = U64_MAX;
	timers->slice_end_ns = U64_MAX;
}

void timers_arm_at(struct timers *timers, u64 at_ns)
{
	timers->armed_ns = at_ns;
	hal_timer_arm(at_ns);
}

void timers_arm(void)
{
	struct timers *timers = &hal_this_cpu()->timers;

	lock_take(&timers->lock);
	struct tree_node *first = tree_first(&timers->alarms);
	u64 at_ns = first != nullptr ? first->key : U64_MAX;

	lock_release(&timers->lock);
	at_ns = min_u64(at_ns, timers->slice_end_ns);
	if (at_ns != timers->armed_ns)
		timers_arm_at(timers, at_ns);
}

void alarm_set(struct alarm *alarm, u64 at_ns)
{
	struct cpu *cpu = hal_this_cpu();
	struct timers *timers = &cpu->timers;

	lock_take(&timers->lock);
	alarm->cpu = cpu->id;
	tree_insert(&timers->alarms, &alarm->node, at_ns);
	lock_release(&timers->lock);
	if (at_ns < timers->armed_ns)
		timers_arm_at(timers, at_ns);
}

bool alarm_cancel(struct alarm *alarm)
{
	/* Not queued is decided without the lock: only the waiter itself queues its alarm. */
	if (!tree_contains(&alarm->node))
		return false;
	struct timers *timers = &cpu_at(alarm->cpu)->timers;

	lock_take(&timers->lock);
	bool queued = tree_contains(&alarm->node);

	if (queued)
		tree_remove(&timers->alarms, &alarm->node);
	lock_release(&timers->lock);
	return queued;
}

/* Takes the first alarm out if it is due. */
static struct alarm *take_due(struct timers *timers, u64 now_ns)
{
	lock_take(&timers->lock);
	struct tree_node *first = tree_first(&timers->alarms);

	if (first != nullptr && first->key <= now_ns)
		tree_remove(&timers->alarms, first);
	else
		first = nullptr;
	lock_release(&timers->lock);
	return first != nullptr ? TREE_ENTRY(first, struct alarm, node) : nullptr;
}

bool timers_expire(u64 now_ns)
{
	struct timers *timers = &hal_this_cpu()->timers;
	struct alarm *alarm;

	timers->armed_ns = U64_MAX;
	for (u32 left = ALARMS_UNTIL_LOOK; left != 0 && (alarm = take_due(timers, now_ns)) != nullptr; left--) {
		if (alarm->kind == ALARM_THREAD)
			thread_deadline_passed(TREE_ENTRY(alarm, struct thread, alarm));
		else if (alarm->kind == ALARM_BUDGET)
			budget_renew(TREE_ENTRY(alarm, struct activity, alarm), now_ns);
		else
			timer_fire(TREE_ENTRY(alarm, struct timer, alarm), now_ns);
		if (left == 1 && !hal_interrupt_pending())
			left += ALARMS_UNTIL_LOOK;
	}
	bool slice_over = timers->slice_end_ns <= now_ns;

	if (slice_over)
		timers->slice_end_ns = U64_MAX;
	return slice_over;
}
