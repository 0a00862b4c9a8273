/* SPDX-License-Identifier: Apache-2.0
 *
 * Senders and servers of endpoints. See servers.h.
 */
#include "kernel/core/ipc/servers.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/inherit.h"

/* Several senders are on one activity only after calls that were given up. */
enum : u32 { OWN_LOOKS = 4 };

/* ---- senders ---- */

void senders_add(struct endpoint *endpoint, struct thread *thread)
{
	tree_insert(&endpoint->senders, &thread->send_node, inherit_enter(thread));
}

void senders_remove(struct endpoint *endpoint, struct thread *thread)
{
	tree_remove(&endpoint->senders, &thread->send_node);
	inherit_leave(thread);
}

struct thread *senders_take(struct endpoint *endpoint)
{
	struct thread *first = senders_first(endpoint);

	if (first == nullptr)
		return nullptr;
	senders_remove(endpoint, first);
	first->endpoint = nullptr;
	return first;
}

void servers_reorder(struct thread *sender)
{
	struct endpoint *endpoint = atomic_load(&sender->endpoint);

	if (endpoint == nullptr)
		return;
	lock_take(&endpoint->lock);
	if (sender->endpoint == endpoint && tree_contains(&sender->send_node)) {
		u64 place = inherit_place(sender);

		if (place != sender->send_node.key) {
			tree_remove(&endpoint->senders, &sender->send_node);
			tree_insert(&endpoint->senders, &sender->send_node, place);
		}
		servers_refresh(endpoint);
	}
	lock_release(&endpoint->lock);
}

/* ---- servers ---- */

/* The most urgent of those who wait for the server. One on the same activity (it calls the endpoint that it serves,
 * which has other servers) gives that no reason to be more urgent. */
static const struct thread *first_for(const struct endpoint *endpoint, const struct thread *server)
{
	const struct thread *sender = senders_first(endpoint);

	for (u32 i = 0; i < OWN_LOOKS && sender != nullptr && sender->activity == atomic_load(&server->activity); i++)
		sender = senders_next(sender);
	return sender;
}

void servers_raise(struct endpoint *endpoint)
{
	endpoint->awaiting = endpoint->senders.first != nullptr;
	LIST_EACH(at, &endpoint->servers, struct thread, server_node) {
		const struct thread *first = first_for(endpoint, at);
		struct urgency by = {};

		if (first != nullptr) {
			by = inherit_urgency(first);
			by.hops++;
		}
		inherit_update(&at->awaited, at, first != nullptr ? &by : nullptr);
	}
}

/* With the lock of the endpoint that it serves. */
static void unlist(struct endpoint *endpoint, struct thread *thread)
{
	inherit_update(&thread->awaited, thread, nullptr);
	list_remove(&endpoint->servers, &thread->server_node);
	atomic_store(&thread->serves, nullptr);
	endpoint->server_count--;
}

void server_leave(struct thread *thread)
{
	struct endpoint *endpoint = atomic_load(&thread->serves);

	if (endpoint == nullptr)
		return;
	lock_take(&endpoint->lock);
	if (thread->serves == endpoint)
		unlist(endpoint, thread);
	lock_release(&endpoint->lock);
}

void server_join(struct thread *thread, struct endpoint *endpoint)
{
	server_leave(thread);
	lock_take(&endpoint->lock);
	if (!endpoint->object.dead && endpoint->server_count < SERVERS_MAX) {
		list_push(&endpoint->servers, &thread->server_node);
		atomic_store(&thread->serves, endpoint);
		endpoint->server_count++;
	}
	lock_release(&endpoint->lock);
}

void servers_forget(struct endpoint *endpoint)
{
	lock_take(&endpoint->lock);
	for (struct list_node *at = endpoint->servers.first; at != nullptr; at = endpoint->servers.first)
		unlist(endpoint, LIST_ENTRY(at, struct thread, server_node));
	lock_release(&endpoint->lock);
}

void server_moved(struct thread *thread)
{
	struct endpoint *endpoint = atomic_load(&thread->serves);

	atomic_fence(); /* who queues sees what the thread runs on, or is seen here */
	if (LIKELY(endpoint == nullptr || atomic_load(&endpoint->senders.first) == nullptr))
		return;
	lock_take(&endpoint->lock);
	servers_refresh(endpoint);
	lock_release(&endpoint->lock);
}
