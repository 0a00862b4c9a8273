/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages that do not arrive: deadlines, cancellation, deaths on either side, faults and their
 * handlers; and that nothing refers to what is gone.
 */
#include "kernel/core/ipc/reply.h"
#include "kernel/core/sched/activity.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u64 { SOON = 1000000 };

static struct answer client_calls(const struct pair *p, u64 deadline)
{
	return user_message(&p->client, SYSCALL_CALL, p->send, 0, deadline);
}

static void deadlines_end_every_wait(void)
{
	struct pair p = pair_make();

	EXPECT(client_calls(&p, fake_now() + SOON).waits);
	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	EXPECT(user_message(&p.client, SYSCALL_SEND, p.send, 0, fake_now() + SOON).waits);
	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, fake_now() + SOON).waits);
	fake_advance(SOON - 1);
	EXPECT(user_waits(&p.server));
	fake_advance(1);
	EXPECT_STATUS(user_answer(&p.server).status, STATUS_TIMED_OUT);
	/* While the server works. */
	pair_serve(&p);
	EXPECT(client_calls(&p, fake_now() + SOON).waits);
	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
	/* Its time was over before it began. */
	EXPECT(client_calls(&p, 1).waits);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	/* In time: no alarm is left behind. */
	pair_serve(&p);
	EXPECT(client_calls(&p, fake_now() + SOON).waits);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_OK);
	fake_advance(2 * SOON);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_OK);
}

static void polling_does_not_wait(void)
{
	struct pair p = pair_make();

	EXPECT_STATUS(client_calls(&p, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(user_message(&p.client, SYSCALL_SEND, p.send, 0, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, 0).status, STATUS_WOULD_BLOCK);
	pair_serve(&p); /* the reply object is free again */
	EXPECT(user_waits(&p.server));
}

/* A server that waits gets the call; its answer would have to be waited for. */
static void a_call_that_may_not_wait_times_out_at_once(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	(void)client_calls(&p, 0);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	EXPECT(!user_waits(&p.server));
	EXPECT_EQ(msg_info_kind(p.server.thread->frame.arg1), MSG_KIND_CALL);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
}

static void a_caller_learns_that_the_server_died(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	user_end(&p.server);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_PEER_DIED);
	EXPECT(p.client.thread->activity == p.client.thread->own);
}

static void waiting_senders_learn_that_the_endpoint_is_gone(void)
{
	struct pair p = pair_make();
	struct user second = user_thread(&p.client);

	EXPECT(client_calls(&p, FOR_EVER).waits);
	EXPECT(user_message(&second, SYSCALL_SEND, p.send, 0, FOR_EVER).waits);
	/* Senders hold the endpoint by their capability only. */
	EXPECT_STATUS(cap_drop(p.client.process, (handle_t){ (u32)p.send }), STATUS_OK);
	user_end(&p.server);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_DEAD);
	EXPECT_STATUS(user_answer(&second).status, STATUS_DEAD);
}

static void senders_learn_that_nobody_may_receive_any_more(void)
{
	enum : u32 { SENDERS = 40 }; /* more than are ended in a step */
	struct pair p = pair_make();
	struct user sender[SENDERS];

	for (u32 i = 0; i < SENDERS; i++) {
		sender[i] = user_thread(&p.client);
		EXPECT(user_message(ELEM(sender, i), SYSCALL_CALL, p.send, 0, FOR_EVER).waits);
	}
	user_end(&p.server);
	for (u32 i = 0; i < SENDERS; i++)
		EXPECT_STATUS(user_answer(ELEM(sender, i)).status, STATUS_DEAD);
	EXPECT_STATUS(client_calls(&p, FOR_EVER).status, STATUS_DEAD);
	EXPECT_STATUS(client_calls(&p, 0).status, STATUS_DEAD);
	EXPECT_STATUS(user_message(&p.client, SYSCALL_SEND, p.send, 0, FOR_EVER).status, STATUS_DEAD);
}

/* Somebody else may still receive: by a copy, or from a namespace. */
static void senders_wait_while_anybody_may_receive(void)
{
	for (u32 way = 0; way < 2; way++) {
		struct pair p = pair_make();
		struct user other = user_new();
		u64 copy = give_from(&p.server, &other, p.receive);

		EXPECT(client_calls(&p, FOR_EVER).waits);
		if (way == 1) {
			u64 names = HANDLE(&other, SYSCALL_NS_CREATE, give_to(&other, world_group(), COPY_ALL));

			user_put(&other, 0, span_text("/a"));
			EXPECT_STATUS(CALL(&other, SYSCALL_NS_BIND, names, other.scratch, 2, copy, NS_ORDER_REPLACE).status, STATUS_OK);
			EXPECT_STATUS(CALL(&other, SYSCALL_CAP_DROP, copy).status, STATUS_OK);
		}
		user_end(&p.server);
		EXPECT(user_waits(&p.client));
		user_end(&other);
		EXPECT_STATUS(user_answer(&p.client).status, STATUS_DEAD);
	}
}

