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
#include "abi/syscalls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/send.h"
#include "kernel/core/ipc/servers.h"
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

/* Makes a sender's call once more when the thread runs next: its registers are as they were. */
static void send_again(struct thread *sender, bool call)
{
	hal_frame_restart(&sender->frame, call ? SYSCALL_CALL : SYSCALL_SEND);
}

/* The running thread's message was not sent. A faulted thread keeps its registers. */
static enum status refuse(struct thread *self, enum status status)
{
	if (!thread_faulted(self))
		fail(&self->frame, status);
	return status;
}

/* ---- sending ---- */

/* Words and capabilities of a sender for a receiver, both owned by this processor; the capabilities are
 * transferred when nothing can fail any more. */
static FORCE_INLINE enum status fill(struct thread *receiver, struct thread *self, u64 badge, u64 info, u32 kind,
	struct transfer *transfer)
{
	transfer->count = 0;
	if (UNLIKELY((self->traits & (THREAD_FAULTED | THREAD_FORWARDED)) != 0))
		message_copy_fault(receiver, self);
	else
		message_copy_registers(receiver, self, msg_info_words(info));
	if (UNLIKELY(!message_is_short(info))) {
		enum status status = message_prepare_rest(receiver, self, info, transfer);

		if (status != STATUS_OK)
			return status;
	}
	message_finish(receiver, badge, msg_info_set_kind(info, kind));
	return STATUS_OK;
}

/* Delivers from a sender that this processor has taken out of the queue. False: it could not be;
 * the sender has been told. */
static bool accept(struct thread *self, struct endpoint *endpoint, struct thread *sender, struct reply *reply)
{
	struct transfer transfer;
	u64 info = (sender->traits & THREAD_FORWARDED) != 0 ? sender->sent_info : sender->frame.arg1;
	u32 kind = sender->sent_call ? MSG_KIND_CALL : MSG_KIND_SEND;

	if (thread_faulted(sender)) {
		info = msg_info_make(0, FAULT_WORDS, 0, 0, 0);
		kind = MSG_KIND_NOTE_FAULT;
	}
	enum status status = fill(self, sender, sender->sent_badge, info, kind, &transfer);

	if (UNLIKELY(sweep_goes_on(status))) {
		send_again(sender, sender->sent_call);
		sched_wake(sender);
		return false;
	}
	if (status != STATUS_OK) {
		thread_abandon_wait(sender, status);
		return false;
	}
	event_message(sender, self->object.id, msg_info_label(info), endpoint->object.id, kind);
	if (!sender->sent_call) {
		transfer_commit(self, sender, &transfer);
		thread_finish_wait(sender, STATUS_OK, 0);
		reply_unclaim(reply);
		return true;
	}
	self->reply = reply;
	enum reply_bind bound = reply_bind(self, sender, 0, false);

	if (bound == REPLY_BOUND) {
		transfer_commit(self, sender, &transfer);
		return true;
	}
	transfer_abandon(self, &transfer);
	if (bound == REPLY_GONE) {
		message_peer_died(sender);
		fail(&self->frame, STATUS_DEAD);
		return true;
	}
	thread_abandon_wait(sender, bound == REPLY_CALLER_REVOKED ? STATUS_REVOKED : thread_why_stopped(sender));
	return false;
}

/* Senders whose message cannot be delivered that one stay in the kernel goes through. */
enum : u32 { ACCEPT_ATTEMPTS = 8 };

enum pending : u32 { PENDING_NONE, PENDING_TAKEN, PENDING_MORE };

/* Takes what waits at the endpoint for the running thread. With the endpoint's lock held, which is released
 * for a while: the endpoint may die then, and what waits there belongs to whoever closes it. PENDING_MORE:
 * nothing was taken yet, and others should have their turn. */
