/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting: deadlines, cancellation, the death of the other side.
 */
#include "tests/conform/child.h"
#include "tests/conform/server.h"
#include "tests/conform/suites.h"

static handle_t target, done;
static u64 result, word_at;

static void call_target(u64 unused)
{
	struct message m = msg_make(SERVER_SLOW, 0);

	(void)unused;
	sys_signal_raise(done, 1);
	__atomic_store_n(&result, msg_call(target, &m, RT_FOREVER), __ATOMIC_RELEASE);
	sys_signal_raise(done, 2);
}

static void receive_target(u64 unused)
{
	struct message m = {};
	handle_t reply = new_reply();

	(void)unused;
	sys_signal_raise(done, 1);
	__atomic_store_n(&result, msg_receive(target, reply, &m, RT_FOREVER), __ATOMIC_RELEASE);
	drop(reply);
	sys_signal_raise(done, 2);
}

static handle_t started(rt_thread_entry *entry)
{
	struct thread_registers registers = {};

	done = new_signal();
	result = U64_MAX;
	handle_t thread = start_thread_handle(entry, 0);

	EXPECT_TRUE(signalled(done, 1));
	EXPECT_OK(stands(thread, &registers));
	return thread;
}

static void finished(handle_t thread, enum status expected)
{
	EXPECT_TRUE(signalled(done, 2));
	EXPECT(expected, __atomic_load_n(&result, __ATOMIC_ACQUIRE));
	drop(thread);
	drop(done);
}

static void call_times_out_before_it_is_received(void)
{
	handle_t endpoint = new_endpoint(0);
	struct message m = msg_make(1, 0);
	u64 deadline = in_a_moment();

	EXPECT(STATUS_TIMED_OUT, msg_call(endpoint, &m, deadline));
	EXPECT_TRUE(rt_now_ns() >= deadline);
	EXPECT(STATUS_WOULD_BLOCK, msg_call(endpoint, &m, RT_POLL));
	drop(endpoint);
}

static void call_times_out_while_it_is_served(void)
{
	handle_t endpoint = server_start();
	struct message m = msg_make(SERVER_SLOW, 0);

	EXPECT(STATUS_TIMED_OUT, msg_call(endpoint, &m, in_a_moment()));
	server_answer();
	server_stop(endpoint);
	drop(endpoint);
}

static void receive_times_out(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	struct message m = {};

	EXPECT(STATUS_TIMED_OUT, msg_receive(endpoint, reply, &m, in_a_moment()));
	EXPECT(STATUS_WOULD_BLOCK, msg_receive(endpoint, reply, &m, RT_POLL));
	EXPECT(STATUS_TIMED_OUT, msg_receive(endpoint, reply, &m, in_a_moment()));
	drop(reply);
	drop(endpoint);
}

static void suspending_cancels_a_call(void)
{
	target = new_endpoint(0);
	handle_t thread = started(call_target);

	EXPECT_OK(sys_thread_suspend(thread));
	EXPECT_OK(sys_thread_resume(thread));
	finished(thread, STATUS_CANCELLED);
	drop(target);
}

static void suspending_cancels_a_receive(void)
{
	target = new_endpoint(0);
	handle_t thread = started(receive_target);

	EXPECT_OK(sys_thread_suspend(thread));
	EXPECT_OK(sys_thread_resume(thread));
	finished(thread, STATUS_CANCELLED);
	drop(target);
}

static void cancelling_ends(rt_thread_entry *entry)
{
	target = new_endpoint(0);
	handle_t thread = started(entry);

	EXPECT_OK(sys_thread_cancel(thread));
	finished(thread, STATUS_CANCELLED);
	drop(target);
}

static void wait_for_word(u64 unused)
{
	(void)unused;
	sys_signal_raise(done, 1);
	__atomic_store_n(&result, sys_wait_word(word_at, 0, handle_none(), RT_FOREVER), __ATOMIC_RELEASE);
	sys_signal_raise(done, 2);
}

static void cancelling_ends_a_call(void) { cancelling_ends(call_target); }
static void cancelling_ends_a_receive(void) { cancelling_ends(receive_target); }

