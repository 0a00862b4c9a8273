/* SPDX-License-Identifier: Apache-2.0
 *
 * What each switch of threads does, inline: paying, the queue, loading. For those who decide on one: switch.c in the
 * common cases, sched.c in all others.
 */
#ifndef KERNEL_CORE_SCHED_RUNNING_H
#define KERNEL_CORE_SCHED_RUNNING_H

#include "abi/event_emit.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/budget.h"
#include "kernel/core/sched/enqueue.h"
#include "kernel/core/sched/queued.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/sched/share.h"

/* Charges the one who pays for the time since the last charge. Returns what time it is. */
static FORCE_INLINE u64 sched_charge(struct cpu *cpu, struct activity *payer)
{
	u64 now_ns = hal_clock_here(&cpu->arch);

	activity_charge(payer, now_ns - cpu->paid_until_ns, now_ns);
	cpu->paid_until_ns = now_ns;
	return now_ns;
}

/* Puts a thread into the processor's queue, with the activity that it runs on, whose use is counted. */
static FORCE_INLINE void sched_enqueue(struct cpu *cpu, struct thread *thread, struct activity *activity)
{
	queued_note(cpu, thread, activity);
	lock_take(&cpu->queue.lock);
	run_queue_add(&cpu->queue, thread, activity->priority, activity->deadline_ns);
	lock_release(&cpu->queue.lock);
}

/* Takes it, if it is somebody, out of the processor's queue, whose lock is held, and releases that. */
static FORCE_INLINE struct thread *sched_dequeue(struct cpu *cpu, struct thread *thread)
{
	if (thread != nullptr)
		run_queue_remove(&cpu->queue, thread);
	lock_release(&cpu->queue.lock);
	if (thread != nullptr)
		queued_taken(thread, thread->activity);
	return thread;
}

#endif
