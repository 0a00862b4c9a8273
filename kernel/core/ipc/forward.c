/* SPDX-License-Identifier: Apache-2.0
 *
 * Forwarding: a server hands a call on and is out of the way of its answer.
 *
 * The caller becomes a sender at the other endpoint. From there on all is as if it had called itself; but that it may wait
 * there is by the forwarder's capability. The forwarder's message is kept beside the caller's registers and message
 * buffer, which are its process' to read and to change: so it is no longer than registers are.
 */
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/ipc/receivable.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/send.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/sched.h"
#include "kernel/raw/downcast.h"

struct forward {
	struct endpoint *to;
	struct reply *reply;
	u64 badge, info;
};

/* Everything that the registers say. */
static enum status resolve(struct thread *self, const struct hal_frame *frame, struct forward *forward)
{
	struct cap cap;

	if (msg_info_words(frame->arg1) > FAULT_WORDS)
		return STATUS_TOO_LONG;
	enum status status = cap_resolve_full(self->process, (handle_t){ (u32)frame->arg0 }, OBJECT_ENDPOINT,
		ENDPOINT_RIGHT_SEND, &cap);
	if (status != STATUS_OK)
		return status;
	forward->to = object_as_endpoint(cap.object);
	forward->badge = cap.value;
	forward->info = frame->arg1;
	status = cap_resolve_full(self->process, (handle_t){ (u32)(frame->arg0 >> 32) }, OBJECT_REPLY, REPLY_RIGHT_USE, &cap);
	if (status != STATUS_OK)
		return status;
	forward->reply = object_as_reply(cap.object);
	if (msg_info_caps(forward->info) != 0)
		return STATUS_INVALID;
	return forward->to->object.dead ? STATUS_DEAD : STATUS_OK;
}

/* The message, and the authority it is sent with, as if the caller had both. */
static void rewrite(struct thread *caller, struct thread *self, const struct forward *forward)
{
	u64 words = msg_info_words(forward->info);

	for (u32 i = 0; i < FAULT_WORDS; i++)
		caller->fault[i] = i < words ? self->frame.word[i] : 0;
	caller->sent_info = msg_info_set_buffers(forward->info, msg_info_buffers(caller->frame.arg1));
	thread_end_forward(caller);
	object_ref(&self->process->object);
	caller->forwarder = self->process;
	caller->through = self->frame.arg0;
	caller->traits |= THREAD_FORWARDED;
	caller->sent_badge = forward->badge;
	caller->sent_call = true;
}

/* Queues a caller that this processor owns. Receivers that wait make their calls again, and one finds it. All of them:
 * one alone might be stopped before that, and the others would wait beside what they wait for. */
static void queue(struct thread *caller, struct endpoint *to)
{
	lock_take(&to->lock);
	caller->endpoint = to;
	enum status status = to->object.dead || !receivable(to) ? STATUS_PEER_DIED : thread_may_wait(caller, &to->object);

	if (status == STATUS_OK && !thread_go_on_waiting(caller, THREAD_STATE_SENDING))
		status = thread_why_stopped(caller);
	if (status == STATUS_OK) {
		for (struct thread *at; (at = endpoint_take_receiver(to)) != nullptr;)
			send_back(at);
		senders_add(to, caller);
		servers_refresh(to);
	} else {
		caller->endpoint = nullptr;
	}
	lock_release(&to->lock);
	if (status != STATUS_OK)
		thread_finish_wait(caller, status, 0);
}

void syscall_forward(struct thread *self, struct hal_frame *frame)
{
	struct forward forward = {};
	enum status status = resolve(self, frame, &forward);
	struct thread *caller = nullptr;

	if (status == STATUS_OK)
		status = reply_take_call(self, forward.reply, &caller);
	inherit_moved(self);
	if (status == STATUS_OK) {
		event_message(caller, 0, msg_info_label(forward.info), forward.to->object.id, MSG_KIND_CALL);
		rewrite(caller, self, &forward);
		queue(caller, forward.to);
	}
	frame->status = status;
	frame->arg0 = 0;
}
