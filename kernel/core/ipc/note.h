/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits at an endpoint without a thread: buffered messages, badges that are gone, raised bits
 * of the bound signal. All with the endpoint's lock held.
 */
#ifndef KERNEL_CORE_IPC_NOTE_H
#define KERNEL_CORE_IPC_NOTE_H

#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/signal.h"

/* True if anything waits, senders included. */
static FORCE_INLINE bool note_pending(const struct endpoint *endpoint)
{
	return endpoint->senders.first != nullptr || endpoint->gone_first != nullptr || endpoint->queue_first != nullptr ||
		(endpoint->bound.signal != nullptr && (atomic_load(&endpoint->bound.signal->bits) & endpoint->bound.bits) != 0 &&
			lineage_valid(endpoint->bound.lineage));
}

/* Gives the thread the first of them. False: there are only senders. */
bool note_take(struct endpoint *endpoint, struct thread *to);

/* Keeps the running thread's message if the endpoint has room. */
bool note_enqueue(struct endpoint *endpoint, const struct thread *self, u64 badge, u64 info);

#endif