static void a_killed_caller_is_forgotten(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	user_end(&p.client);
	EXPECT(p.server.thread->state == THREAD_STATE_RUNNING);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
	EXPECT(p.server.thread->activity == p.server.thread->own);
	pair_serve(&p);
	EXPECT(user_waits(&p.server));
}

static void killed_senders_and_receivers_leave_the_queues(void)
{
	struct pair p = pair_make();
	struct user second = user_thread(&p.server);
	u64 reply = HANDLE(&second, SYSCALL_REPLY_CREATE, p.server_group);

	pair_serve(&p);
	EXPECT(user_message(&second, SYSCALL_RECEIVE, both(p.receive, reply), 0, FOR_EVER).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, p.server.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT(user_ended(&p.server));
	EXPECT(client_calls(&p, FOR_EVER).waits);
	EXPECT_EQ(second.thread->state, THREAD_STATE_RUNNING);
	EXPECT_STATUS(user_message(&second, SYSCALL_REPLY, both(0, reply), 0, 0).status, STATUS_OK);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, p.client.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(user_message(&second, SYSCALL_RECEIVE, both(p.receive, reply), 0, 0).status, STATUS_WOULD_BLOCK);
}

static void suspending_cancels_the_wait(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, p.client.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT_EQ(p.client.thread->state, THREAD_STATE_SUSPENDED);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
	EXPECT_EQ(p.client.thread->state, THREAD_STATE_SUSPENDED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, p.client.thread_handle).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_CANCELLED);
	/* Suspended while running, killed while suspended. */
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, p.client.thread_handle).status, STATUS_OK);
	world_settle();
	EXPECT_EQ(p.client.thread->state, THREAD_STATE_SUSPENDED);
	user_end(&p.client);
	EXPECT(user_ended(&p.client));
}

/* A processor that has not yet been reached by whoever stops or kills its thread: the thread does not come to wait, for an
 * answer or a call, where nobody looks for it any more. */
static void call_before_it_is_told(const struct user *user, enum syscall_number number, u64 handles, enum syscall_number how)
{
	u32 cpu = user_bring(user->thread);
	struct hal_frame *frame = &user->thread->frame;

	EXPECT_STATUS(CALL(world_init(), how, user->thread_handle).status, STATUS_OK);
	EXPECT_EQ(user->thread->state, THREAD_STATE_RUNNING);
	frame->status = number;
	frame->arg0 = handles;
	frame->arg1 = 0;
	frame->deadline = FOR_EVER;
	fake_select(cpu);
	fake_syscall(cpu);
	world_settle();
}

static void who_was_stopped_or_killed_waits_for_no_answer(void)
{
	struct pair p = pair_make(), q = pair_make();

	pair_serve(&p);
	call_before_it_is_told(&p.client, SYSCALL_CALL, p.send, SYSCALL_THREAD_SUSPEND);
	EXPECT_EQ(p.client.thread->state, THREAD_STATE_SUSPENDED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, p.client.thread_handle).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_CANCELLED);
	pair_serve(&q);
	call_before_it_is_told(&q.client, SYSCALL_CALL, q.send, SYSCALL_THREAD_KILL);
	EXPECT(user_ended(&q.client));
}

static void who_was_killed_waits_for_no_call(void)
{
	struct pair p = pair_make();

	pair_serve(&p);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	call_before_it_is_told(&p.server, SYSCALL_REPLY_RECEIVE, both(p.receive, p.reply), SYSCALL_THREAD_KILL);
	EXPECT(user_ended(&p.server));
	EXPECT(!user_waits(&p.client));
}

/* ---- references to reply objects ---- */

/* A receiver waits with a reply object whose last capability is dropped. Its memory comes to be
 * somebody else's reply object, which must not get the receiver's caller. */
