/* SPDX-License-Identifier: Apache-2.0
 *
 * Reply objects. See reply.h.
 */
#include "kernel/core/ipc/reply.h"
#include "abi/event_emit.h"
#include "abi/kernel_calls.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/process/process.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"

/* One buffer call copies at most this much, so that whoever cancels the caller waits briefly. */
enum : u64 { BUFFER_STEP_BYTES = 65536 };

enum reply_bind reply_bind(struct thread *receiver, struct thread *caller, u64 deadline_ns, bool running)
{
	struct reply *reply = receiver->reply;

	lock_take(&reply->lock);
	reply->receiver = nullptr;
	if (UNLIKELY(reply->object.dead)) {
		lock_release(&reply->lock);
		return REPLY_GONE;
	}
	caller->awaiting = reply;
	if (UNLIKELY(running ? !thread_begin_wait(caller, THREAD_STATE_CALLING, deadline_ns)
			     : !thread_go_on_waiting(caller, THREAD_STATE_CALLING))) {
		reply->receiver = receiver;
		lock_release(&reply->lock);
		return REPLY_CALLER_STOPS;
	}
	receiver->serving = reply;
	activity_lend(caller, receiver);
	reply->caller = caller;
	lock_release(&reply->lock);
	return REPLY_BOUND;
}

/* Takes what the object holds. With `claim` it is the caller's next receive's object. */
static FORCE_INLINE struct thread *take_locked(struct thread *self, struct reply *reply, bool claim,
	struct activity **lent)
{
	lock_take(&reply->lock);
	struct thread *caller = reply->caller;

	*lent = reply->lent;
	reply->caller = nullptr;
	reply->lent = nullptr;
	if (claim && LIKELY(reply->receiver == nullptr))
		reply->receiver = self;
	lock_release(&reply->lock);
	return caller;
}

/* Sends the activity home with the caller, from the thread that runs on it or from where it is
 * parked. */
static FORCE_INLINE void send_home(struct thread *self, struct reply *reply, struct thread *caller,
	struct activity *lent)
{
	if (LIKELY(self->serving == reply)) {
		if (self->activity != self->own)
			lent = self->activity;
		self->activity = self->own;
		self->serving = nullptr;
	}
	if (LIKELY(caller != nullptr))
		activity_give(caller, lent);
	else if (lent != nullptr)
		object_unref(&lent->object);
}

struct thread *reply_take(struct thread *self, struct reply *reply)
{
	struct activity *lent;
	struct thread *caller = take_locked(self, reply, false, &lent);

	send_home(self, reply, caller, lent);
	return caller;
}

struct thread *reply_take_and_claim(struct thread *self, struct reply *reply)
{
	struct activity *lent;
	struct thread *caller = take_locked(self, reply, true, &lent);

	send_home(self, reply, caller, lent);
	return caller;
}

void reply_park(struct thread *self)
{
	struct reply *reply = self->serving;
	struct activity *lent = self->activity;

	self->serving = nullptr;
	if (lent == self->own)
		return;
	self->activity = self->own;
	lock_take(&reply->lock);
	bool waits = reply->caller != nullptr;

	if (waits)
		reply->lent = lent;
	lock_release(&reply->lock);
	if (!waits)
		object_unref(&lent->object);
}

bool reply_claim(struct reply *reply, struct thread *receiver)
{
	lock_take(&reply->lock);
	bool idle = reply->caller == nullptr && reply->receiver == nullptr && !reply->object.dead;

	if (idle)
		reply->receiver = receiver;
	lock_release(&reply->lock);
	return idle;
}

void reply_unclaim(struct reply *reply)
{
	lock_take(&reply->lock);
	reply->receiver = nullptr;
	lock_release(&reply->lock);
}

bool reply_withdraw(struct thread *thread)
{
	struct reply *reply = thread->awaiting;

	lock_take(&reply->lock);
	bool mine = reply->caller == thread;

	if (mine)
		reply->caller = nullptr;
	lock_release(&reply->lock);
	return mine;
}

/* The last capability is gone: the caller will get no answer. A receiver that waits with it stays
 * in its queue; who calls it finds the object dead. */
bool reply_close(struct reply *reply)
{
	lock_take(&reply->lock);
	struct thread *caller = reply->caller;
	struct activity *lent = reply->lent;

	reply->caller = nullptr;
	reply->lent = nullptr;
	lock_release(&reply->lock);
	if (lent != nullptr)
		object_unref(&lent->object);
	if (caller != nullptr) {
		event_peer_died(caller->object.id, reply->object.id);
		message_peer_died(caller);
	}
	return true;
}

/* ---- system calls ---- */

struct sys_result syscall_reply_create(struct thread *self, struct group *group)
{
	struct object *object = nullptr;
	enum status status = object_create(OBJECT_REPLY, group, &object);

	if (status != STATUS_OK)
		return sys_fail(status);
	lock_init(&object_as_reply(object)->lock, LOCK_REPLY);
	return sys_new_handle(self, object, REPLY_RIGHTS_ALL, 0);
}

/* The declared buffer of a caller, from its message buffer. */
enum : u32 { WORD_IN_ADDRESS = 68, WORD_IN_BYTES, WORD_OUT_ADDRESS, WORD_OUT_BYTES };
static_assert(__builtin_offsetof(struct msg_buffer, in_address) == WORD_IN_ADDRESS * 8);
static_assert(__builtin_offsetof(struct msg_buffer, out_bytes) == WORD_OUT_BYTES * 8);

/* The part of the caller's buffer at `offset`, at most `bytes`. The lock is held. */
static enum status buffer_part(const struct reply *reply, u32 word, u64 offset, u64 *bytes, uaddr_t *at)
{
	const struct thread *caller = reply->caller;

	if (caller == nullptr || caller->faulted)
		return STATUS_PEER_DIED;
	if (!msg_info_buffers(caller->frame.arg1))
		return STATUS_RANGE;
	u64 address = *ELEM(caller->buffer->word, word), length = *ELEM(caller->buffer->word, word + 1);

	if (offset > length || ckd_add(&at->v, address, offset))
		return STATUS_RANGE;
	*bytes = min_u64(min_u64(*bytes, length - offset), BUFFER_STEP_BYTES);
	return STATUS_OK;
}

struct sys_result syscall_buffer_read(struct thread *self, struct reply *reply, u64 offset, struct user_span to)
{
	u64 bytes = to.bytes, copied = 0;
	uaddr_t from = {};

	lock_take(&reply->lock);
	enum status status = buffer_part(reply, WORD_IN_ADDRESS, offset, &bytes, &from);

	if (status == STATUS_OK)
		status = user_copy_across(reply->caller->process, from, self->process, to.at, bytes, &copied);
	lock_release(&reply->lock);
	return status == STATUS_OK ? sys_ok(copied) : sys_fail(status);
}

struct sys_result syscall_buffer_write(struct thread *self, struct reply *reply, u64 offset, struct user_span from)
{
	u64 bytes = from.bytes, copied = 0;
	uaddr_t to = {};

	lock_take(&reply->lock);
	enum status status = buffer_part(reply, WORD_OUT_ADDRESS, offset, &bytes, &to);

	if (status == STATUS_OK)
		status = user_copy_across(self->process, from.at, reply->caller->process, to, bytes, &copied);
	lock_release(&reply->lock);
	return status == STATUS_OK ? sys_ok(copied) : sys_fail(status);
}