static enum pending take_pending(struct thread *self, struct endpoint *endpoint, struct reply *reply)
{
	for (u32 attempt = 0; attempt < ACCEPT_ATTEMPTS; attempt++) {
		if (UNLIKELY(endpoint->object.dead) || LIKELY(!note_pending(endpoint)))
			return PENDING_NONE;
		if (note_take(endpoint, self)) {
			event_note(self, endpoint->object.id, msg_info_kind(self->frame.arg1), self->frame.arg0);
			reply_unclaim(reply);
			return PENDING_TAKEN;
		}
		struct thread *sender = senders_take(endpoint);

		if (sender == nullptr)
			return PENDING_NONE;
		lock_release(&endpoint->lock);
		bool accepted = accept(self, endpoint, sender, reply);

		lock_take(&endpoint->lock);
		if (accepted)
			return PENDING_TAKEN;
	}
	return PENDING_MORE;
}

/* Makes a receiver's call, or the receiving half of it, once more when the thread runs next. */
static void receive_again(struct thread *receiver, struct reply *reply)
{
	reply_unclaim(reply);
	receiver->frame.arg0 = receiver->through;
	hal_frame_restart(&receiver->frame, SYSCALL_RECEIVE);
}

void send_back(struct thread *receiver)
{
	receive_again(receiver, receiver->reply);
	sched_wake(receiver);
}

/* Whether a receiver's capabilities still let it wait. With the endpoint's lock held. */
static enum status may_receive(const struct thread *receiver, const struct endpoint *endpoint, const struct reply *reply)
{
	enum status status = thread_may_wait(receiver, &endpoint->object);

	return status != STATUS_OK ? status : cap_still_names(receiver->process, receiver->through >> 32, &reply->object);
}

/* Nobody comes to wait at an endpoint that is closed: nobody may receive there any more (INV-RECEIVABLE). */
static enum status wait_as_sender(struct endpoint *endpoint, struct thread *self, u64 badge, u64 deadline_ns, bool call)
{
	enum status status = deadline_ns != 0 ? thread_may_wait(self, &endpoint->object) : STATUS_WOULD_BLOCK;

	if (UNLIKELY(!receivable(endpoint)))
		status = STATUS_DEAD;
	if (status != STATUS_OK) {
		lock_release(&endpoint->lock);
		return refuse(self, status);
	}
	event_block(self, THREAD_STATE_SENDING, endpoint->object.id, deadline_ns);
	self->endpoint = endpoint; /* before it can be found waiting: whoever cancels it goes by this */
	if (!thread_begin_wait(self, THREAD_STATE_SENDING, deadline_ns)) {
		self->endpoint = nullptr;
		lock_release(&endpoint->lock);
		return refuse(self, STATUS_CANCELLED);
	}
	self->sent_badge = badge;
	self->sent_call = call;
	senders_add(endpoint, self);
	servers_raise(endpoint);
	lock_release(&endpoint->lock);
	return STATUS_OK;
}

/* What a caller learns that could not be bound. */
static enum status unbound_status(enum reply_bind bound)
{
	if (bound == REPLY_GONE)
		return STATUS_PEER_DIED;
	return bound == REPLY_CALLER_REVOKED ? STATUS_REVOKED : STATUS_CANCELLED;
}

enum status send_call(struct thread *self, struct endpoint *endpoint, u64 badge, u64 info, u32 kind, u64 deadline_ns)
{
	lock_take(&endpoint->lock);
	struct thread *receiver = endpoint_take_receiver(endpoint);

	if (UNLIKELY(receiver == nullptr))
		return wait_as_sender(endpoint, self, badge, deadline_ns, true);
	lock_release(&endpoint->lock);
	struct transfer transfer;
	enum status status = fill(receiver, self, badge, info, kind, &transfer);

	if (UNLIKELY(status != STATUS_OK)) {
		bool again = sweep_goes_on(status);

		send_back(receiver);
		if (!again)
			return refuse(self, status);
		send_again(self, true);
		return STATUS_OK;
	}
	enum reply_bind bound = reply_bind(receiver, self, deadline_ns, true);