static void a_dropped_reply_object_takes_no_callers(void)
{
	struct pair p = pair_make(), q = pair_make();
	struct user dropper = user_thread(&p.server);

	pair_serve(&p);
	EXPECT_STATUS(CALL(&dropper, SYSCALL_CAP_DROP, p.reply).status, STATUS_OK);
	world_settle();
	/* Pools give the memory that came back last. */
	u64 recycled = HANDLE(&q.server, SYSCALL_REPLY_CREATE, q.server_group);

	EXPECT(user_message(&q.server, SYSCALL_RECEIVE, both(q.receive, recycled), 0, FOR_EVER).waits);
	EXPECT(user_message(&q.client, SYSCALL_CALL, q.send, 0, FOR_EVER).waits);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	EXPECT_STATUS(user_answer(&p.server).status, STATUS_DEAD);
	/* The other pair has not noticed. */
	EXPECT_STATUS(user_message(&q.server, SYSCALL_REPLY, both(0, recycled), msg_info_make(3, 0, 0, 0, 0), 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&q.client).status, STATUS_OK);
	EXPECT_EQ(msg_info_label(q.client.thread->frame.arg1), 3);
}

/* The same with a receiver that leaves its queue by another way. */
static void leaving_a_queue_frees_no_foreign_reply_object(void)
{
	struct pair p = pair_make(), q = pair_make();
	struct user dropper = user_thread(&p.server);

	EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, fake_now() + (1ull << 40)).waits);
	EXPECT_STATUS(CALL(&dropper, SYSCALL_CAP_DROP, p.reply).status, STATUS_OK);
	world_settle();
	u64 recycled = HANDLE(&q.server, SYSCALL_REPLY_CREATE, q.server_group);

	EXPECT(user_message(&q.server, SYSCALL_RECEIVE, both(q.receive, recycled), 0, FOR_EVER).waits);
	struct reply *reply = q.server.thread->reply;

	fake_advance(1ull << 40);
	EXPECT(reply->receiver == q.server.thread);
	EXPECT(user_message(&q.client, SYSCALL_CALL, q.send, 0, FOR_EVER).waits);
	EXPECT_STATUS(user_message(&q.server, SYSCALL_REPLY, both(0, recycled), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&q.client).status, STATUS_OK);
}

/* A server drops the object it would have answered through, while it runs on its caller's
 * activity; another thread's answer through the recycled object sends only its own caller home. */
static void a_stale_loan_is_not_parked_with_somebody_else(void)
{
	struct pair p = pair_make(), q = pair_make();
	u64 other = HANDLE(&p.server, SYSCALL_REPLY_CREATE, p.server_group);

	pair_serve(&p);
	EXPECT(client_calls(&p, FOR_EVER).waits);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_CAP_DROP, p.reply).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_PEER_DIED);
	u64 recycled = HANDLE(&q.server, SYSCALL_REPLY_CREATE, q.server_group);

	EXPECT(user_message(&q.server, SYSCALL_RECEIVE, both(q.receive, recycled), 0, FOR_EVER).waits);
	EXPECT(user_message(&q.client, SYSCALL_CALL, q.send, 0, FOR_EVER).waits);
	/* p's server receives again: it is still `serving` the memory that is q's reply object now. */
	EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, other), 0, FOR_EVER).waits);
	EXPECT(p.server.thread->activity == p.server.thread->own);
	EXPECT_STATUS(user_message(&q.server, SYSCALL_REPLY, both(0, recycled), 0, 0).status, STATUS_OK);
	EXPECT(q.client.thread->activity == q.client.thread->own);
	EXPECT(q.server.thread->activity == q.server.thread->own);
}

/* Two threads share a reply object: the second one takes its caller while the first still runs on the
 * activity of one that was cancelled. */
