/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits at an endpoint for a receiver, and for whom: senders by priority, deadline, arrival; and servers,
 * which run at least as urgently as the first of these (sched/inherit.h).
 *
 * The servers of an endpoint are the threads that received there last, at most SERVERS_MAX of them. A thread
 * serves at most one endpoint. INV-SERVES: whoever waits to receive at an endpoint serves no other.
 *
 * WHY no more: all are raised in one go, with the endpoint's lock held and interrupts off, for some 550 instructions each.
 */
#ifndef KERNEL_CORE_IPC_SERVERS_H
#define KERNEL_CORE_IPC_SERVERS_H

#include "kernel/core/ipc/endpoint.h"

enum : u32 { SERVERS_MAX = 8 };

/* Senders, with the endpoint's lock held. Servers are looked at (servers_refresh) once all has changed. */
void senders_add(struct endpoint *endpoint, struct thread *thread);
void senders_remove(struct endpoint *endpoint, struct thread *thread);

static inline struct thread *senders_first(const struct endpoint *endpoint)
{
	struct tree_node *first = tree_first(&endpoint->senders);

	return first != nullptr ? TREE_ENTRY(first, struct thread, send_node) : nullptr;
}

static inline struct thread *senders_next(const struct thread *thread)
{
	struct tree_node *next = tree_next(&thread->send_node);

	return next != nullptr ? TREE_ENTRY(next, struct thread, send_node) : nullptr;
}

/* The most urgent sender, now owned by this processor; null: none waits. */
struct thread *senders_take(struct endpoint *endpoint);

/* Makes the servers as urgent as the first sender, or lets them be what they were. With the endpoint's lock held,
 * after each change of who waits there or who serves. */
void servers_raise(struct endpoint *endpoint);

static FORCE_INLINE void servers_refresh(struct endpoint *endpoint)
{
	if (UNLIKELY(endpoint->senders.first != nullptr || endpoint->awaiting))
		servers_raise(endpoint);
}

/* The running thread receives at this endpoint from now on. It is listed if there is room. No lock is held. */
void server_join(struct thread *thread, struct endpoint *endpoint);
/* It serves no endpoint any more. No lock is held. */
void server_leave(struct thread *thread);
/* No capability to the endpoint is left, or its threads are gone. No lock is held. */
void servers_forget(struct endpoint *endpoint);

/* The thread runs on another activity than before. No lock is held. */
void server_moved(struct thread *thread);

/* A waiting sender's activity has another priority or deadline. No lock is held; it may have ceased to wait. */
void servers_reorder(struct thread *sender);

#endif