static void cancelling_ends_a_wait_for_a_word(void)
{
	handle_t memory = new_memory(1);

	EXPECT_OK(sys_map(rt_self(), memory, 0, 0, PAGE_BYTES, MAP_READ | MAP_WRITE, &word_at));
	cancelling_ends(wait_for_word);
	EXPECT_OK(sys_unmap(rt_self(), word_at, PAGE_BYTES));
	drop(memory);
}

static void cancelling_ends_a_call_that_is_served(void)
{
	target = server_start();
	handle_t thread = started(call_target);

	EXPECT_OK(sys_thread_cancel(thread));
	finished(thread, STATUS_CANCELLED);
	server_answer();
	server_stop(target);
	drop(target);
}

/* The next wait, once; who would not wait has not been cancelled by that. */
static void cancelling_ends_the_next_wait(void)
{
	handle_t self = {}, signal = new_signal();
	u64 bits = 0;

	EXPECT_OK(sys_thread_self(&self));
	EXPECT_OK(sys_thread_cancel(self));
	EXPECT_OK(sys_thread_cancel(self));
	EXPECT(STATUS_WOULD_BLOCK, sys_signal_wait(signal, 1, RT_POLL, &bits));
	EXPECT(STATUS_CANCELLED, sys_signal_wait(signal, 1, before_long(), &bits));
	EXPECT(STATUS_TIMED_OUT, sys_signal_wait(signal, 1, in_a_moment(), &bits));
	drop(signal);
	drop(self);
}

/* Sleeping does not end by it; what is waited for afterwards does. */
static void sleeping_leaves_it_to_the_next_wait(void)
{
	handle_t self = {}, signal = new_signal();
	u64 bits = 0, until = in_a_moment();

	EXPECT_OK(sys_thread_self(&self));
	EXPECT_OK(sys_thread_cancel(self));
	rt_sleep_until(until);
	EXPECT_TRUE(rt_now_ns() >= until);
	EXPECT(STATUS_CANCELLED, sys_signal_wait(signal, 1, before_long(), &bits));
	drop(signal);
	drop(self);
}

static void dropped_reply_tells_the_caller(void)
{
	handle_t endpoint = server_start();
	struct message m = msg_make(SERVER_DROP_REPLY, 0);

	EXPECT(STATUS_PEER_DIED, msg_call(endpoint, &m, before_long()));
	server_wait();
	drop(endpoint);
}

static void dead_server_tells_its_caller(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t child = child_start(span_text("receive-and-die"), endpoint, handle_none());
	struct message m = msg_make(1, 0);
	struct child_end end;

	EXPECT(STATUS_PEER_DIED, msg_call(endpoint, &m, before_long()));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(0, end.status);
	drop(child);
	drop(endpoint);
}

static void killed_server_tells_its_caller(void)
{
	target = new_endpoint(0);
	handle_t child = child_start(span_text("hang"), target, handle_none());
	handle_t thread = started(call_target);

	/* The endpoint is ours, so that the call goes on waiting for the next server. */
	EXPECT_OK(sys_process_kill(child, 1));
	rt_sleep_until(in_a_moment());
	EXPECT_NUMBER(U64_MAX, __atomic_load_n(&result, __ATOMIC_ACQUIRE));
	EXPECT_OK(sys_thread_suspend(thread));
	EXPECT_OK(sys_thread_resume(thread));
	finished(thread, STATUS_CANCELLED);
	drop(child);
	drop(target);
}

/* A caller that is gone must not be answered, and must not harm its server. */
static void dead_caller_is_noticed_by_the_answer(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	handle_t child = child_start(span_text("call"), endpoint, handle_none());
	struct message m = {};
	struct child_end end;

	EXPECT_OK(msg_receive(endpoint, reply, &m, before_long()));
	EXPECT_OK(sys_process_kill(child, 5));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(5, end.status);
	m = msg_make(STATUS_OK, 0);
	EXPECT(STATUS_PEER_DIED, msg_reply(reply, &m));
	drop(child);
	drop(reply);
	drop(endpoint);
}

static void endpoint_without_capabilities_is_dead(void)
{
	target = new_endpoint(0);
	handle_t keep = target;
	handle_t thread = started(call_target);

	/* The caller's own handle was the last: the call ends when it goes. */
	drop(keep);
	finished(thread, STATUS_DEAD);
}