	if (UNLIKELY(bound != REPLY_BOUND)) {
		transfer_abandon(receiver, &transfer);
		if (bound == REPLY_GONE)
			thread_finish_wait(receiver, STATUS_DEAD, 0);
		else
			send_back(receiver);
		return refuse(self, unbound_status(bound));
	}
	inherit_moved(receiver);
	transfer_commit(receiver, self, &transfer);
	event_message(self, receiver->object.id, msg_info_label(info), endpoint->object.id, kind);
	thread_end_alarm(receiver);
	sched_switch_to(receiver, SWITCH_REASON_CALL);
	return STATUS_OK;
}

/* Checks what call and send have in common. False: the caller has been told. */
static bool resolve_send(struct thread *self, struct hal_frame *frame, struct cap *cap)
{
	enum status status = message_check(frame->arg1);

	if (status == STATUS_OK)
		status = cap_resolve_full(self->process, low_handle(frame->arg0), OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, cap);
	self->through = frame->arg0;
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
	struct thread *receiver = endpoint_take_receiver(endpoint);

	if (receiver == nullptr) {
		if (receivable(endpoint) && note_enqueue(endpoint, self, cap.value, info)) {
			event_message(self, 0, msg_info_label(info), endpoint->object.id, MSG_KIND_SEND);
			lock_release(&endpoint->lock);
			frame->status = STATUS_OK;
			return;
		}
		(void)wait_as_sender(endpoint, self, cap.value, frame->deadline, false);
		return;
	}
	lock_release(&endpoint->lock);
	struct transfer transfer;
	enum status status = fill(receiver, self, cap.value, info, MSG_KIND_SEND, &transfer);

	if (status != STATUS_OK) {
		if (sweep_goes_on(status))
			send_again(self, false);
		else
			fail(frame, status);
		send_back(receiver);
		return;
	}
	fail(frame, STATUS_OK);
	transfer_commit(receiver, self, &transfer);
	event_message(self, receiver->object.id, msg_info_label(info), endpoint->object.id, MSG_KIND_SEND);
	reply_unclaim(receiver->reply);
	sched_wake(receiver);
}

/* ---- receiving ---- */

/* Turns the running thread into a waiting receiver, or says why not: it is being killed, the reply object
 * is gone (INV-REPLY-RECEIVER), a capability is revoked. With the endpoint's lock held. */
static enum status wait_as_receiver(struct thread *self, struct endpoint *endpoint, struct reply *reply)
{
	u64 deadline_ns = self->frame.deadline;

	if (UNLIKELY(deadline_ns == 0))
		return STATUS_WOULD_BLOCK;
	event_block(self, THREAD_STATE_RECEIVING, endpoint->object.id, deadline_ns);
	self->reply = reply;
	atomic_store(&self->endpoint, endpoint);
	atomic_fence(); /* whoever ends the reply object finds the wait, or is seen here: INV-REPLY-RECEIVER */
	enum status status = reply->object.dead ? STATUS_DEAD : may_receive(self, endpoint, reply);

	if (status == STATUS_OK && !thread_begin_wait(self, THREAD_STATE_RECEIVING, deadline_ns))
		status = STATUS_CANCELLED;
	if (UNLIKELY(status != STATUS_OK)) {
		self->endpoint = nullptr;
		return status;
	}
	thread_queue_push(&endpoint->receivers, self);
	return STATUS_OK;
}

/* False: the running thread has its message, or has been told why it gets none. */
static bool receive_or_wait(struct thread *self, struct endpoint *endpoint, struct reply *reply)
{
	lock_take(&endpoint->lock);
	enum pending pending = take_pending(self, endpoint, reply);
	enum status status = STATUS_OK;

	if (pending == PENDING_NONE)
		status = endpoint->object.dead ? STATUS_DEAD : wait_as_receiver(self, endpoint, reply);
	servers_refresh(endpoint); /* another may be the first to wait now, and another's activity what runs */
	lock_release(&endpoint->lock);
	if (LIKELY(status == STATUS_OK && pending == PENDING_NONE))
		return true;
	if (UNLIKELY(pending == PENDING_MORE)) {
		receive_again(self, reply);
	} else if (status != STATUS_OK) {
		reply_unclaim(reply);
		fail(&self->frame, status);
	}
	return false;
}

