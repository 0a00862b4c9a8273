/* SPDX-License-Identifier: Apache-2.0
 *
 * A processor's run queue: ready threads by priority, and by deadline within one.
 * INV-QUEUE: a bit of `present` is set exactly when the tree of that priority is not empty.
 */
#ifndef KERNEL_CORE_SCHED_QUEUE_H
#define KERNEL_CORE_SCHED_QUEUE_H

#include "kernel/core/cpu/lock.h"
#include "lib/base/tree.h"

enum : u32 { PRIORITIES = 256 };
enum : i32 { NO_PRIORITY = -1 }; /* less than any */

struct thread;

struct STABLE run_queue {
	struct lock lock;
	/* under lock */
	u64 present[PRIORITIES / 64];
	u32 count;
	struct tree level[PRIORITIES];
	/* The highest priority present, or NO_PRIORITY; written under the lock, read without. */
	i32 highest;
};

void run_queue_init(struct run_queue *queue);

/* With the lock held. The thread is in this queue. Adding is in enqueue.h. */
void run_queue_remove(struct run_queue *queue, struct thread *thread);

/* The thread with the highest priority and, within it, the earliest deadline; it stays queued. */
struct thread *run_queue_first(const struct run_queue *queue);

/* The earliest deadline at a priority; 0: none. A guess without the lock: whoever it is of lives as long as this
 * stay in the kernel. */
static FORCE_INLINE u64 run_queue_peek(const struct run_queue *queue, u8 priority)
{
	const struct tree_node *first = atomic_load(&ELEM(queue->level, priority)->first);

	return first != nullptr ? atomic_load(&first->key) : 0;
}

/* The one after it in its priority; null: none. */
struct thread *run_queue_next(const struct thread *thread);

/* The first among those with at most this priority; null: there is none. */
struct thread *run_queue_first_up_to(const struct run_queue *queue, u8 priority);

#endif