/* The caller keeps the endpoint alive by what it calls with, and is told all the same. */
static void call_ends_when_nobody_may_receive(void)
{
	handle_t endpoint = new_endpoint(1), other = derived(endpoint, ENDPOINT_RIGHT_RECEIVE);
	struct message m = msg_make(1, 0);

	target = derived(endpoint, ENDPOINT_RIGHT_SEND);
	handle_t thread = started(call_target);

	drop(endpoint);
	rt_sleep_until(in_a_moment());
	EXPECT_NUMBER(U64_MAX, __atomic_load_n(&result, __ATOMIC_ACQUIRE));
	drop(other);
	finished(thread, STATUS_DEAD);
	EXPECT(STATUS_DEAD, msg_send(target, &m, RT_POLL));
	drop(target);
}

static void idle_reply_answers_nobody(void)
{
	handle_t reply = new_reply();
	struct message m = msg_make(STATUS_OK, 0);

	EXPECT(STATUS_PEER_DIED, msg_reply(reply, &m));
	drop(reply);
}

static void reply_object_serves_one_receive(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply = new_reply();
	struct message m = {};

	target = endpoint;
	handle_t child = child_start(span_text("call"), endpoint, handle_none());
	struct child_end end;

	EXPECT_OK(msg_receive(endpoint, reply, &m, before_long()));
	EXPECT(STATUS_BUSY, msg_receive(endpoint, reply, &m, RT_POLL));
	m = msg_make(77, 0);
	EXPECT_OK(msg_reply(reply, &m));
	EXPECT_TRUE(child_wait(child, &end));
	EXPECT_NUMBER(STATUS_OK, end.status);
	drop(child);
	drop(reply);
	drop(endpoint);
}

static void several_callers_can_wait_for_answers(void)
{
	handle_t endpoint = new_endpoint(0);
	handle_t reply[3] = { new_reply(), new_reply(), new_reply() };
	handle_t child[3] = {};
	struct message m = {};
	struct child_end end;

	for (u32 i = 0; i < 3; i++)
		*ELEM(child, i) = child_start(span_text("call"), endpoint, handle_none());
	for (u32 i = 0; i < 3; i++)
		EXPECT_OK(msg_receive(endpoint, *ELEM(reply, i), &m, before_long()));
	for (u32 i = 3; i > 0; i--) {
		m = msg_make(STATUS_OK, 0);
		EXPECT_OK(msg_reply(*ELEM(reply, i - 1), &m));
	}
	for (u32 i = 0; i < 3; i++) {
		EXPECT_TRUE(child_wait(*ELEM(child, i), &end));
		EXPECT_NUMBER(STATUS_OK, end.status);
		drop(*ELEM(child, i));
		drop(*ELEM(reply, i));
	}
	drop(endpoint);
}

static const struct test tests[] = {
	{ "a call times out before it is received", call_times_out_before_it_is_received },
	{ "a call times out while it is served", call_times_out_while_it_is_served },
	{ "a receive times out", receive_times_out },
	{ "suspending cancels a call", suspending_cancels_a_call },
	{ "suspending cancels a receive", suspending_cancels_a_receive },
	{ "cancelling ends a call", cancelling_ends_a_call },
	{ "cancelling ends a call that is served", cancelling_ends_a_call_that_is_served },
	{ "cancelling ends a receive", cancelling_ends_a_receive },
	{ "cancelling ends a wait for a word", cancelling_ends_a_wait_for_a_word },
	{ "cancelling ends the next wait", cancelling_ends_the_next_wait },
	{ "sleeping leaves a cancellation to the next wait", sleeping_leaves_it_to_the_next_wait },
	{ "a dropped reply object tells the caller", dropped_reply_tells_the_caller },
	{ "a server that dies tells its caller", dead_server_tells_its_caller },
	{ "a call that nobody took waits for the next server", killed_server_tells_its_caller },
	{ "a dead caller is noticed by the answer", dead_caller_is_noticed_by_the_answer },
	{ "an endpoint without capabilities is dead", endpoint_without_capabilities_is_dead },
	{ "a call ends when nobody may receive any more", call_ends_when_nobody_may_receive },
	{ "an idle reply object answers nobody", idle_reply_answers_nobody },
	{ "a reply object serves one receive", reply_object_serves_one_receive },
	{ "several callers wait for their answers", several_callers_can_wait_for_answers },
};

void test_blocking(struct span filter)
{
	RUN_TESTS(tests, filter);
}
