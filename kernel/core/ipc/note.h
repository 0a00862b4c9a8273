/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits at an endpoint without a thread: buffered messages, badges that are gone, raised bits
 * of the bound signal. With the endpoint's lock held, unless it says otherwise.
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
	return note_queued(endpoint) || (note_bits_raised(endpoint) && binding_valid(&endpoint->bound));
}

/* The same, or a signal is bound that may be no more: for a path that leaves it to another to find that out. */
static FORCE_INLINE bool note_may_be_pending(const struct endpoint *endpoint)
{
	return note_queued(endpoint) || note_bits_raised(endpoint);
}

/* Gives the thread the first of them. False: there are only senders. A badge that is gone is the thread's `note` until it
 * receives again, with a reference to the endpoint. INV-NOTE: who waits to receive has none. */
bool note_take(struct endpoint *endpoint, struct thread *to);

/* What becomes of the note of a thread that has one: nothing, if it was `heard`, as it receives again; otherwise it ends, and
 * another receiver is told. No lock is held. */
void note_settle(struct thread *thread, bool heard);

/* Keeps the running thread's message if the endpoint has room. */
bool note_enqueue(struct endpoint *endpoint, const struct thread *self, u64 badge, u64 info);

#endif