/* Waits for a message; `next`, if not null, is a thread to switch to meanwhile. */
static void receive(struct thread *self, struct endpoint *endpoint, struct reply *reply, struct thread *next)
{
	bool waits = false;

	if (UNLIKELY(self->note != nullptr))
		note_settle(self, true);
	if (UNLIKELY(self->serves != endpoint))
		server_join(self, endpoint);
	word_owner_moved(self); /* its own activity inherits now */
	if (LIKELY(reply->endpoint == endpoint || reply_attach(reply, endpoint))) {
		waits = receive_or_wait(self, endpoint, reply);
	} else {
		reply_unclaim(reply);
		fail(&self->frame, STATUS_DEAD);
	}
	if (UNLIKELY(!waits))
		word_owner_moved(self); /* and now that of a caller */
	if (next == nullptr)
		return;
	if (UNLIKELY(!waits)) {
		sched_wake(next);
		return;
	}
	thread_end_alarm(next);
	sched_switch_to(next, SWITCH_REASON_REPLY);
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
	self->through = handles;
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
	if (UNLIKELY(thread_faulted(caller))) {
		caller->traits &= ~(u32)THREAD_FAULTED;
		if (msg_info_label(info) != STATUS_OK)
			process_end(caller->process, caller->fault[0], EXIT_REASON_FAULTED);
		return true; /* its registers are those of the fault */
	}
	thread_end_forward(caller);
	message_copy_registers(caller, self, msg_info_words(info));
	if (UNLIKELY(!message_is_short(info))) {
		struct transfer transfer = { .count = 0 };

		*status = message_prepare_rest(caller, self, info, &transfer);
		if (*status != STATUS_OK) {
			thread_finish_wait(caller, *status, 0);
			return false;
		}
		transfer_commit(caller, self, &transfer);
	}
	message_finish(caller, 0, msg_info_set_kind(info, MSG_KIND_SEND));
	return true;
}

/* Room for the answer's capabilities is looked for while the caller can still be left waiting. False: the call is
 * to be made again. */
static bool may_answer_now(struct hal_frame *frame, struct reply *reply)
{
	u32 caps = (u32)msg_info_caps(frame->arg1);

	if (LIKELY(caps == 0))
		return true;
	lock_take(&reply->lock);
	struct process *process = reply->caller != nullptr ? reply->caller->process : nullptr;

	lock_release(&reply->lock);
	if (process == nullptr || !sweep_goes_on(cap_may_reserve(process, caps)))
		return true;
	hal_frame_restart(frame, frame->status);
	return false;
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
	if (!may_answer_now(frame, object_as_reply(cap.object)))
		return;
	struct thread *caller = reply_take(self, object_as_reply(cap.object), false);

	inherit_moved(self);
	if (caller == nullptr)
		status = STATUS_PEER_DIED;
	else if (answer(self, caller, info, &status))
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
	if (UNLIKELY(!may_answer_now(frame, reply)))
		return;
	struct thread *caller = reply_take(self, reply, true);

	if (UNLIKELY(reply->receiver != self)) {
		inherit_moved(self);
		if (caller != nullptr && answer(self, caller, info, &status))
			sched_wake(caller);
		fail(frame, STATUS_BUSY);
		return;
	}
	if (UNLIKELY(caller == nullptr)) {
		/* Nobody waits for the answer any more: the receive alone is left. */
	} else if (!answer(self, caller, info, &status)) {
		inherit_moved(self);
		reply_unclaim(reply);
		fail(frame, status);
		return;
	}
	activity_return(self);
	receive(self, endpoint, reply, caller);
}
