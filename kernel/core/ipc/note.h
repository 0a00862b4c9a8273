/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits at an endpoint without a thread: buffered messages, badges that are gone, raised bits
 * of the bound signal. All with the endpoint's lock held.
 */
#ifndef KERNEL_CORE_IPC_NOTE_H
#define KERNEL_CORE_IPC_NOTE_H

#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/signal.h"

static FORCE_INLINE bool note_bits_raised(const struct endpoint *endpoint)
{
	return endpoint->bound.signal != nullptr && (atomic_load(&endpoint->bound.signal->bits) & endpoint->bound.bits) != 0;
}

static FORCE_INLINE bool note_queued(const struct endpoint *endpoint)
{
	return endpoint->senders.first != nullptr || endpoint->gone_first != nullptr || endpoint->queue_first != nullptr;
}

/* True if anything waits, senders included. */
static FORCE_INLINE bool note_pending(const struct endpoint *endpoint)
{
	return note_queued(endpoint) || (note_bits_raised(endpoint) && lineage_valid(endpoint->bound.lineage));
}

/* The same, or a revoked signal is bound: for a path that leaves it to another to find that out. */
static FORCE_INLINE bool note_may_be_pending(const struct endpoint *endpoint)
{
	return note_queued(endpoint) || note_bits_raised(endpoint);
}

/* Gives the thread the first of them. False: there are only senders. */
bool note_take(struct endpoint *endpoint, struct thread *to);

/* Keeps the running thread's message if the endpoint has room. */
bool note_enqueue(struct endpoint *endpoint, const struct thread *self, u64 badge, u64 info);

#endif
