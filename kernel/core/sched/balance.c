/* SPDX-License-Identifier: Apache-2.0
 *
 * Which processor. See balance.h.
 */
#include "kernel/core/sched/balance.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/running.h"
#include "kernel/core/thread/thread.h"

/* How many threads of a queue a thief looks at for one that may run on his processor. */
enum : u32 { STEAL_LOOKS = 8 };

/* ---- waking ---- */

/* Idle, and nobody was put there who has not come to run yet. This one is idle as well if it has nobody to go on
 * with, as after an interrupt. */
static bool is_free(const struct cpu *cpu)
{
	bool idle = cpu == hal_this_cpu() ? cpu->current == nullptr && cpu->next == nullptr : atomic_load(&cpu->idle) != 0;

	return idle && atomic_load(&cpu->queue.highest) == NO_PRIORITY;
}

static u8 priority_of(const struct thread *thread)
{
	const struct activity *activity = thread != nullptr ? atomic_load(&thread->activity) : nullptr;

	return activity != nullptr ? atomic_load(&activity->priority) : 0;
}

/* The priority that a processor is busy with, or is going to be; 0 while idle. A guess. */
static i32 busy_with(const struct cpu *cpu)
{
	i32 waiting = atomic_load(&cpu->queue.highest);
	i32 running = priority_of(atomic_load(&cpu->current)), next = priority_of(atomic_load(&cpu->next));

	waiting = waiting > next ? waiting : next;
	return waiting > running ? waiting : running;
}

static bool usable(const struct activity *activity, const struct cpu *cpu)
{
	return atomic_load(&cpu->online) != 0 && activity_may_use(activity, cpu);
}

/* None is free: the one it ran on, unless that is busy with as much and another with less; best effort stays. */
static struct cpu *least_busy(const struct activity *activity, struct cpu *last)
{
	struct cpu *best = usable(activity, last) ? last : nullptr;
	i32 least = best != nullptr ? busy_with(best) : NO_PRIORITY;

	if (best != nullptr && (activity->priority <= PRIORITY_BEST_EFFORT || least < activity->priority))
		return best;
	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *cpu = cpu_at(i);

		if (!usable(activity, cpu) || (best != nullptr && busy_with(cpu) >= least))
			continue;
		best = cpu;
		least = busy_with(cpu);
	}
	return best != nullptr ? best : last;
}

HAL_RARE_CALL struct cpu *balance_place(const struct thread *thread)
{
	struct cpu *last = cpu_at(thread->cpu);
	const struct activity *activity = thread->activity;

	if (is_free(last) && usable(activity, last))
		return last;
	for (u32 i = 0; i < cpu_count(); i++)
		if (is_free(cpu_at(i)) && usable(activity, cpu_at(i)))
			return cpu_at(i);
	return least_busy(activity, last);
}

/* ---- choosing ---- */

/* Of the first few of a queue up to a priority, the first that may run there; null: none. With the lock held. */
static struct thread *first_for(const struct run_queue *queue, const struct cpu *there, u8 priority)
{
	struct thread *thread = run_queue_first_up_to(queue, priority);

	for (u32 i = 0; i < STEAL_LOOKS && thread != nullptr && !usable(thread->activity, there); i++)
		thread = run_queue_next(thread);
	return thread != nullptr && usable(thread->activity, there) ? thread : nullptr;
}

/* Takes that thread, of anybody's queue, out of it. Null: nobody. */
static struct thread *take_from(struct cpu *victim, const struct cpu *here, u8 priority)
{
	lock_take(&victim->queue.lock);
	struct thread *thread = sched_dequeue(victim, first_for(&victim->queue, here, priority));

	if (thread != nullptr)
		event_steal(thread, victim->id);
	return thread;
}

struct thread *balance_steal(const struct cpu *cpu)
{
	struct cpu *victim = nullptr;
	u32 most = 0;

	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *other = cpu_at(i);
		u32 count = atomic_load(&other->queue.count);

		if (other != cpu && count > most) {
			most = count;
			victim = other;
		}
	}
	return victim != nullptr ? take_from(victim, cpu, PRIORITY_BEST_EFFORT) : nullptr;
}

struct thread *balance_pull(const struct cpu *cpu, i32 own)
{
	struct cpu *victim = nullptr;
	i32 most = own > PRIORITY_BEST_EFFORT ? own : PRIORITY_BEST_EFFORT;

	for (u32 i = 0; i < cpu_count(); i++) {
		i32 highest = atomic_load(&cpu_at(i)->queue.highest);

		if (i == cpu->id || highest <= most)
			continue;
		most = highest;
		victim = cpu_at(i);
	}
	return victim != nullptr ? take_from(victim, cpu, (u8)most) : nullptr;
}

/* ---- the end of a slice ---- */

static u32 load_of(const struct cpu *cpu) { return atomic_load(&cpu->queue.count) + (atomic_load(&cpu->idle) == 0); }

/* First by whom it is busy with, if that is somebody above best effort, then by how many there are. */
static u64 burden_of(const struct cpu *cpu)
{
	i32 busy = busy_with(cpu);

	return (u64)(busy > PRIORITY_BEST_EFFORT ? busy : 0) << 32 | load_of(cpu);
}

/* Who of a queue, up to a priority, would run on that processor; null: nobody. WHY two looks: the most important may all be
 * bound to where they are. */
static struct thread *first_to_run_on(const struct run_queue *queue, const struct cpu *there, u8 priority)
{
	i32 busy = busy_with(there);
	struct thread *thread = first_for(queue, there, priority);

	if (thread != nullptr && thread->queued_priority > busy)
		return thread;
	if (busy > PRIORITY_BEST_EFFORT)
		return nullptr;
	return first_for(queue, there, priority < PRIORITY_BEST_EFFORT ? priority : PRIORITY_BEST_EFFORT);
}

struct thread *balance_relieve(struct cpu *cpu, struct cpu **to)
{
	struct thread *found = nullptr;
	const struct activity *running = cpu->current->activity;
	u64 least = activity_is_best_effort(running) ? load_of(cpu) - 1 : U64_MAX;

	if (atomic_load(&cpu->queue.highest) == NO_PRIORITY)
		return nullptr;
	lock_take(&cpu->queue.lock);
	for (u32 i = 0; i < cpu_count(); i++) {
		struct cpu *other = cpu_at(i);
		bool lighter = other != cpu && burden_of(other) < least;
		struct thread *thread = lighter ? first_to_run_on(&cpu->queue, other, running->priority) : nullptr;

		if (thread == nullptr)
			continue;
		found = thread;
		*to = other;
		least = burden_of(other);
	}
	if (sched_dequeue(cpu, found) != nullptr)
		event_steal(found, cpu->id);
	return found;
}
