/* SPDX-License-Identifier: Apache-2.0
 *
 * Run queues. See queue.h.
 */
#include "kernel/core/sched/queue.h"
#include "kernel/core/thread/thread.h"

void run_queue_init(struct run_queue *queue)
{
	lock_init(&queue->lock, LOCK_QUEUE);
	queue->highest = NO_PRIORITY;
}

static u32 highest_present(const struct run_queue *queue)
{
	for (u32 word = PRIORITIES / 64; word > 0; word--) {
		u64 bits = queue->present[word - 1];

		if (bits != 0)
			return (word - 1) * 64 + 63 - (u32)__builtin_clzll(bits);
	}
	return NO_PRIORITY;
}

void run_queue_add(struct run_queue *queue, struct thread *thread, u32 priority, u64 deadline)
{
	thread->queued_priority = priority;
	tree_insert(ELEM(queue->level, priority), &thread->run_node, deadline);
	queue->present[priority / 64] |= 1ull << (priority % 64);
	queue->count++;
	if (queue->highest == NO_PRIORITY || priority > queue->highest)
		atomic_store(&queue->highest, priority);
}

void run_queue_remove(struct run_queue *queue, struct thread *thread)
{
	u32 priority = thread->queued_priority;
	struct tree *tree = ELEM(queue->level, priority);

	tree_remove(tree, &thread->run_node);
	queue->count--;
	if (tree_first(tree) != nullptr)
		return;
	queue->present[priority / 64] &= ~(1ull << (priority % 64));
	if (priority == queue->highest)
		atomic_store(&queue->highest, highest_present(queue));
}

struct thread *run_queue_first(const struct run_queue *queue)
{
	if (queue->highest == NO_PRIORITY)
		return nullptr;
	return TREE_ENTRY(tree_first(ELEM(queue->level, queue->highest)), struct thread, run_node);
}
