/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of endpoints, and threads that leave their queues other than by a message.
 */
#include "kernel/core/ipc/endpoint.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/sched.h"
#include "kernel/raw/downcast.h"

bool endpoint_withdraw(struct thread *thread, u64 due_ns, const struct reply *reply)
{
	struct endpoint *endpoint = atomic_load(&thread->endpoint);

	if (endpoint == nullptr)
		return false;
	lock_take(&endpoint->lock);
	bool receiving = thread->state == THREAD_STATE_RECEIVING;
	bool mine = thread->endpoint == endpoint && thread->deadline_ns <= due_ns &&
		(reply == nullptr || (receiving && thread->reply == reply));

	if (mine) {
		if (receiving) {
			thread_queue_remove(&endpoint->receivers, thread);
		} else {
			senders_remove(endpoint, thread);
			servers_refresh(endpoint);
		}
		thread->endpoint = nullptr;
	}
	lock_release(&endpoint->lock);
	if (mine && receiving)
		reply_unclaim(thread->reply);
	return mine;
}

/* Gives what is pending to a waiting receiver. With the lock held. */
static void wake_receiver(struct endpoint *endpoint)
{
	struct thread *receiver = endpoint->receivers.first;

	if (receiver == nullptr || !note_take(endpoint, receiver))
		return;
	(void)endpoint_take_receiver(endpoint);
	reply_unclaim(receiver->reply);
	sched_wake(receiver);
}

bool endpoint_badge_gone(struct endpoint *endpoint, struct lineage *lineage)
{
	lock_take(&endpoint->lock);
	bool alive = !endpoint->object.dead;

	if (alive) {
		lineage->next_gone = nullptr;
		if (endpoint->gone_first != nullptr)
			endpoint->gone_last->next_gone = lineage;
		else
			endpoint->gone_first = lineage;
		endpoint->gone_last = lineage;
		wake_receiver(endpoint);
	}
	lock_release(&endpoint->lock);
	return alive;
}

void endpoint_signalled(struct endpoint *endpoint, struct signal *signal)
{
	lock_take(&endpoint->lock);
	if (endpoint->bound.signal == signal)
		wake_receiver(endpoint);
	lock_release(&endpoint->lock);
}

/* What waits without a thread goes; a bounded number at a time. */
static bool drop_pending(struct endpoint *endpoint)
{
	for (u32 step = 0; step < 32; step++) {
		struct lineage *gone = endpoint->gone_first;

		if (gone != nullptr) {
			endpoint->gone_first = gone->next_gone;
			lineage_free(gone);
		} else if (endpoint->queue_first != nullptr) {
			struct pooled *item = endpoint->queue_first;

			endpoint->queue_first = item->next;
			pool_give(item);
		} else {
			return true;
		}
	}
	return false;
}

static bool forget_replies(struct endpoint *endpoint)
{
	for (u32 step = 0; step < 32; step++) {
		struct list_node *node = atomic_load(&endpoint->replies.first);

		if (node == nullptr)
			return true;
		reply_detach(HOLDER_OF(node, struct reply, at_endpoint));
	}
	return false;
}

void endpoint_end_wait(struct thread *thread)
{
	if (thread_faulted(thread))
		message_peer_died(thread);
	else
		thread_finish_wait(thread, STATUS_DEAD, 0);
}

/* Takes out what is bound. To be dropped with no lock held: a watched badge that ends with it takes an endpoint's. */
static struct signal_binding unbind(struct endpoint *endpoint)
{
	struct signal_binding before = endpoint->bound;

	if (before.signal != nullptr)
		atomic_store(&before.signal->endpoint, nullptr);
	endpoint->bound = (struct signal_binding){};
	return before;
}