static void each_loan_goes_home_once(void)
{
	struct pair p = pair_make();
	struct user helper = user_thread(&p.server), second = user_thread(&p.client);

	pair_serve(&p);
	EXPECT(client_calls(&p, fake_now() + SOON).waits);
	fake_advance(SOON);
	EXPECT_STATUS(user_answer(&p.client).status, STATUS_TIMED_OUT);
	EXPECT(user_message(&helper, SYSCALL_RECEIVE, both(p.receive, p.reply), 0, FOR_EVER).waits);
	EXPECT(user_message(&second, SYSCALL_CALL, p.send, 0, FOR_EVER).waits);
	u64 other = HANDLE(&p.server, SYSCALL_REPLY_CREATE, p.server_group);

	EXPECT(user_message(&p.server, SYSCALL_RECEIVE, both(p.receive, other), 0, FOR_EVER).waits);
	EXPECT_STATUS(user_message(&helper, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_OK);
	EXPECT(second.thread->activity == second.thread->own);
	EXPECT_STATUS(user_answer(&second).status, STATUS_OK);
}

/* A caller that gave up waiting becomes the server of the one that still runs on its activity. */
static void an_activity_may_come_back_by_a_call(void)
{
	struct pair p = pair_make();
	u64 endpoint = HANDLE(&p.client, SYSCALL_ENDPOINT_CREATE, p.client_group, 0);
	u64 reply = HANDLE(&p.client, SYSCALL_REPLY_CREATE, p.client_group), send = give_from(&p.client, &p.server, endpoint);

	pair_serve(&p);
	EXPECT(client_calls(&p, fake_now() + SOON).waits);
	fake_advance(SOON);
	EXPECT(user_message(&p.client, SYSCALL_RECEIVE, both(endpoint, reply), 0, FOR_EVER).waits);
	EXPECT(user_message(&p.server, SYSCALL_CALL, send, 0, FOR_EVER).waits);
	EXPECT(p.client.thread->activity == p.client.thread->own);
	EXPECT_STATUS(user_message(&p.client, SYSCALL_REPLY, both(0, reply), 0, 0).status, STATUS_OK);
	EXPECT_STATUS(user_answer(&p.server).status, STATUS_OK);
}

/* A server makes the activity that it was lent its own. */
static void a_lent_activity_can_be_bound(void)
{
	struct pair p = pair_make();
	const struct user *init = world_init();
	struct activity_params params = { .priority = 80 };

	user_put(init, 0, SPAN_OF_STRUCT(params));
	u64 first = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);
	u64 second = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);
	u64 here = give_to(&p.client, first, COPY_ALL), there = give_to(&p.client, second, COPY_ALL);
	u64 thread = give_to(&p.client, p.client.thread_handle, COPY_ALL);
	u64 server = give_to(&p.server, p.server.thread_handle, COPY_ALL), lent = give_to(&p.server, first, COPY_ALL);

	EXPECT_STATUS(CALL(&p.client, SYSCALL_THREAD_BIND, thread, here).status, STATUS_OK);
	pair_serve(&p);
	EXPECT(client_calls(&p, fake_now() + SOON).waits);
	fake_advance(SOON);
	EXPECT_STATUS(CALL(&p.client, SYSCALL_THREAD_BIND, thread, there).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.server, SYSCALL_THREAD_BIND, server, lent).status, STATUS_OK);
	EXPECT_STATUS(user_message(&p.server, SYSCALL_REPLY, both(0, p.reply), 0, 0).status, STATUS_PEER_DIED);
	EXPECT(p.server.thread->activity == p.server.thread->own);
}

/* ---- faults ---- */

struct handled {
	struct user handler, faulty;
	u64 endpoint, reply;
};

static struct handled with_handler(void)
{
	struct handled h = { .handler = user_new() };
	u64 group = give_to(&h.handler, world_group(), COPY_ALL);

	u64 here = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 0);
	u64 badged = HANDLE(world_init(), SYSCALL_CAP_DERIVE, here, COPY_ALL, 99, 0);

	h.endpoint = give_to(&h.handler, here, COPY_ALL);
	h.reply = HANDLE(&h.handler, SYSCALL_REPLY_CREATE, group);
	h.faulty = user_new_with_faults(badged);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, here).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, badged).status, STATUS_OK);
	return h;
}

static void fault(const struct handled *h)
{
	u32 cpu = user_bring(h->faulty.thread);

	h->faulty.thread->frame.status = 0xabc;
	h->faulty.thread->frame.arg0 = 0xdef;
	fake_fault(cpu, FAULT_KIND_WRITE, 0x20000);
}

static struct answer handler_receives(const struct handled *h)
{
	return user_message(&h->handler, SYSCALL_RECEIVE, both(h->endpoint, h->reply), 0, FOR_EVER);
}

static void a_fault_reaches_the_handler_which_decides(void)
{
	struct handled h = with_handler();

	for (u32 round = 0; round < 2; round++) {
		if (round == 0)
			(void)handler_receives(&h);
		fault(&h);
		EXPECT(user_waits(&h.faulty));
		if (round == 1)
			(void)handler_receives(&h);
		EXPECT(!user_waits(&h.handler));
		EXPECT_EQ(h.handler.thread->frame.arg0, 99);
		EXPECT_EQ(msg_info_kind(h.handler.thread->frame.arg1), MSG_KIND_NOTE_FAULT);
		EXPECT_EQ(user_word_at(&h.handler, 0), FAULT_KIND_WRITE);
		EXPECT_EQ(user_word_at(&h.handler, 1), 0x20000);
		EXPECT_EQ(user_word_at(&h.handler, 4), h.faulty.process->object.id);
		EXPECT_EQ(user_word_at(&h.handler, 5), h.faulty.thread->object.id);
		EXPECT_STATUS(user_message(&h.handler, SYSCALL_REPLY, both(0, h.reply), 0, 0).status, STATUS_OK);
		EXPECT(!user_waits(&h.faulty));
		EXPECT_EQ(h.faulty.thread->frame.status, 0xabc); /* it tries again, with its registers */
		EXPECT_EQ(h.faulty.thread->frame.arg0, 0xdef);
		EXPECT(!thread_faulted(h.faulty.thread));
	}
	fault(&h);
	(void)handler_receives(&h);
	EXPECT_STATUS(user_message(&h.handler, SYSCALL_REPLY, both(0, h.reply), msg_info_make(1, 0, 0, 0, 0), 0).status, STATUS_OK);
	world_settle();
	EXPECT(user_ended(&h.faulty));
	EXPECT_EQ(h.faulty.process->reason, EXIT_REASON_FAULTED);
	EXPECT_EQ(h.faulty.process->exit_status, FAULT_KIND_WRITE);
}

