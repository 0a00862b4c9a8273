/* SPDX-License-Identifier: Apache-2.0
 *
 * The message calls: call, send, receive, reply, reply_receive.
 *
 * Every case of them: queues, capabilities, long messages, deadlines, death. The common case, a short
 * message to a server that waits, is done by fastpath.c before it comes here; what it does is a
 * subset of this, in the same order.
 *
 * Registers: kernel/hal/frame.h. A thread's words are copied before it can be seen waiting, because
 * whoever cancels it may let it run, and change its registers, at once.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/send.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/raw/downcast.h"

static FORCE_INLINE handle_t low_handle(u64 value) { return (handle_t){ (u32)value }; }
static FORCE_INLINE handle_t high_handle(u64 value) { return (handle_t){ (u32)(value >> 32) }; }

static FORCE_INLINE void fail(struct hal_frame *frame, enum status status)
{
	frame->status = status;
	frame->arg0 = 0;
}

/* The running thread's message was not sent. A faulted thread keeps its registers. */
static bool refuse(struct thread *self, enum status status)
{
	if (!self->faulted)
		fail(&self->frame, status);
	return false;
}

/* ---- sending ---- */

/* The receiver that waits longest, now owned by this processor; null: none waits. */
static FORCE_INLINE struct thread *take_receiver(struct endpoint *endpoint)
{
	struct thread *receiver = thread_queue_pop(&endpoint->receivers);

	if (receiver != nullptr)
		receiver->endpoint = nullptr;
	return receiver;
}

/* Words and capabilities of the running thread for a receiver that it owns. */
static FORCE_INLINE enum status fill(struct thread *receiver, struct thread *self, u64 badge, u64 info, u32 kind)
{
	if (UNLIKELY(self->faulted))
		message_copy_fault(receiver, self);
	else
		message_copy_registers(receiver, self, msg_info_words(info));
	if (UNLIKELY(!message_is_short(info))) {
		enum status status = message_copy_rest(receiver, self, info);

		if (status != STATUS_OK)
			return status;
	}
	message_finish(receiver, badge, info, kind);
	return STATUS_OK;
}

/* Delivers from a sender that this processor has taken out of the queue. False: it could not be;
 * the sender has been told. */
static bool accept(struct thread *self, struct endpoint *endpoint, struct thread *sender, struct reply *reply)
{
	u64 info = sender->frame.arg1;
	u32 kind = sender->sent_call ? MSG_KIND_CALL : MSG_KIND_SEND;

	if (sender->faulted) {
		info = msg_info_make(0, FAULT_WORDS, 0, 0, 0);
		kind = MSG_KIND_NOTE_FAULT;
	}
	enum status status = fill(self, sender, sender->sent_badge, info, kind);

	if (status != STATUS_OK) {
		thread_abandon_wait(sender, status);
		return false;
	}
	event_message(self->object.id, msg_info_label(info), endpoint->object.id, kind);
	if (!sender->sent_call) {
		thread_finish_wait(sender, STATUS_OK, 0);
		reply_unclaim(reply);
		return true;
	}
	self->reply = reply;
	enum reply_bind bound = reply_bind(self, sender, 0, false);

	if (bound == REPLY_BOUND)
		return true;
	if (bound == REPLY_GONE) {
		message_peer_died(sender);
		fail(&self->frame, STATUS_DEAD);
		return true;
	}
	thread_abandon_wait(sender, STATUS_CANCELLED);
	return false;
}

/* Takes what waits at the endpoint. True: the running thread has its message. With the endpoint's
 * lock held, which is released if something was there. */
static bool take_pending(struct thread *self, struct endpoint *endpoint, struct reply *reply)
{
	while (UNLIKELY(note_pending(endpoint))) {
		if (note_take(endpoint, self)) {
			lock_release(&endpoint->lock);
			reply_unclaim(reply);
			return true;
		}
		struct thread *sender = thread_queue_pop(&endpoint->senders);

		if (sender == nullptr)
			return false;
		sender->endpoint = nullptr;
		lock_release(&endpoint->lock);
		if (accept(self, endpoint, sender, reply))
			return true;
		lock_take(&endpoint->lock);
	}
	return false;
}

/* A receiver that was taken to get a message which then could not be sent goes back; whatever came
 * meanwhile, and found nobody waiting, is its first. */
static void put_back(struct endpoint *endpoint, struct thread *receiver)
{
	struct reply *reply = receiver->reply;

	lock_take(&endpoint->lock);
	bool dead = endpoint->object.dead || reply->object.dead;

	if (!dead && take_pending(receiver, endpoint, reply)) {
		sched_wake(receiver);
		return;
	}
	receiver->endpoint = endpoint;
	bool waits = !dead && thread_go_on_waiting(receiver, THREAD_STATE_RECEIVING);

	if (waits)
		thread_queue_push(&endpoint->receivers, receiver);
	else
		receiver->endpoint = nullptr;
	lock_release(&endpoint->lock);
	if (!waits) {
		reply_unclaim(reply);
		thread_finish_wait(receiver, dead ? STATUS_DEAD : STATUS_CANCELLED, 0);
	}
}

