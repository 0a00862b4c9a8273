/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is in a run queue with an activity, so that they get other places when it changes. Mostly that is one thread:
 * `queued`. More are so while a server goes on for a caller that waits no longer: `beside`.
 */
#ifndef KERNEL_CORE_SCHED_QUEUED_H
#define KERNEL_CORE_SCHED_QUEUED_H

#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/activity.h"

/* Slow paths of the two below. */
HAL_RARE_CALL void queued_beside(struct thread *thread);
HAL_RARE_CALL void queued_no_longer_beside(struct thread *thread);

/* The thread is about to be put into that processor's queue, with the activity that it runs on. Before its priority is read:
 * who changes the activity finds it, or is seen then. */
static FORCE_INLINE void queued_note(const struct cpu *cpu, struct thread *thread, struct activity *activity)
{
	struct thread *none = nullptr;

	thread->state = THREAD_STATE_READY;
	atomic_store(&thread->queued_cpu, cpu->id);
	if (UNLIKELY(!atomic_compare_exchange(&activity->queued, &none, thread)))
		queued_beside(thread);
	atomic_fence_after_update();
}

/* The thread was taken out of a run queue and belongs to this processor. No lock is held. */
static FORCE_INLINE void queued_taken(struct thread *thread, struct activity *activity)
{
	struct thread *noted = thread;

	if (UNLIKELY(!atomic_compare_exchange(&activity->queued, &noted, nullptr)))
		queued_no_longer_beside(thread);
}

/* The activity has changed: they get their new places, and their processors look again. */
void queued_renew(struct activity *activity);

/* If the thread is in a run queue with that activity it has the activity's place there, or for this turn a priority of `least`,
 * and its processor looks again. */
void queued_place(const struct activity *activity, struct thread *thread, u8 least);

#endif
