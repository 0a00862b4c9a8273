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

enum reply_bind reply_bind(struct thread *receiver, struct thread *caller, u64 deadline_ns, bool running)
{
	struct reply *reply = receiver->reply;

	lock_take(&reply->lock);
	if (UNLIKELY(reply->object.dead || reply->endpoint == nullptr)) {
		lock_release(&reply->lock);
		return REPLY_GONE;
	}
	caller->awaiting = reply;
	if (UNLIKELY(thread_may_wait(caller, &reply->endpoint->object) != STATUS_OK)) {
		lock_release(&reply->lock);
		return REPLY_CALLER_REVOKED;
	}
	if (UNLIKELY(running ? !thread_begin_wait(caller, THREAD_STATE_CALLING, deadline_ns)
			     : !thread_go_on_waiting(caller, THREAD_STATE_CALLING))) {
		lock_release(&reply->lock);
		return REPLY_CALLER_STOPS;
	}
	activity_lend(caller, receiver);
	if (trace_on(EVENT_CLASS_IPC))
		trace_serves(receiver, caller);
	receiver->serving = reply->claim;
	reply->receiver = nullptr;
	reply->caller = caller;
	lock_release(&reply->lock);
	return REPLY_BOUND;
}

/* A thread that served a caller of it before is not taken for one that serves the next: it may have gone on
 * when its caller no longer waited. */
static void claim_for(struct reply *reply, struct thread *receiver)
{
	static u64 claims;

	reply->receiver = receiver;
	if (LIKELY(reply->claimer == receiver))
		return;
	reply->claimer = receiver;
	reply->claim = atomic_add(&claims, 1ull) + 1;
}

/* A caller has been taken out on behalf of self, which stops running on its activity if it served it. */
static FORCE_INLINE void taken(struct thread *self, const struct thread *caller, bool serves)
{
	if (LIKELY(caller != nullptr))
		event_reply(caller->object.id, msg_info_label(self->frame.arg1)); /* while it is on the caller's activity */
	if (LIKELY(serves))
		activity_return(self);
}

struct thread *reply_take(struct thread *self, struct reply *reply, bool claim)
{
	lock_take(&reply->lock);
	struct thread *caller = reply->caller;
	bool serves = self->serving == reply->claim;

	reply->caller = nullptr;
	if (claim && LIKELY(reply->receiver == nullptr && !reply->object.dead))
		claim_for(reply, self);
	lock_release(&reply->lock);
	taken(self, caller, serves);
	return caller;
}

/* WHY it looks with the lock held: another thread may answer the call meanwhile and receive a fault in its place. */
enum status reply_take_call(struct thread *self, struct reply *reply, struct thread **caller)
{
	lock_take(&reply->lock);
	struct thread *found = reply->caller;
	bool serves = self->serving == reply->claim, fault = found != nullptr && thread_faulted(found);

	if (!fault)
		reply->caller = nullptr;
	lock_release(&reply->lock);
	if (fault)
		return STATUS_INVALID;
	taken(self, found, serves);
	*caller = found;
	return found != nullptr ? STATUS_OK : STATUS_PEER_DIED;
}

bool reply_claim(struct reply *reply, struct thread *receiver)
{
	lock_take(&reply->lock);
	bool idle = reply->caller == nullptr && reply->receiver == nullptr && !reply->object.dead;

	if (idle)
		claim_for(reply, receiver);
	lock_release(&reply->lock);
	return idle;
}

void reply_unclaim(struct reply *reply)
{
	lock_take(&reply->lock);
	reply->receiver = nullptr;
	lock_release(&reply->lock);
}

/* ---- the endpoint's list ---- */

static void unlist(struct endpoint *endpoint, struct reply *reply)
{
	list_remove(&endpoint->replies, &reply->at_endpoint);
	atomic_store(&reply->endpoint, nullptr);
}

void reply_detach(struct reply *reply)
{
	struct endpoint *endpoint = atomic_load(&reply->endpoint);

	if (endpoint == nullptr)
		return;
	lock_take(&endpoint->lock);
	if (reply->endpoint == endpoint)
		unlist(endpoint, reply);
	lock_release(&endpoint->lock);
}

bool reply_attach(struct reply *reply, struct endpoint *endpoint)
{
	reply_detach(reply);
	lock_take(&endpoint->lock);
	list_push(&endpoint->replies, &reply->at_endpoint);
	atomic_store(&reply->endpoint, endpoint);
	atomic_fence(); /* whoever closes the object sees the list, or its death is seen here */
	bool alive = !endpoint->object.dead && !reply->object.dead;

	if (!alive)
		unlist(endpoint, reply);
	lock_release(&endpoint->lock);
	return alive;
}

bool reply_withdraw(struct thread *thread, u64 due_ns)
{
	struct reply *reply = atomic_load(&thread->awaiting);

	if (reply == nullptr)
		return false;
	lock_take(&reply->lock);
	bool mine = reply->caller == thread && thread->deadline_ns <= due_ns;

	if (mine)
		reply->caller = nullptr;
	lock_release(&reply->lock);
	return mine;
}

/* The last capability is gone: the caller will get no answer, and a receive with it can get no call.
 * INV-REPLY-RECEIVER: no thread waits with a reply object that is dead, because whoever makes
 * itself wait looks at `dead` after it can be found, and this looks for it after setting `dead`. */
bool reply_close(struct reply *reply)
{
	atomic_fence();
	lock_take(&reply->lock);
	struct thread *caller = reply->caller, *receiver = reply->receiver;

	reply->caller = nullptr;
	lock_release(&reply->lock);
	if (caller != nullptr) {
		event_peer_died(caller->object.id, reply->object.id);
		message_peer_died(caller);
	}
	if (receiver != nullptr && endpoint_withdraw(receiver, U64_MAX, reply))
		thread_finish_wait(receiver, STATUS_DEAD, 0);
	reply_detach(reply);
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

	if (caller == nullptr || thread_faulted(caller))
		return STATUS_PEER_DIED;
	if (!msg_info_buffers(caller->frame.arg1))
		return STATUS_RANGE;
	u64 address = *ELEM(caller->buffer->word, word), length = *ELEM(caller->buffer->word, word + 1);

	if (offset > length || ckd_add(&at->v, address, offset))
		return STATUS_RANGE;
	*bytes = min_u64(*bytes, length - offset);
	return STATUS_OK;
}

/* Between the caller's buffer and the server's own memory. */
static struct sys_result buffer_copy(struct thread *self, struct reply *reply, u32 word, u64 offset, struct user_span own)
{
	u64 bytes = own.bytes;
	uaddr_t at = {};

	lock_take(&reply->lock);
	enum status status = buffer_part(reply, word, offset, &bytes, &at);
	struct sys_result result = sys_fail(status);

	if (status == STATUS_OK) {
		struct user_range theirs = { reply->caller->process, at }, mine = { self->process, own.at };

		result = word == WORD_IN_ADDRESS ? user_copy_across(self, theirs, mine, bytes) :
			user_copy_across(self, mine, theirs, bytes);
	}
	lock_release(&reply->lock);
	return result.status == STATUS_OK || result.status == SYS_AGAIN ? result : sys_fail((enum status)result.status);
}

struct sys_result syscall_buffer_read(struct thread *self, struct reply *reply, u64 offset, struct user_span to)
{
	return buffer_copy(self, reply, WORD_IN_ADDRESS, offset, to);
}

struct sys_result syscall_buffer_write(struct thread *self, struct reply *reply, u64 offset, struct user_span from)
{
	return buffer_copy(self, reply, WORD_OUT_ADDRESS, offset, from);
}
