/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread of high priority gets its answer from servers that are busy for others of low priority, and a mutex that one of
 * low priority holds, while a thread in between never stops. All on one processor.
 */
#include "lib/rt/lock.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

enum : u32 { CHAIN = 3, SERVER = 15, LOW = 10, MIDDLE = 20, HIGH = 30 };
enum : u32 { BUSY = 1, SPINNING = 8, ANSWERED = 16, ENDED = 32, HOLDING = 64 };

static handle_t endpoint[CHAIN], done;
static u32 first;                 /* of the chain; the last is at the end of `endpoint` */
static u64 go, finish, started, ended;
static struct rt_mutex mutex;

static bool is_set(const u64 *flag) { return __atomic_load_n(flag, __ATOMIC_ACQUIRE) != 0; }
static void set(u64 *flag) { __atomic_store_n(flag, 1, __ATOMIC_RELEASE); }

static void one_ended(void)
{
	__atomic_fetch_add(&ended, 1, __ATOMIC_ACQ_REL);
	sys_signal_raise(done, ENDED);
}

/* Passes every request on to the next server, and waits for its answer; the last one computes. Each server has a caller of
 * its own, and all those of the one before it. */
static void serve(u64 at)
{
	handle_t reply = new_reply();
	struct message m = {};

	for (u32 calls = 0; calls < 2 + at - first; calls++) {
		EXPECT_OK(msg_receive(*ELEM(endpoint, at), reply, &m, RT_FOREVER));
		if (calls == 0)
			sys_signal_raise(done, BUSY << at);
		if (at + 1 < CHAIN)
			EXPECT_OK(msg_call(*ELEM(endpoint, at + 1), &m, RT_FOREVER));
		while (at + 1 == CHAIN && !is_set(&go))
			;
		m = msg_make(STATUS_OK, 0);
		EXPECT_OK(msg_reply(reply, &m));
	}
	drop(reply);
	one_ended();
}

static void call_low(u64 at)
{
	struct message m = msg_make(0, 0);

	EXPECT_OK(msg_call(*ELEM(endpoint, at), &m, RT_FOREVER));
	one_ended();
}

/* Lets go of the mutex when it has computed, or, with a server, when that has. */
static void hold(u64 calls)
{
	struct message m = msg_make(0, 0);

	EXPECT_OK(rt_mutex_lock(&mutex, RT_FOREVER));
	sys_signal_raise(done, HOLDING);
	if (calls != 0)
		EXPECT_OK(msg_call(*ELEM(endpoint, CHAIN - 1), &m, RT_FOREVER));
	while (!is_set(&go))
		;
	rt_mutex_unlock(&mutex);
	one_ended();
}

static void lock_high(u64 unused)
{
	(void)unused;
	EXPECT_OK(rt_mutex_lock(&mutex, before_long()));
	sys_signal_raise(done, ANSWERED);
	rt_mutex_unlock(&mutex);
	one_ended();
}

static void call_high(u64 unused)
{
	struct message m = msg_make(0, 0);

	(void)unused;
	EXPECT_OK(msg_call(*ELEM(endpoint, first), &m, before_long()));
	sys_signal_raise(done, ANSWERED);
	one_ended();
}

static void spin(u64 unused)
{
	(void)unused;
	sys_signal_raise(done, SPINNING);
	while (!is_set(&finish))
		;
	one_ended();
}

static void start_at(u32 priority, rt_thread_entry *entry, u64 argument)
{
	struct activity_params params = { .priority = priority, .cpus = 1 };
	handle_t activity = {}, thread = {};

	started++;
	EXPECT_OK(sys_activity_create(rt_group(), &params, &activity));
	EXPECT_OK(rt_thread_start(entry, argument, 4, activity, &thread));
	drop(activity);
	drop(thread);
}

static void begin(u32 servers)
{
	first = CHAIN - servers;
	go = finish = started = ended = 0;
	done = new_signal();
}

/* The last server first: whoever calls it next has to queue. */
static void start_servers(void)
{
	for (u32 at = CHAIN; at-- > first;) {
		*ELEM(endpoint, at) = new_endpoint(0);
		start_at(SERVER, serve, at);
		start_at(LOW, call_low, at);
		EXPECT_TRUE(signalled(done, BUSY << at));
	}
}

/* The important one comes last, and is done while the one in between still runs. */
static void past_a_spinning_thread(rt_thread_entry *important)
{
	bool all = true;

	start_at(MIDDLE, spin, 0);
	EXPECT_TRUE(signalled(done, SPINNING));
	start_at(HIGH, important, 0);
	set(&go);
	EXPECT_TRUE(signalled(done, ANSWERED));
	EXPECT_TRUE(!is_set(&finish));
	set(&finish);
	while (all && __atomic_load_n(&ended, __ATOMIC_ACQUIRE) != started)
		all = signalled(done, ENDED);
	EXPECT_TRUE(all);
	for (u32 at = first; at < CHAIN; at++)
		drop(*ELEM(endpoint, at));
	drop(done);
}

static void answered_through(u32 servers)
{
	begin(servers);
	start_servers();
	past_a_spinning_thread(call_high);
}

static void a_busy_server_answers_past_a_spinning_thread(void) { answered_through(1); }
static void a_chain_of_busy_servers_does(void) { answered_through(CHAIN); }

static void a_mutex_is_let_go_past_a_spinning_thread(void)
{
	begin(0);
	start_at(LOW, hold, 0);
	EXPECT_TRUE(signalled(done, HOLDING));
	past_a_spinning_thread(lock_high);
}

static void so_is_one_whose_holder_waits_for_a_busy_server(void)
{
	begin(1);
	start_servers();
	start_at(LOW, hold, 1);
	EXPECT_TRUE(signalled(done, HOLDING));
	past_a_spinning_thread(lock_high);
}

static const struct test tests[] = {
	{ "a busy server answers past a spinning thread", a_busy_server_answers_past_a_spinning_thread },
	{ "a chain of busy servers does", a_chain_of_busy_servers_does },
	{ "a mutex is let go past a spinning thread", a_mutex_is_let_go_past_a_spinning_thread },
	{ "so is one whose holder waits for a busy server", so_is_one_whose_holder_waits_for_a_busy_server },
};

void test_inheritance(struct span filter)
{
	RUN_TESTS(tests, filter);
}