/* No capability to it is left: whoever waits here learns so. */
bool endpoint_close(struct endpoint *endpoint)
{
	servers_forget(endpoint);
	for (u32 step = 0; step < 32; step++) {
		lock_take(&endpoint->lock);
		struct thread *thread = senders_take(endpoint);
		bool receiving = thread == nullptr;

		if (receiving)
			thread = endpoint_take_receiver(endpoint);
		lock_release(&endpoint->lock);
		if (thread == nullptr)
			break;
		if (receiving)
			reply_unclaim(thread->reply);
		endpoint_end_wait(thread);
		if (step == 31)
			return false;
	}
	if (!drop_pending(endpoint) || !forget_replies(endpoint))
		return false;
	struct signal_binding bound = unbind(endpoint);

	binding_drop(&bound);
	if (endpoint->depth != 0)
		group_release(endpoint->object.group, GROUP_OBJECTS, endpoint->depth);
	endpoint->depth = 0;
	return true;
}

/* ---- system calls ---- */

struct sys_result syscall_endpoint_create(struct thread *self, struct group *group, u32 depth)
{
	struct object *object = nullptr;
	enum status status = group_charge(group, GROUP_OBJECTS, depth);

	if (status != STATUS_OK)
		return sys_fail(status);
	status = object_create(OBJECT_ENDPOINT, group, &object);
	if (status != STATUS_OK) {
		group_release(group, GROUP_OBJECTS, depth);
		return sys_fail(status);
	}
	struct endpoint *endpoint = object_as_endpoint(object);

	lock_init(&endpoint->lock, LOCK_ENDPOINT);
	lock_init(&endpoint->counting, LOCK_RECEIVERS);
	endpoint->depth = depth;
	return sys_new_handle(self, object, ENDPOINT_RIGHTS_ALL, 0);
}

/* Unless what was bound, or may no longer be, is in the way. With the lock held. */
static enum status bind(struct endpoint *endpoint, struct signal_binding *made, struct signal_binding *before)
{
	struct endpoint *none = nullptr;

	if (endpoint->object.dead)
		return STATUS_DEAD;
	if (binding_valid(&endpoint->bound))
		return STATUS_BUSY;
	*before = unbind(endpoint);
	if (!atomic_compare_exchange(&made->signal->endpoint, &none, endpoint))
		return STATUS_BUSY;
	endpoint->bound = *made;
	*made = (struct signal_binding){};
	wake_receiver(endpoint);
	return STATUS_OK;
}

struct sys_result syscall_endpoint_bind(struct thread *self, const struct cap *through, const struct cap *signal, u64 mask)
{
	struct endpoint *endpoint = object_as_endpoint(through->object);
	struct signal_binding made, before = {};

	(void)self;
	if (mask == 0)
		return sys_fail(STATUS_INVALID);
	if (!binding_make(&made, signal, mask, through->lineage))
		return sys_fail(STATUS_DEAD);
	lock_take(&endpoint->lock);
	enum status status = bind(endpoint, &made, &before);

	lock_release(&endpoint->lock);
	binding_drop(&before);
	binding_drop(&made);
	return sys_status(status);
}

/* The watch is on the lineage node, which all copies of the capability share. It takes the right to
 * give badges, so that a client cannot watch in the service's name, and is charged as an object
 * to the endpoint's group until its note is taken. */
struct sys_result syscall_endpoint_watch_badge(struct thread *self, const struct cap *badged)
{
	struct group *payer = badged->object->group;
	struct endpoint *none = nullptr;

	(void)self;
	if (badged->lineage->parent == nullptr || badged->value == 0)
		return sys_fail(STATUS_INVALID);
	if (!cap_hold(badged))
		return sys_fail(STATUS_BAD_HANDLE);
	enum status status = group_charge(payer, GROUP_OBJECTS, 1);

	if (status == STATUS_OK) {
		badged->lineage->badge = badged->value;
		if (!atomic_compare_exchange(&badged->lineage->watcher, &none, object_as_endpoint(badged->object)))
			group_release(payer, GROUP_OBJECTS, 1); /* watched already */
	}
	cap_release(badged);
	return sys_status(status);
}
