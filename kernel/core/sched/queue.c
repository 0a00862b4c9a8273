/* SPDX-License-Identifier: Apache-2.0
 *
 * Run queues. See queue.h.
 */
#include "kernel/core/sched/queue.h"
#include "kernel/core/sched/enqueue.h"

void run_queue_init(struct run_queue *queue)
{
	lock_init(&queue->lock, LOCK_QUEUE);
	queue->highest = NO_PRIORITY;
}

/* The highest priority present that is at most `limit`. */
static i32 highest_present(const struct run_queue *queue, u8 limit)
{
	u32 word = limit / 64;
	u64 bits = queue->present[word] & (U64_MAX >> (63 - limit % 64));

	while (bits == 0 && word > 0)
		bits = *ELEM(queue->present, --word);
	return bits != 0 ? (i32)word * 64 + 63 - __builtin_clzll(bits) : NO_PRIORITY;
}

void run_queue_remove(struct run_queue *queue, struct thread *thread)
{
	u8 priority = thread->queued_priority;
	struct tree *tree = ELEM(queue->level, priority);

	tree_remove(tree, &thread->run_node);
	queue->count--;
	if (tree_first(tree) != nullptr)
		return;
	queue->present[priority / 64] &= ~(1ull << (priority % 64));
	if (priority == queue->highest)
		atomic_store(&queue->highest, highest_present(queue, PRIORITIES - 1));
}

static struct thread *first_at(const struct run_queue *queue, i32 priority)
{
	if (priority == NO_PRIORITY)
		return nullptr;
	return TREE_ENTRY(tree_first(ELEM(queue->level, (u8)priority)), struct thread, run_node);
}

struct thread *run_queue_first(const struct run_queue *queue) { return first_at(queue, queue->highest); }

struct thread *run_queue_next(const struct thread *thread)
{
	struct tree_node *next = tree_next(&thread->run_node);

	return next != nullptr ? TREE_ENTRY(next, struct thread, run_node) : nullptr;
}

struct thread *run_queue_first_up_to(const struct run_queue *queue, u8 priority)
{
	return first_at(queue, highest_present(queue, priority));
}