static bool wait_as_sender(struct endpoint *endpoint, struct thread *self, u64 badge, u64 deadline_ns, bool call)
{
	if (deadline_ns == 0) {
		lock_release(&endpoint->lock);
		return refuse(self, STATUS_WOULD_BLOCK);
	}
	event_block(THREAD_STATE_SENDING, endpoint->object.id, deadline_ns);
	self->endpoint = endpoint; /* before it can be found waiting: whoever cancels it goes by this */
	if (!thread_begin_wait(self, THREAD_STATE_SENDING, deadline_ns)) {
		self->endpoint = nullptr;
		lock_release(&endpoint->lock);
		return refuse(self, STATUS_CANCELLED);
	}
	self->sent_badge = badge;
	self->sent_call = call;
	thread_queue_push(&endpoint->senders, self);
	lock_release(&endpoint->lock);
	return true;
}

bool send_call(struct thread *self, struct endpoint *endpoint, u64 badge, u64 info, u32 kind, u64 deadline_ns)
{
	lock_take(&endpoint->lock);
	if (UNLIKELY(endpoint->object.dead)) {
		lock_release(&endpoint->lock);
		return refuse(self, STATUS_DEAD);
	}
	struct thread *receiver = take_receiver(endpoint);

	if (UNLIKELY(receiver == nullptr))
		return wait_as_sender(endpoint, self, badge, deadline_ns, true);
	lock_release(&endpoint->lock);
	enum status status = fill(receiver, self, badge, info, kind);

	if (UNLIKELY(status != STATUS_OK)) {
		put_back(endpoint, receiver);
		return refuse(self, status);
	}
	enum reply_bind bound = reply_bind(receiver, self, deadline_ns, true);

	if (UNLIKELY(bound != REPLY_BOUND)) {
		if (bound == REPLY_GONE)
			thread_finish_wait(receiver, STATUS_DEAD, 0);
		else
			put_back(endpoint, receiver);
		return refuse(self, bound == REPLY_GONE ? STATUS_PEER_DIED : STATUS_CANCELLED);
	}
	event_message(receiver->object.id, msg_info_label(info), endpoint->object.id, kind);
	(void)alarm_cancel(&receiver->alarm);
	sched_switch_to(receiver, SWITCH_REASON_CALL);
	return true;
}

/* Checks what call and send have in common. False: the caller has been told. */
static bool resolve_send(struct thread *self, struct hal_frame *frame, struct cap *cap)
{
	enum status status = message_check(frame->arg1);

	if (status == STATUS_OK)
		status = cap_resolve_full(self->process, low_handle(frame->arg0), OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, cap);
	if (status != STATUS_OK)
		fail(frame, status);
	return status == STATUS_OK;
}

void syscall_call(struct thread *self, struct hal_frame *frame)
{
	struct cap cap;

	if (!resolve_send(self, frame, &cap))
		return;
	(void)send_call(self, object_as_endpoint(cap.object), cap.value, frame->arg1, MSG_KIND_CALL, frame->deadline);
}

void syscall_send(struct thread *self, struct hal_frame *frame)
{
	struct cap cap;
	u64 info = frame->arg1;

	if (!resolve_send(self, frame, &cap))
		return;
	struct endpoint *endpoint = object_as_endpoint(cap.object);

	lock_take(&endpoint->lock);
	if (endpoint->object.dead) {
		lock_release(&endpoint->lock);
		fail(frame, STATUS_DEAD);
		return;
	}
	struct thread *receiver = take_receiver(endpoint);

	if (receiver == nullptr) {
		if (note_enqueue(endpoint, self, cap.value, info)) {
			lock_release(&endpoint->lock);
			frame->status = STATUS_OK;
			return;
		}
		(void)wait_as_sender(endpoint, self, cap.value, frame->deadline, false);
		return;
	}
	lock_release(&endpoint->lock);
	enum status status = fill(receiver, self, cap.value, info, MSG_KIND_SEND);

	fail(frame, status);
	if (status != STATUS_OK) {
		put_back(endpoint, receiver);
		return;
	}
	event_message(receiver->object.id, msg_info_label(info), endpoint->object.id, MSG_KIND_SEND);
	reply_unclaim(receiver->reply);
	sched_wake(receiver);
}

/* ---- receiving ---- */

/* Turns the running thread into a waiting receiver. False: it is being killed, or the reply object is
 * gone (INV-REPLY-RECEIVER). With the endpoint's lock held. */
static bool wait_as_receiver(struct thread *self, struct endpoint *endpoint, struct reply *reply)
{
	u64 deadline_ns = self->frame.deadline;

	event_block(THREAD_STATE_RECEIVING, endpoint->object.id, deadline_ns);
	self->endpoint = endpoint;
	self->reply = reply;
	if (UNLIKELY(reply->object.dead || !thread_begin_wait(self, THREAD_STATE_RECEIVING, deadline_ns))) {
		self->endpoint = nullptr;
		return false;
	}
	thread_queue_push(&endpoint->receivers, self);
	return true;
}

