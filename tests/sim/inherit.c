/* SPDX-License-Identifier: Apache-2.0
 *
 * INV-INHERIT: what runs at whose priority, looked up anew from who waits for whom and compared with what the core
 * keeps of it.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/inherit.h"
#include "kernel/core/sched/share.h"
#include "tests/sim/sim.h"

static bool same(const struct urgency *a, const struct urgency *b)
{
	return a->priority == b->priority && a->deadline_ns == b->deadline_ns && a->hops == b->hops;
}

/* A processor has left the kernel for an interrupt, and goes on when it comes in again. */
static bool on_its_way(void)
{
	for (u32 i = 0; i < cpu_count(); i++)
		if (cpu_at(i)->changed != nullptr)
			return true;
	return false;
}

/* ---- activities ---- */

static void check_tree(const struct activity *activity)
{
	u64 key = 0;

	for (struct tree_node *at = tree_first(&activity->awaited); at != nullptr; at = tree_next(at)) {
		const struct awaited *awaited = TREE_ENTRY(at, struct awaited, node);

		INVARIANT(at->key >= key, "INV-INHERIT: not in the order of urgency");
		INVARIANT(awaited->on == activity, "INV-INHERIT: in a foreign tree");
		key = at->key;
	}
}

/* The most urgent of its own parameters and of everybody who waits for whoever runs on it. */
static void check_activity(const struct activity *activity)
{
	struct urgency own = activity_own_urgency(activity);
	u32 priority = own.priority;
	u64 deadline_ns = own.deadline_ns;

	check_tree(activity);
	for (struct tree_node *at = tree_first(&activity->awaited); at != nullptr; at = tree_next(at)) {
		const struct urgency *by = &TREE_ENTRY(at, struct awaited, node)->by;

		if (by->priority < priority || (by->priority == priority && by->deadline_ns >= deadline_ns))
			continue;
		priority = by->priority;
		deadline_ns = by->deadline_ns;
	}
	INVARIANT(activity->priority == priority, "INV-INHERIT: another priority than the most urgent");
	INVARIANT(min_u64(activity->deadline_ns, VIRTUAL_BASE) == deadline_ns, "INV-INHERIT: another deadline than the nearest");
}

/* ---- senders ---- */

static bool is_among(const struct thread_queue *queue, const struct thread *thread)
{
	for (const struct thread *at = queue->first; at != nullptr; at = at->wait_next)
		if (at == thread)
			return true;
	return false;
}

static void check_sender(const struct thread *thread)
{
	const struct thread *next = senders_next(thread);

	INVARIANT(is_among(&thread->activity->waiters, thread), "INV-INHERIT: its activity does not know that it waits");
	INVARIANT(thread->send_node.key == inherit_place(thread), "INV-INHERIT: a sender in a wrong place");
	INVARIANT(next == nullptr || next->send_node.key >= thread->send_node.key, "INV-INHERIT: senders out of order");
}

/* ---- servers ---- */

static bool is_server(const struct endpoint *endpoint, const struct thread *thread)
{
	LIST_EACH(at, &endpoint->servers, struct thread, server_node)
		if (at == thread)
			return true;
	return false;
}

static const struct thread *first_for(const struct thread *server)
{
	const struct thread *at = senders_first(server->serves);

	while (at != nullptr && at->activity == server->activity)
		at = senders_next(at);
	return at;
}

static void check_server(const struct thread *thread)
{
	const struct thread *first = thread->serves != nullptr ? first_for(thread) : nullptr;
	const struct awaited *awaited = &thread->awaited;

	INVARIANT(thread->serves == nullptr || is_server(thread->serves, thread), "INV-SERVES: not among the servers");
	INVARIANT((first == nullptr) == (awaited->on == nullptr), "INV-INHERIT: waited for without a reason, or not with one");
	if (first == nullptr)
		return;
	struct urgency by = inherit_urgency(first);

	by.hops++;
	INVARIANT(awaited->on == thread->activity, "INV-INHERIT: another activity is raised than it runs on");
	INVARIANT(same(&by, &awaited->by), "INV-INHERIT: not as urgent as the first who waits");
}

/* ---- owners of words ---- */

/* Whose wait lends its own urgency to what the owner runs on, but not to what it runs on itself. */
static void check_owner(const struct thread *thread)
{
	const struct awaited *awaited = &thread->word.awaited;
	struct activity *on = thread->word.owner != nullptr ? thread->word.owner->activity : nullptr;

	if (on == thread->activity)
		on = nullptr;
	INVARIANT(awaited->on == on, "INV-INHERIT: who waits for a word lends to another activity than its owner runs on");
	if (on == nullptr)
		return;
	struct urgency by = inherit_urgency(thread);

	by.hops++;
	INVARIANT(same(&by, &awaited->by), "INV-INHERIT: an owner is not as urgent as who waits for it");
}

/* ---- queues ---- */

static void check_ready(const struct thread *thread)
{
	const struct activity *activity = thread->activity;

	INVARIANT(activity->queued == thread || is_among(&activity->beside, thread), "INV-INHERIT: queued without being known");
	INVARIANT(thread->queued_priority == activity->priority ||
			  ((thread->flags & THREAD_KILLED) != 0 && thread->queued_priority > activity->priority),
		"INV-INHERIT: queued by another priority");
}

void sim_check_inheritance(const struct thread *thread)
{
	if (on_its_way())
		return;
	check_activity(thread->activity);
	check_activity(thread->own);
	check_server(thread);
	if (thread->state == THREAD_STATE_SENDING)
		check_sender(thread);
	if (thread->state == THREAD_STATE_WORD)
		check_owner(thread);
	if (thread->state == THREAD_STATE_READY && tree_contains(&thread->run_node))
		check_ready(thread);
	if (thread->state == THREAD_STATE_RECEIVING)
		INVARIANT(thread->serves == thread->endpoint || (thread->serves == nullptr &&
			thread->endpoint->server_count == SERVERS_MAX), "INV-SERVES: receives where it does not serve");
}
