/* SPDX-License-Identifier: Apache-2.0
 *
 * Ending waits that have lost their capability. See undo.h.
 *
 * Nothing is kept of the capability that a thread waits through but its handle, so the common wait
 * costs nothing for this; here the handle is looked up again.
 */
#include "kernel/core/ipc/undo.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/thread/thread.h"

enum : u32 { UNDO_STEP = 32 };

static bool barred(const struct thread *thread, const struct object *object)
{
	return thread_may_wait(thread, object) != STATUS_OK;
}

/* Takes the next thread out of an object's queue that may not wait there; null: there is none, or no step is
 * left. *from is where to look on. With the object's lock held. */
static struct thread *take_barred(struct thread_queue *queue, const struct object *object, struct thread **from, u32 *left)
{
	while (*from != nullptr && *left != 0) {
		struct thread *at = *from;

		*from = at->wait_next;
		if (!barred(at, object))
			continue;
		thread_queue_remove(queue, at);
		(*left)--;
		return at;
	}
	return nullptr;
}

static void end_senders(struct endpoint *endpoint, u32 *left)
{
	struct thread *next = nullptr;

	for (struct thread *at = senders_first(endpoint); at != nullptr && *left != 0; at = next) {
		next = senders_next(at);
		if (!barred(at, &endpoint->object))
			continue;
		senders_remove(endpoint, at);
		at->endpoint = nullptr;
		(*left)--;
		thread_abandon_wait(at, STATUS_REVOKED);
	}
	servers_refresh(endpoint);
}

/* The thread was taken out of the receivers. With the endpoint's lock held. */
static void end_receiver(struct thread *receiver)
{
	receiver->endpoint = nullptr;
	reply_unclaim(receiver->reply);
	thread_finish_wait(receiver, STATUS_REVOKED, 0);
}

static void end_receivers(struct endpoint *endpoint, u32 *left)
{
	struct thread *from = endpoint->receivers.first, *receiver;

	while ((receiver = take_barred(&endpoint->receivers, &endpoint->object, &from, left)) != nullptr)
		end_receiver(receiver);
}

/* Calls that a server of the endpoint has received and not answered. */
static void end_callers(struct endpoint *endpoint, u32 *left)
{
	LIST_EACH (at, &endpoint->replies, struct reply, at_endpoint) {
		if (*left == 0)
			break;
		lock_take(&at->lock);
		struct thread *caller = at->caller;
		bool end = caller != nullptr && barred(caller, &endpoint->object);

		if (end)
			at->caller = nullptr;
		lock_release(&at->lock);
		if (!end)
			continue;
		thread_abandon_wait(caller, STATUS_REVOKED);
		(*left)--;
	}
}

bool endpoint_undo(struct endpoint *endpoint)
{
	u32 left = UNDO_STEP;

	lock_take(&endpoint->lock);
	end_senders(endpoint, &left);
	end_receivers(endpoint, &left);
	end_callers(endpoint, &left);
	lock_release(&endpoint->lock);
	return left != 0;
}

/* At most one thread receives with a reply object. It is found without the endpoint's lock, so whether it
 * still waits there with this object is seen once that is held. */
bool reply_undo(struct reply *reply)
{
	lock_take(&reply->lock);
	struct thread *receiver = reply->receiver;

	lock_release(&reply->lock);
	struct endpoint *endpoint = receiver != nullptr ? atomic_load(&receiver->endpoint) : nullptr;

	if (endpoint == nullptr)
		return true;
	lock_take(&endpoint->lock);
	if (receiver->endpoint == endpoint && receiver->state == THREAD_STATE_RECEIVING && receiver->reply == reply &&
	    cap_still_names(receiver->process, receiver->through >> 32, &reply->object) != STATUS_OK) {
		thread_queue_remove(&endpoint->receivers, receiver);
		end_receiver(receiver);
	}
	lock_release(&endpoint->lock);
	return true;
}

bool signal_undo(struct signal *signal)
{
	u32 left = UNDO_STEP;

	lock_take(&signal->lock);
	struct thread *from = signal->waiters.first, *waiter;

	while ((waiter = take_barred(&signal->waiters, &signal->object, &from, &left)) != nullptr) {
		waiter->signal = nullptr;
		thread_finish_wait(waiter, STATUS_REVOKED, 0);
	}
	lock_release(&signal->lock);
	return left != 0;
}
