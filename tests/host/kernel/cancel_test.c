/* SPDX-License-Identifier: Apache-2.0
 *
 * Cancelling one wait of a thread: that in which it is, or its next.
 */
#include "kernel/core/thread/thread.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum way : u32 { SENDING, CALLING, RECEIVING, FOR_SIGNAL, FOR_WORD, WAYS };

/* A client that waits in one of the ways. */
struct waiting {
	struct pair p;
	u64 signal, endpoint, reply;
};

static struct waiting begin(void)
{
	struct waiting w = { .p = pair_make() };
	u64 signal = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group());
	u64 endpoint = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0);
	u64 group = give_to(&w.p.client, world_group(), COPY_ALL);

	w.signal = give_to(&w.p.client, signal, COPY_ALL);
	w.endpoint = give_to(&w.p.client, endpoint, COPY_ALL);
	w.reply = HANDLE(&w.p.client, SYSCALL_REPLY_CREATE, group);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, signal).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, endpoint).status, STATUS_OK);
	return w;
}

static struct answer wait_until(const struct waiting *w, enum way way, u64 deadline)
{
	const struct user *client = &w->p.client;

	switch ((u32)way) {
	case CALLING:
		if (!user_waits(&w->p.server))
			(void)pair_serve(&w->p);
		return user_message(client, SYSCALL_CALL, w->p.send, 0, deadline);
	case SENDING:
		return user_message(client, SYSCALL_SEND, w->p.send, 0, deadline);
	case RECEIVING:
		return user_message(client, SYSCALL_RECEIVE, both(w->endpoint, w->reply), 0, deadline);
	case FOR_SIGNAL:
		return CALL(client, SYSCALL_SIGNAL_WAIT, w->signal, 1, deadline);
	default:
		return CALL(client, SYSCALL_WAIT_WORD, client->scratch, user_get_u64(client, 0), 0, deadline);
	}
}

static struct answer wait_in(const struct waiting *w, enum way way) { return wait_until(w, way, FOR_EVER); }

static void cancel(const struct user *user)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_CANCEL, user->thread_handle).status, STATUS_OK);
}

static void each_wait_ends_once(void)
{
	for (enum way way = SENDING; way < WAYS; way++) {
		struct waiting w = begin();

		EXPECT(wait_in(&w, way).waits);
		cancel(&w.p.client);
		EXPECT(!user_waits(&w.p.client));
		EXPECT_STATUS(user_answer(&w.p.client).status, STATUS_CANCELLED);
		if (way == CALLING)
			EXPECT_STATUS(user_message(&w.p.server, SYSCALL_REPLY, both(0, w.p.reply), 0, 0).status, STATUS_PEER_DIED);
		EXPECT(wait_in(&w, way).waits);
	}
}

/* Of two that come before a wait one counts; who would not wait anyhow has not been cancelled by that. */
static void the_next_wait_ends_once(void)
{
	for (enum way way = SENDING; way < WAYS; way++) {
		struct waiting w = begin();

		cancel(&w.p.client);
		cancel(&w.p.client);
		EXPECT(!user_waits(&w.p.client));
		if (way != CALLING)
			EXPECT_STATUS(wait_until(&w, way, 0).status, STATUS_WOULD_BLOCK);
		struct answer answer = wait_in(&w, way);

		EXPECT(!answer.waits);
		EXPECT_STATUS(answer.status, STATUS_CANCELLED);
		EXPECT(wait_in(&w, way).waits);
	}
}

/* The server that waits for it gets nothing, and waits on. */
static void a_cancelled_call_sends_nothing(void)
{
	struct waiting w = begin();

	EXPECT(pair_serve(&w.p).waits);
	cancel(&w.p.client);
	EXPECT_STATUS(user_message(&w.p.client, SYSCALL_CALL, w.p.send, 0, FOR_EVER).status, STATUS_CANCELLED);
	(void)user_bring(w.p.server.thread); /* it makes its call again */
	EXPECT(pair_serve(&w.p).waits);
	EXPECT(wait_in(&w, CALLING).waits);
	EXPECT(!user_waits(&w.p.server));
}

static void a_thread_may_cancel_its_own_next_wait(void)
{
	struct waiting w = begin();
	u64 self = HANDLE(&w.p.client, SYSCALL_THREAD_SELF);

	EXPECT_STATUS(CALL(&w.p.client, SYSCALL_THREAD_CANCEL, self).status, STATUS_OK);
	EXPECT_STATUS(wait_in(&w, FOR_SIGNAL).status, STATUS_CANCELLED);
}

/* It is cancelled while it is suspended, and when it is dead. */
static void who_cannot_run_may_be_cancelled(void)
{
	struct waiting w = begin();

	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, w.p.client.thread_handle).status, STATUS_OK);
	world_settle();
	cancel(&w.p.client);
	EXPECT_EQ(w.p.client.thread->state, THREAD_STATE_SUSPENDED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, w.p.client.thread_handle).status, STATUS_OK);
	EXPECT_STATUS(wait_in(&w, FOR_SIGNAL).status, STATUS_CANCELLED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, w.p.client.thread_handle).status, STATUS_OK);
	world_settle();
	cancel(&w.p.client);
	EXPECT(user_ended(&w.p.client));
}

/* A fault is not cancelled, before and while it is handled: the handler is asked again if it was asked, and decides. */
static void a_fault_is_handled_first(void)
{
	for (u32 earlier = 0; earlier < 2; earlier++) {
		struct user handler = user_new();
		u64 here = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0);
		u64 reply = HANDLE(&handler, SYSCALL_REPLY_CREATE, give_to(&handler, world_group(), COPY_ALL));
		u64 at = give_to(&handler, here, COPY_ALL);
		struct user faulty = user_new_with_faults(here);

		EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, here).status, STATUS_OK);
		if (earlier != 0)
			cancel(&faulty);
		fake_fault(user_bring(faulty.thread), FAULT_KIND_WRITE, 0x20000);
		EXPECT(user_waits(&faulty));
		if (earlier == 0) {
			cancel(&faulty);
			EXPECT(!user_waits(&faulty));
			fake_fault(user_bring(faulty.thread), FAULT_KIND_WRITE, 0x20000);
			EXPECT(user_waits(&faulty));
		}
		EXPECT_STATUS(user_message(&handler, SYSCALL_RECEIVE, both(at, reply), 0, FOR_EVER).status, STATUS_OK);
		EXPECT_STATUS(user_message(&handler, SYSCALL_REPLY, both(0, reply), 0, 0).status, STATUS_OK);
		EXPECT(!user_waits(&faulty));
		u64 value = user_get_u64(&faulty, 0);

		EXPECT_STATUS(CALL(&faulty, SYSCALL_WAIT_WORD, faulty.scratch, value, 0, FOR_EVER).status, STATUS_CANCELLED);
		EXPECT(CALL(&faulty, SYSCALL_WAIT_WORD, faulty.scratch, value, 0, FOR_EVER).waits);
	}
}

void cancel_tests(void)
{
	RUN(each_wait_ends_once);
	RUN(the_next_wait_ends_once);
	RUN(a_cancelled_call_sends_nothing);
	RUN(a_thread_may_cancel_its_own_next_wait);
	RUN(who_cannot_run_may_be_cancelled);
	RUN(a_fault_is_handled_first);
}
