/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting threads into a run queue (queue.h): inline, for most switches do it.
 */
#ifndef KERNEL_CORE_SCHED_ENQUEUE_H
#define KERNEL_CORE_SCHED_ENQUEUE_H

#include "kernel/core/sched/queue.h"
#include "kernel/core/thread/thread.h"

/* With the lock held. The thread is in no queue. */
static FORCE_INLINE void run_queue_add(struct run_queue *queue, struct thread *thread, u8 priority, u64 deadline)
{
	struct tree *tree = ELEM(queue->level, priority);

	thread->queued_priority = priority;
	queue->count++;
	if (UNLIKELY(tree_first(tree) != nullptr)) { /* INV-QUEUE: nothing else changes */
		tree_insert(tree, &thread->run_node, deadline);
		return;
	}
	tree_insert_only(tree, &thread->run_node, deadline);
	queue->present[priority / 64] |= 1ull << (priority % 64);
	if (priority > queue->highest)
		atomic_store(&queue->highest, priority);
}

/* Puts a thread, which is in no queue, in, and takes the first of its priority, of those before it, out. The priority is the
 * highest in the queue. Without the lock, for the only processor that there is. */
static FORCE_INLINE struct thread *run_queue_swap(struct run_queue *queue, struct thread *thread, u8 priority, u64 deadline)
{
	struct tree_node *first = tree_swap_first(ELEM(queue->level, priority), &thread->run_node, deadline);

	thread->queued_priority = priority;
	return TREE_ENTRY(first, struct thread, run_node);
}

#endif
