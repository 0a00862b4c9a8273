/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is in a run queue with an activity. See queued.h.
 */
#include "kernel/core/sched/queued.h"
#include "kernel/core/sched/enqueue.h"
#include "kernel/core/sched/sched.h"

HAL_RARE_CALL void queued_beside(struct thread *thread)
{
	struct activity *activity = thread->activity;

	lock_take(&activity->lock);
	thread_queue_push(&activity->beside, thread);
	lock_release(&activity->lock);
}

HAL_RARE_CALL void queued_no_longer_beside(struct thread *thread)
{
	struct activity *activity = thread->activity;

	lock_take(&activity->lock);
	thread_queue_remove(&activity->beside, thread);
	lock_release(&activity->lock);
}

/* The thread lives as long as this stay in the kernel. */
void queued_place(const struct activity *activity, struct thread *thread, u8 least)
{
	struct cpu *cpu = cpu_at(atomic_load(&thread->queued_cpu));

	lock_take(&cpu->queue.lock);
	bool waits = tree_contains(&thread->run_node) && thread->queued_cpu == cpu->id && thread->activity == activity;

	if (waits) {
		run_queue_remove(&cpu->queue, thread);
		run_queue_add(&cpu->queue, thread, (u8)max_u64(activity->priority, least), activity->deadline_ns);
	}
	lock_release(&cpu->queue.lock);
	if (waits)
		sched_look_again(cpu->id);
}

void queued_renew(struct activity *activity)
{
	struct thread *thread = atomic_load(&activity->queued);

	if (thread != nullptr)
		queued_place(activity, thread, 0);
	if (LIKELY(atomic_load(&activity->beside.first) == nullptr))
		return;
	lock_take(&activity->lock);
	for (struct thread *at = activity->beside.first; at != nullptr; at = at->wait_next)
		queued_place(activity, at, 0);
	lock_release(&activity->lock);
}
