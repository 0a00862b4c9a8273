/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of a system call into the kernel, and the fast path: a message between a client and a server that waits for
 * it, and back.
 *
 * What makes a message ordinary: at most one capability, which is copied; no deadline; floating point not in use; nobody is being
 * killed; events of messages are not recorded; the server waits, or the client does; nothing else waits at the
 * endpoint. The checks come first and change nothing that lasts. Then both threads change places: words are copied, the
 * caller is bound to the reply object, its activity goes over, and the processor is switched without asking the
 * scheduler. All else is left to the long way (call.c), which does the same in the same order, and has the reasons: see
 * also reply.c, thread.h.
 *
 * WHY all of it is inline in core_syscall, but for what is rare: of some 200 instructions, each function would cost
 * five.
 */
#include "kernel/core/ipc/fastpath.h"
#include "abi/kernel_calls.h"
#include "abi/syscalls.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/trace/trace.h"
#include "kernel/hal/boot.h"
#include "kernel/raw/downcast.h"

/* ---- what is ordinary ---- */

/* What a message says it carries, in one number: how many words, if there is nothing else; then it is at most
 * MESSAGE_WORDS_MAX. For a call a kind that is left over from a message received is something else too, because it would
 * have to be taken out. */
static FORCE_INLINE u64 load_of_call(u64 info)
{
	return (info & msg_info_make(0, U64_MAX, U64_MAX, U64_MAX, 0)) >> 32;
}

static FORCE_INLINE u64 load_of_answer(u64 info)
{
	return (info & msg_info_make(0, U64_MAX, U64_MAX, 0, 0)) >> 32;
}

/* One capability and no more than all words. */
static FORCE_INLINE bool is_one_gift(u64 load)
{
	return load - (msg_info_make(0, 0, 1, 0, 0) >> 32) <= MESSAGE_WORDS_MAX;
}

/* No events of messages are recorded. */
static FORCE_INLINE bool unrecorded(void) { return !trace_on(EVENT_CLASS_SYSCALL | EVENT_CLASS_SCHED | EVENT_CLASS_IPC); }

static FORCE_INLINE bool ordinary_sender(const struct thread *self, u64 deadline_ns)
{
	return LIKELY(deadline_ns == U64_MAX) && LIKELY(self->traits == 0) && unrecorded();
}

/* A thread that can be switched to here and now: no floating point, no alarm to take back. */
static FORCE_INLINE bool ordinary_partner(const struct thread *partner) { return partner->traits == 0; }

/* ---- steps ---- */

/* The running thread is about to wait without a deadline (INV-ALARM: none is set), and is found by who looks for it at
 * `reply`, whose lock is then held. Taking the lock orders that before what is looked at next. */
static FORCE_INLINE void prepare_wait(struct thread *self, enum thread_state state, u64 through, struct reply *reply)
{
	self->through = through;
	atomic_store_release(&self->state, state);
	lock_take(&reply->lock);
	atomic_fence_after_update();
}

static FORCE_INLINE u64 revocations(void) { return atomic_load_acquire(&lineage_revocations); }

/* Whether it may wait: it is not being killed or stopped, or whoever does it sees the state; nobody waits for a word of it. */
static FORCE_INLINE bool may_wait(const struct thread *self) { return LIKELY(atomic_load(&self->flags) == 0); }

static FORCE_INLINE void copy_some(struct thread *to, const struct thread *from, const u64 words)
{
	for (u64 i = 0; i < words; i++)
		to->frame.word[i] = from->frame.word[i];
}

/* Exactly the words sent, so that no other register of the sender is seen. */
static FORCE_INLINE void copy_words(struct thread *to, const struct thread *from, u64 words)
{
	if (LIKELY(words == 0))
		return;
	if (words == 4)
		copy_some(to, from, 4);
	else if (words == 8)
		copy_some(to, from, 8);
	else
		message_copy_words(to, from, words);
}

NORETURN __attribute__((noinline)) static void leave_slowly(struct cpu *cpu)
{
	sched_leave_kernel(cpu);
	hal_user_enter();
}

/* To user mode with a thread that waited in a system call for a message, the words of which it has. A server runs on the
 * activity that ran before: who pays is the same. */
NORETURN static FORCE_INLINE void go(struct cpu *cpu, struct thread *next, u64 badge, u64 info, bool lent)
{
	sched_load(cpu, next);
	if (UNLIKELY((atomic_load(&next->flags) | cpu->attention) != 0) || (!lent && UNLIKELY(next->activity != cpu->payer))) {
		message_finish(next, badge, info);
		word_owner_moved(next); /* a server is on its caller's activity */
		leave_slowly(cpu);
	}
	sched_leave_grace(cpu);
	hal_user_return(badge, info);
}

