/* SPDX-License-Identifier: Apache-2.0
 *
 * The fast path: a short message between a client and a server that waits for it, and back.
 *
 * What makes a message ordinary: at most eight words and no capabilities; no deadline; floating
 * point not in use; nobody is being killed; events of messages are not recorded; the server waits,
 * or the client does; nothing else waits at the endpoint. The checks come first and change
 * nothing. Then both threads change places: words are copied, the caller is bound to the reply
 * object, its activity goes over, and the processor is switched without asking the scheduler.
 *
 * The order of steps is the slow path's, and so are its reasons: see call.c, reply.c, thread.h.
 */
#include "kernel/core/ipc/fastpath.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/trace/trace.h"
#include "kernel/raw/downcast.h"

/* At most eight words and no capabilities; a kind left over from a message received does not count. */
static FORCE_INLINE bool ordinary_info(u64 info)
{
	u64 counts = msg_info_set_kind(msg_info_set_buffers(info, 0), 0) >> 32;

	return counts <= MESSAGE_REGISTER_WORDS;
}

static FORCE_INLINE bool ordinary_sender(const struct thread *self)
{
	return ordinary_info(self->frame.arg1) && self->frame.deadline == U64_MAX && self->traits == 0 &&
		!trace_on(EVENT_CLASS_SYSCALL | EVENT_CLASS_SCHED | EVENT_CLASS_IPC);
}

/* Nothing was revoked since the capabilities were looked up. Asked with the lock under which a revocation
 * would look for the wait that begins: INV-REVOKE. */
static FORCE_INLINE bool none_revoked(u64 seen) { return LIKELY(atomic_load(&lineage_revocations) == seen); }

/* A thread that can be switched to here and now: no floating point, no alarm to take back. */
static FORCE_INLINE bool ordinary_partner(const struct thread *partner)
{
	return partner->deadline_ns == U64_MAX && partner->traits == 0;
}

/* From running to waiting without a deadline; false if it is being killed or stopped. */
static FORCE_INLINE bool begin_wait(struct thread *self, enum thread_state state)
{
	self->deadline_ns = U64_MAX;
	(void)atomic_exchange(&self->state, state);
	atomic_fence_after_update(); /* either the flags are seen here, or whoever sets them sees the state */
	if (LIKELY(atomic_load(&self->flags) == 0))
		return true;
	self->state = THREAD_STATE_RUNNING;
	return false;
}

/* Exactly the words sent, so that no other register of the sender is seen. */
static FORCE_INLINE void copy_words(struct thread *to, const struct thread *from, u64 words)
{
	if (LIKELY(words == 0))
		return;
	if (words == 4 || words == 8) {
		for (u64 i = 0; i < 4; i++)
			to->frame.word[i] = from->frame.word[i];
		if (words == 4)
			return;
		for (u64 i = 4; i < 8; i++)
			to->frame.word[i] = from->frame.word[i];
		return;
	}
	message_copy_registers(to, from, words);
}

NORETURN static FORCE_INLINE void go(struct cpu *cpu, struct thread *next)
{
	sched_load(cpu, next);
	sched_leave_kernel_with(cpu, next);
	hal_user_enter();
}

HAL_ENTRY_CALL void fast_call(struct cpu *cpu, struct thread *self)
{
	struct object *object;
	u64 badge, info = self->frame.arg1, revocations = atomic_load_acquire(&lineage_revocations);

	if (UNLIKELY(!ordinary_sender(self)) ||
	    !cap_lookup(&self->process->caps, (u32)self->frame.arg0, OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, revocations,
		    &object, &badge))
		return;
	struct endpoint *endpoint = object_as_endpoint(object);

	lock_take(&endpoint->lock);
	struct thread *server = endpoint->receivers.first;

	if (UNLIKELY(server == nullptr || !ordinary_partner(server))) {
		lock_release(&endpoint->lock);
		return;
	}
	struct reply *reply = server->reply;

	lock_take(&reply->lock);
	self->awaiting = reply;
	self->through = self->frame.arg0;
	if (UNLIKELY(reply->object.dead || !none_revoked(revocations) || !begin_wait(self, THREAD_STATE_CALLING))) {
		lock_release(&reply->lock);
		lock_release(&endpoint->lock);
		return;
	}
	/* Nothing fails from here on. */
	thread_queue_pop(&endpoint->receivers);
	server->endpoint = nullptr;
	lock_release(&endpoint->lock);
	copy_words(server, self, msg_info_words(info));
	message_finish(server, badge, info, MSG_KIND_CALL);
	server->serving = reply->object.id;
	activity_lend(self, server);
	reply->receiver = nullptr;
	reply->caller = self;
	lock_release(&reply->lock);
	go(cpu, server);
}

/* The caller bound to a reply object, if it can be answered and switched to here and now. */
static FORCE_INLINE struct thread *ordinary_caller(const struct reply *reply, const struct thread *self)
{
	struct thread *caller = reply->caller;

	if (UNLIKELY(caller == nullptr || self->serving != reply->object.id || !ordinary_partner(caller)))
		return nullptr;
	return caller;
}

HAL_ENTRY_CALL void fast_reply_receive(struct cpu *cpu, struct thread *self)
{
	struct object *endpoint_object, *reply_object;
	u64 value, info = self->frame.arg1, revocations = atomic_load_acquire(&lineage_revocations);
	const struct cap_space *caps = &self->process->caps;

	if (UNLIKELY(!ordinary_sender(self)) ||
	    !cap_lookup(caps, (u32)self->frame.arg0, OBJECT_ENDPOINT, ENDPOINT_RIGHT_RECEIVE, revocations,
		    &endpoint_object, &value) ||
	    !cap_lookup(caps, (u32)(self->frame.arg0 >> 32), OBJECT_REPLY, REPLY_RIGHT_USE, revocations,
		    &reply_object, &value))
		return;
	struct endpoint *endpoint = object_as_endpoint(endpoint_object);
	struct reply *reply = object_as_reply(reply_object);

	lock_take(&endpoint->lock);
	lock_take(&reply->lock);
	struct thread *caller = ordinary_caller(reply, self);

	self->endpoint = endpoint;
	self->reply = reply;
	self->through = self->frame.arg0;
	if (UNLIKELY(caller == nullptr || endpoint->object.dead || note_pending(endpoint) ||
		     reply->endpoint != endpoint || !none_revoked(revocations) ||
		     !begin_wait(self, THREAD_STATE_RECEIVING) || reply->object.dead)) {
		self->state = THREAD_STATE_RUNNING;
		self->endpoint = nullptr;
		lock_release(&reply->lock);
		lock_release(&endpoint->lock);
		return;
	}
	/* Nothing fails from here on. */
	reply->caller = nullptr;
	reply->receiver = self;
	lock_release(&reply->lock);
	activity_return(self);
	copy_words(caller, self, msg_info_words(info));
	message_finish(caller, 0, info, MSG_KIND_SEND);
	thread_queue_push(&endpoint->receivers, self);
	lock_release(&endpoint->lock);
	go(cpu, caller);
}
