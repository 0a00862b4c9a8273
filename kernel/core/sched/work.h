/* SPDX-License-Identifier: Apache-2.0
 *
 * How urgent it is to close and free what is dead: as urgent as the most important thread of this processor that left some, but
 * no more than WORK_PRIORITY. Threads above that are not made to wait for it; without them, whoever drops most would let
 * the most important pay for it.
 */
#ifndef KERNEL_CORE_SCHED_WORK_H
#define KERNEL_CORE_SCHED_WORK_H

#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/thread/thread.h"

/* That of what a thread leaves in dying: who restarts it waits. */
enum : u32 { WORK_PRIORITY = 128 };

/* Something is in one of this processor's lists, on account of a thread; null: of none. */
static inline void work_add(struct cpu *cpu, const struct thread *by)
{
	const struct activity *activity = by != nullptr ? atomic_load(&by->activity) : nullptr;
	u32 priority = activity != nullptr ? atomic_load(&activity->priority) : WORK_PRIORITY;

	cpu->attention |= ATTEND_WORK;
	cpu->work_priority = (u32)min_u64(max_u64(priority, cpu->work_priority), WORK_PRIORITY);
}

/* Somebody was refused what the dead may still have. */
static inline void work_hurry(struct cpu *cpu)
{
	if ((cpu->attention & ATTEND_WORK) != 0)
		cpu->work_priority = WORK_PRIORITY;
}

/* Nothing is left to do. */
static inline void work_done(struct cpu *cpu)
{
	cpu->attention &= ~(u32)ATTEND_WORK;
	cpu->work_priority = 0;
}

/* Whether there is some that what runs, if anything does, waits for. */
static inline bool work_is_due(const struct cpu *cpu)
{
	return (cpu->attention & ATTEND_WORK) != 0 &&
		(cpu->current == nullptr || cpu->current->activity->priority <= cpu->work_priority);
}

#endif