/* ---- call ---- */

/* The server that waits at an endpoint, for a call of the running thread by a capability: it is this processor's then,
 * and the lock of its reply object is held, until `bind`. With `room` a place for a capability is reserved at it. Null:
 * it cannot be had here and now, and nothing has changed. */
static FORCE_INLINE struct thread *meet_server(struct thread *self, const struct cap *cap, u64 through, bool room,
	struct reply **bound)
{
	struct endpoint *endpoint = cap_as_endpoint(cap);

	lock_take(&endpoint->lock);
	struct thread *server = endpoint->receivers.first;

	if (UNLIKELY(server == nullptr || !ordinary_partner(server) || (room && !cap_reserve_at_hand_inline(server->process)))) {
		lock_release(&endpoint->lock);
		return nullptr;
	}
	struct reply *reply = server->reply;

	*bound = reply;
	self->awaiting = reply;
	prepare_wait(self, THREAD_STATE_CALLING, through, reply);
	if (UNLIKELY(!may_wait(self) || reply->object.dead || !cap_unrevoked(cap, revocations()))) {
		self->state = THREAD_STATE_RUNNING;
		lock_release(&reply->lock);
		lock_release(&endpoint->lock);
		if (room)
			cap_unreserve(server->process, 1);
		return nullptr;
	}
	/* Nothing fails from here on. */
	thread_queue_take(&endpoint->receivers, server);
	server->endpoint = nullptr;
	activity_lend(self, server); /* with that lock: whoever queues sees what the server runs on (sched/inherit.c) */
	lock_release(&endpoint->lock);
	return server;
}

/* The caller waits for the server's answer from here on, and the server runs on its activity. */
static FORCE_INLINE void bind(struct thread *self, struct thread *server, struct reply *reply)
{
	server->serving = reply->claim;
	reply->receiver = nullptr;
	reply->caller = self;
	lock_release(&reply->lock);
}

static FORCE_INLINE bool find_endpoint(const struct thread *self, u64 handle, struct cap *cap)
{
	return cap_lookup(&self->process->caps, (u32)handle, OBJECT_ENDPOINT, ENDPOINT_RIGHT_SEND, cap);
}

/* What the server is told of a call, whose message has no kind. */
static FORCE_INLINE u64 as_call(u64 info) { return info | msg_info_make(0, 0, 0, MSG_KIND_CALL, 0); }

/* With one capability. */
__attribute__((noinline)) static void call_with_gift(struct cpu *cpu, struct thread *self, u64 handle, u64 info)
{
	struct cap cap;
	struct gift gift;

	if (gift_is_moved(gift_half_word(self->buffer, GIFT_WORD_RIGHTS, 0)) || !find_endpoint(self, handle, &cap) ||
	    gift_take(self, 0, &gift) != STATUS_OK)
		return;
	struct reply *reply = nullptr;
	struct thread *server = meet_server(self, &cap, handle, true, &reply);

	if (server == nullptr) {
		cap_release_inline(&gift.cap);
		return;
	}
	copy_words(server, self, msg_info_words(info));
	bind(self, server, reply);
	gift_give(server, 0, &gift.cap);
	go(cpu, server, cap.value, as_call(info), true);
}

/* Like all of this, returns if it did nothing. */
static FORCE_INLINE void fast_call(struct cpu *cpu, struct thread *self, u64 deadline_ns, u64 handle, u64 info)
{
	struct cap cap;
	u64 words = load_of_call(info);

	if (UNLIKELY(!ordinary_sender(self, deadline_ns)))
		return;
	if (UNLIKELY(words > MESSAGE_WORDS_MAX)) {
		if (is_one_gift(words))
			call_with_gift(cpu, self, handle, info);
		return;
	}
	if (UNLIKELY(!find_endpoint(self, handle, &cap)))
		return;
	struct reply *reply = nullptr;
	struct thread *server = meet_server(self, &cap, handle, false, &reply);

	if (UNLIKELY(server == nullptr))
		return;
	copy_words(server, self, words);
	bind(self, server, reply);
	go(cpu, server, cap.value, as_call(info), true);
}

