/* SPDX-License-Identifier: Apache-2.0
 *
 * A run queue as one list in order, for harnesses of those who take from queues: run_queue.c proves the real one, and tree.c
 * what lies in it. Stands for kernel/core/sched/enqueue.h, too. The list begins at the lowest level; the next thread
 * is child[1] of the node. Of equals the one that came first is first.
 */
#ifndef TESTS_PROVE_INCLUDE_QUEUE_LIST_H
#define TESTS_PROVE_INCLUDE_QUEUE_LIST_H

#define KERNEL_CORE_SCHED_ENQUEUE_H /* it is not to be included any more */
#include "kernel/core/sched/queue.h"
#include "kernel/core/thread/thread.h"

enum : u32 { LONGEST = 4 };

extern u32 cpus_there;

static struct thread *at_node(struct tree_node *node)
{
	return node != nullptr ? TREE_ENTRY(node, struct thread, run_node) : nullptr;
}

static bool goes_before(const struct thread *one, u8 priority, u64 deadline)
{
	return one->queued_priority > priority || (one->queued_priority == priority && one->run_node.key <= deadline);
}

static void note_highest(struct run_queue *queue)
{
	struct thread *first = at_node(queue->level[0].first);

	queue->highest = first != nullptr ? first->queued_priority : NO_PRIORITY;
}

static inline void run_queue_add(struct run_queue *queue, struct thread *thread, u8 priority, u64 deadline)
{
	struct tree_node **at = &queue->level[0].first;

	PROVE(thread->run_node.height == 0, "a thread is in one queue at a time");
	for (u32 i = 0; i < LONGEST && *at != nullptr && goes_before(at_node(*at), priority, deadline); i++)
		at = &(*at)->child[1];
	thread->queued_priority = priority;
	thread->run_node.key = deadline;
	thread->run_node.height = 1;
	thread->run_node.child[1] = *at;
	*at = &thread->run_node;
	queue->count++;
	note_highest(queue);
}

void run_queue_remove(struct run_queue *queue, struct thread *thread)
{
	struct tree_node **at = &queue->level[0].first;

	for (u32 i = 0; i < LONGEST && *at != nullptr && *at != &thread->run_node; i++)
		at = &(*at)->child[1];
	PROVE(*at == &thread->run_node && queue->lock.taken != 0,
		"a thread is taken out of the queue that it is in, with the lock held");
	*at = thread->run_node.child[1];
	thread->run_node.height = 0;
	queue->count--;
	note_highest(queue);
}

struct thread *run_queue_first(const struct run_queue *queue) { return at_node(queue->level[0].first); }

struct thread *run_queue_next(const struct thread *thread)
{
	struct thread *next = at_node(thread->run_node.child[1]);

	return next != nullptr && next->queued_priority == thread->queued_priority ? next : nullptr;
}

struct thread *run_queue_first_up_to(const struct run_queue *queue, u8 priority)
{
	struct thread *at = run_queue_first(queue);

	for (u32 i = 0; i < LONGEST && at != nullptr && at->queued_priority > priority; i++)
		at = at_node(at->run_node.child[1]);
	return at;
}

/* Those of `highest`, and only they, are asked for. */
static inline struct thread *run_queue_swap(struct run_queue *queue, struct thread *thread, u8 priority, u64 deadline)
{
	struct thread *first = run_queue_first(queue);

	PROVE(cpus_there == 1 && queue->lock.taken == 0, "without the lock, where nobody else is");
	queue->lock.taken = 1;
	PROVE(first != nullptr && queue->highest == priority, "who changes places does so with the first of the highest priority");
	run_queue_remove(queue, first);
	run_queue_add(queue, thread, priority, deadline);
	queue->lock.taken = 0;
	return first;
}

static inline u64 peek_in_list(const struct run_queue *queue, u8 priority)
{
	PROVE(queue->highest == priority, "the highest is looked at");
	return queue->level[0].first->key;
}
#define run_queue_peek peek_in_list

static bool is_in_queue(const struct run_queue *queue, const struct thread *thread)
{
	const struct tree_node *at = queue->level[0].first;

	for (u32 i = 0; i < LONGEST && at != nullptr && at != &thread->run_node; i++)
		at = at->child[1];
	return at == &thread->run_node;
}

static void empty_queue(struct run_queue *queue)
{
	queue->lock.taken = 0;
	queue->level[0].first = nullptr;
	queue->count = 0;
	queue->highest = NO_PRIORITY;
}

#endif
