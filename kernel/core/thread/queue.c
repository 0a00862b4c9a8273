/* SPDX-License-Identifier: Apache-2.0
 *
 * Queues of waiting threads.
 */
#include "kernel/core/thread/thread.h"

void thread_queue_push(struct thread_queue *queue, struct thread *thread)
{
	thread->wait_next = nullptr;
	thread->wait_prev = queue->last;
	if (queue->last != nullptr)
		queue->last->wait_next = thread;
	else
		queue->first = thread;
	queue->last = thread;
}

void thread_queue_remove(struct thread_queue *queue, struct thread *thread)
{
	if (thread->wait_prev != nullptr)
		thread->wait_prev->wait_next = thread->wait_next;
	else
		queue->first = thread->wait_next;
	if (thread->wait_next != nullptr)
		thread->wait_next->wait_prev = thread->wait_prev;
	else
		queue->last = thread->wait_prev;
	thread->wait_next = nullptr;
	thread->wait_prev = nullptr;
}

struct thread *thread_queue_pop(struct thread_queue *queue)
{
	struct thread *thread = queue->first;

	if (thread != nullptr)
		thread_queue_remove(queue, thread);
	return thread;
}