/* Waits for a message; `next`, if not null, is a thread to switch to meanwhile. */
static void receive(struct thread *self, struct endpoint *endpoint, struct reply *reply, struct thread *next)
{
	struct hal_frame *frame = &self->frame;

	lock_take(&endpoint->lock);
	if (UNLIKELY(endpoint->object.dead)) {
		lock_release(&endpoint->lock);
		reply_unclaim(reply);
		fail(frame, STATUS_DEAD);
	} else if (UNLIKELY(take_pending(self, endpoint, reply))) {
		/* the message is in the registers */
	} else if (UNLIKELY(frame->deadline == 0)) {
		lock_release(&endpoint->lock);
		reply_unclaim(reply);
		fail(frame, STATUS_WOULD_BLOCK);
	} else if (UNLIKELY(!wait_as_receiver(self, endpoint, reply))) {
		lock_release(&endpoint->lock);
		reply_unclaim(reply);
		fail(frame, reply->object.dead ? STATUS_DEAD : STATUS_CANCELLED);
	} else {
		lock_release(&endpoint->lock);
		if (LIKELY(next != nullptr)) {
			(void)alarm_cancel(&next->alarm);
			sched_switch_to(next, SWITCH_REASON_REPLY);
		}
		return;
	}
	if (next != nullptr)
		sched_wake(next);
}

/* Both handles of a receive. */
static FORCE_INLINE enum status resolve_pair(struct thread *self, u64 handles, struct endpoint **endpoint,
	struct reply **reply)
{
	struct cap cap;
	enum status status = cap_resolve_full(self->process, low_handle(handles), OBJECT_ENDPOINT, ENDPOINT_RIGHT_RECEIVE,
		&cap);

	if (UNLIKELY(status != STATUS_OK))
		return status;
	*endpoint = object_as_endpoint(cap.object);
	status = cap_resolve_full(self->process, high_handle(handles), OBJECT_REPLY, REPLY_RIGHT_USE, &cap);
	if (LIKELY(status == STATUS_OK))
		*reply = object_as_reply(cap.object);
	return status;
}

void syscall_receive(struct thread *self, struct hal_frame *frame)
{
	struct endpoint *endpoint = nullptr;
	struct reply *reply = nullptr;
	enum status status = resolve_pair(self, frame->arg0, &endpoint, &reply);

	if (status == STATUS_OK && !reply_claim(reply, self))
		status = STATUS_BUSY;
	if (status != STATUS_OK) {
		fail(frame, status);
		return;
	}
	activity_return(self);
	receive(self, endpoint, reply, nullptr);
}

/* ---- answering ---- */

/* Gives the running thread's message to a caller it owns. False: the caller needs no waking by
 * the one who answers. */
static FORCE_INLINE bool answer(struct thread *self, struct thread *caller, u64 info, enum status *status)
{
	if (UNLIKELY(caller->faulted)) {
		caller->faulted = false;
		if (msg_info_label(info) != STATUS_OK)
			process_end(caller->process, caller->fault[0], EXIT_REASON_FAULTED);
		return true; /* its registers are those of the fault */
	}
	message_copy_registers(caller, self, msg_info_words(info));
	if (UNLIKELY(!message_is_short(info))) {
		*status = message_copy_rest(caller, self, info);
		if (*status != STATUS_OK) {
			thread_finish_wait(caller, *status, 0);
			return false;
		}
	}
	event_reply(caller->object.id, msg_info_label(info));
	message_finish(caller, 0, info, MSG_KIND_SEND);
	return true;
}

void syscall_reply(struct thread *self, struct hal_frame *frame)
{
	struct cap cap;
	u64 info = frame->arg1;
	enum status status = message_check(info);

	if (status == STATUS_OK)
		status = cap_resolve_full(self->process, high_handle(frame->arg0), OBJECT_REPLY, REPLY_RIGHT_USE, &cap);
	if (status != STATUS_OK) {
		fail(frame, status);
		return;
	}
	struct thread *caller = reply_take(self, object_as_reply(cap.object), false);

	if (caller == nullptr) {
		fail(frame, STATUS_PEER_DIED);
		return;
	}
	if (answer(self, caller, info, &status))
		sched_wake(caller);
	fail(frame, status);
}

void syscall_reply_receive(struct thread *self, struct hal_frame *frame)
{
	struct endpoint *endpoint = nullptr;
	struct reply *reply = nullptr;
	u64 info = frame->arg1;
	enum status status = message_check(info);

	if (LIKELY(status == STATUS_OK))
		status = resolve_pair(self, frame->arg0, &endpoint, &reply);
	if (UNLIKELY(status != STATUS_OK)) {
		fail(frame, status);
		return;
	}
	struct thread *caller = reply_take(self, reply, true);

	if (UNLIKELY(reply->receiver != self)) {
		if (caller != nullptr && answer(self, caller, info, &status))
			sched_wake(caller);
		fail(frame, STATUS_BUSY);
		return;
	}
	if (UNLIKELY(caller == nullptr)) {
		/* Nobody waits for the answer any more: the receive alone is left. */
	} else if (!answer(self, caller, info, &status)) {
		reply_unclaim(reply);
		fail(frame, status);
		return;
	}
	activity_return(self);
	receive(self, endpoint, reply, caller);
}