void fast_fault(struct cpu *cpu, struct thread *self)
{
	const struct cap *handler = &self->process->faults;

	if (!unrecorded() || self->traits != THREAD_FAULTED)
		return;
	struct reply *reply = nullptr;
	struct thread *server = meet_server(self, handler, 0, false, &reply);

	if (server == nullptr)
		return;
	message_copy_fault(server, self);
	bind(self, server, reply);
	go(cpu, server, handler->value, msg_info_make(0, FAULT_WORDS, 0, MSG_KIND_NOTE_FAULT, 0), true);
}

/* ---- reply_receive ---- */

/* A fault is answered by letting the thread go on with the registers it had. It came by an exception. */
NORETURN __attribute__((noinline)) static void resume_faulted(struct cpu *cpu, struct thread *caller)
{
	caller->traits = 0;
	sched_load(cpu, caller);
	leave_slowly(cpu);
}

/* The caller bound to a reply object, if it can be answered and switched to here and now. */
static FORCE_INLINE struct thread *ordinary_caller(const struct reply *reply, const struct thread *self, u64 info)
{
	struct thread *caller = reply->caller;

	if (UNLIKELY(caller == nullptr || self->serving != reply->claim))
		return nullptr;
	if (UNLIKELY(!ordinary_partner(caller)) && (caller->traits != THREAD_FAULTED || msg_info_label(info) != STATUS_OK))
		return nullptr;
	return caller;
}

/* It cannot be done here and now: the thread goes on, as if nothing had been tried. */
__attribute__((noinline)) static void stay(struct thread *self, struct endpoint *endpoint, struct reply *reply)
{
	self->state = THREAD_STATE_RUNNING;
	self->endpoint = nullptr;
	lock_release(&reply->lock);
	lock_release(&endpoint->lock);
	word_owner_moved(self); /* who looked meanwhile took it for a receiver */
}

static FORCE_INLINE void fast_reply_receive(struct cpu *cpu, struct thread *self, u64 deadline_ns, u64 handles, u64 info)
{
	struct cap from, with;
	const struct cap_space *caps = &self->process->caps;
	u64 words = load_of_answer(info);

	if (UNLIKELY(words > MESSAGE_WORDS_MAX) || UNLIKELY(!ordinary_sender(self, deadline_ns)) ||
	    !cap_lookup(caps, (u32)handles, OBJECT_ENDPOINT, ENDPOINT_RIGHT_RECEIVE, &from) ||
	    !cap_lookup(caps, (u32)(handles >> 32), OBJECT_REPLY, REPLY_RIGHT_USE, &with))
		return;
	struct endpoint *endpoint = cap_as_endpoint(&from);
	struct reply *reply = cap_as_reply(&with);

	lock_take(&endpoint->lock);
	self->endpoint = endpoint;
	self->reply = reply;
	prepare_wait(self, THREAD_STATE_RECEIVING, handles, reply);
	struct thread *caller = ordinary_caller(reply, self, info);
	u64 revoked = revocations();

	if (UNLIKELY(caller == nullptr || !may_wait(self) || endpoint->object.dead || note_may_be_pending(endpoint) ||
		     reply->endpoint != endpoint || reply->object.dead || !cap_unrevoked(&from, revoked) ||
		     !cap_unrevoked(&with, revoked))) {
		stay(self, endpoint, reply);
		return;
	}
	/* Nothing fails from here on. */
	reply->caller = nullptr;
	reply->receiver = self;
	lock_release(&reply->lock);
	activity_return(self);
	thread_queue_push(&endpoint->receivers, self);
	if (UNLIKELY(caller->traits != 0)) {
		lock_release(&endpoint->lock);
		resume_faulted(cpu, caller);
	}
	copy_words(caller, self, words);
	lock_release(&endpoint->lock);
	go(cpu, caller, 0, msg_info_set_kind(info, MSG_KIND_SEND), false);
}

/* ---- the way in ---- */

HAL_ENTRY_CALL void core_syscall(struct cpu *cpu, struct thread *self, u64 number, u64 deadline_ns, u64 arg0, u64 arg1)
{
	if (number == SYSCALL_CALL)
		fast_call(cpu, self, deadline_ns, arg0, arg1);
	else if (number == SYSCALL_REPLY_RECEIVE)
		fast_reply_receive(cpu, self, deadline_ns, arg0, arg1);
	self->frame.status = number; /* where a restart and the tracer find it */
	cpu->caller = self;
	struct sys_result result = syscall_dispatch(self, &self->frame, number);

	/* WHY found anew: handlers keep no register (HAL_HANDLER_CALL). */
	cpu = hal_this_cpu();
	syscall_finish(&cpu->caller->frame, result);
	sched_leave_kernel(cpu);
}