static void without_a_handler_a_fault_ends_the_process(void)
{
	struct handled h = with_handler();
	struct user alone = user_new();

	fake_fault(user_bring(alone.thread), FAULT_KIND_EXECUTE, 8);
	world_settle();
	EXPECT(user_ended(&alone));
	EXPECT_EQ(alone.process->exit_status, FAULT_KIND_EXECUTE);
	/* The handler dies with the fault in its hands, or before it took it. */
	fault(&h);
	(void)handler_receives(&h);
	user_end(&h.handler);
	EXPECT(user_ended(&h.faulty));
	EXPECT_EQ(h.faulty.process->reason, EXIT_REASON_FAULTED);
	h = with_handler();
	fault(&h);
	user_end(&h.handler);
	EXPECT(user_ended(&h.faulty)); /* though the process itself still holds the endpoint */
	EXPECT_EQ(h.faulty.process->reason, EXIT_REASON_FAULTED);
}

/* Suspending a thread whose fault is being handled must leave its registers alone: it faults again. */
static void suspending_a_faulted_thread_keeps_its_registers(void)
{
	for (u32 taken = 0; taken < 2; taken++) {
		struct handled h = with_handler();

		fault(&h);
		if (taken != 0)
			(void)handler_receives(&h);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, h.faulty.thread_handle).status, STATUS_OK);
		world_settle();
		EXPECT_EQ(h.faulty.thread->state, THREAD_STATE_SUSPENDED);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, h.faulty.thread_handle).status, STATUS_OK);
		EXPECT_EQ(h.faulty.thread->frame.status, 0xabc);
		EXPECT_EQ(h.faulty.thread->frame.arg0, 0xdef);
		EXPECT(!thread_faulted(h.faulty.thread));
		user_end(&h.faulty);
		user_end(&h.handler);
	}
}

static void touched_pages_come_without_the_handler(void)
{
	struct handled h = with_handler();

	fake_fault(user_bring(h.faulty.thread), FAULT_KIND_WRITE, h.faulty.scratch + 5 * PAGE_BYTES);
	EXPECT(!user_waits(&h.faulty));
	fake_fault(user_bring(h.faulty.thread), FAULT_KIND_EXECUTE, h.faulty.scratch + 5 * PAGE_BYTES);
	EXPECT(user_waits(&h.faulty));
}

void peer_tests(void)
{
	RUN(deadlines_end_every_wait);
	RUN(polling_does_not_wait);
	RUN(a_call_that_may_not_wait_times_out_at_once);
	RUN(a_caller_learns_that_the_server_died);
	RUN(waiting_senders_learn_that_the_endpoint_is_gone);
	RUN(senders_learn_that_nobody_may_receive_any_more);
	RUN(senders_wait_while_anybody_may_receive);
	RUN(a_killed_caller_is_forgotten);
	RUN(killed_senders_and_receivers_leave_the_queues);
	RUN(who_was_stopped_or_killed_waits_for_no_answer);
	RUN(who_was_killed_waits_for_no_call);
	RUN(suspending_cancels_the_wait);
	RUN(a_dropped_reply_object_takes_no_callers);
	RUN(leaving_a_queue_frees_no_foreign_reply_object);
	RUN(a_stale_loan_is_not_parked_with_somebody_else);
	RUN(each_loan_goes_home_once);
	RUN(an_activity_may_come_back_by_a_call);
	RUN(a_lent_activity_can_be_bound);
	RUN(a_fault_reaches_the_handler_which_decides);
	RUN(without_a_handler_a_fault_ends_the_process);
	RUN(suspending_a_faulted_thread_keeps_its_registers);
	RUN(touched_pages_come_without_the_handler);
}
