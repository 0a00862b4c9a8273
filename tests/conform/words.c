/* SPDX-License-Identifier: Apache-2.0
 *
 * Words of memory to wait for, and the mutexes and conditions made of them.
 */
#include "lib/rt/lock.h"
#include "lib/rt/memory.h"
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

enum : u32 { ROUNDS = 2000, WORKERS = 4, SLOTS = 8 };
enum : u64 { COUNTER_AT = 64 };

/* ---- the calls ---- */

static pages_t pages;
static u64 word_at;
static handle_t done;
static u32 ended_with;

static void map_word(void)
{
	EXPECT_OK(rt_pages_create(PAGE_BYTES, true, &pages));
	word_at = rt_pages_address(pages);
	done = new_signal();
}

static void unmap_word(void)
{
	rt_pages_release(pages);
	drop(done);
}

static void wait_for_zero(u64 bit)
{
	if (bit == 1)
		sys_signal_raise(done, 2);
	__atomic_store_n(&ended_with, sys_wait_word(word_at, 0, handle_none(), before_long()), __ATOMIC_RELEASE);
	sys_signal_raise(done, bit);
}

static void word_calls_check_their_arguments(void)
{
	u64 woken = 0;

	map_word();
	EXPECT(STATUS_INVALID, sys_wait_word(word_at + 1, 0, handle_none(), RT_POLL));
	EXPECT(STATUS_BAD_ADDRESS, sys_wait_word(BAD_USER_ADDRESS, 0, handle_none(), RT_POLL));
	EXPECT(STATUS_BAD_ADDRESS, sys_wait_word(KERNEL_ADDRESS, 0, handle_none(), RT_POLL));
	EXPECT(STATUS_CHANGED, sys_wait_word(word_at, 1, handle_none(), RT_FOREVER));
	EXPECT(STATUS_WOULD_BLOCK, sys_wait_word(word_at, 0, handle_none(), RT_POLL));
	EXPECT(STATUS_TIMED_OUT, sys_wait_word(word_at, 0, handle_none(), in_a_moment()));
	EXPECT(STATUS_WRONG_TYPE, sys_wait_word(word_at, 0, done, RT_POLL));
	EXPECT(STATUS_INVALID, sys_wake_word(word_at, 0, 0, &woken));
	EXPECT(STATUS_INVALID, sys_wake_word(word_at, 1, 2, &woken));
	EXPECT(STATUS_BAD_ADDRESS, sys_wake_word(BAD_USER_ADDRESS, 1, 0, &woken));
	EXPECT_OK(sys_wake_word(word_at, 1, 0, &woken));
	EXPECT_NUMBER(0, woken);
	unmap_word();
}

/* It may not have begun to wait yet. */
static void wake_one(void)
{
	u64 woken = 0, deadline = before_long();

	while (woken == 0 && rt_now_ns() < deadline) {
		EXPECT_OK(sys_wake_word(word_at, 1, 0, &woken));
		(void)sys_yield();
	}
	EXPECT_NUMBER(1, woken);
}

static void who_waits_is_woken(void)
{
	map_word();
	start_thread(wait_for_zero, 4);
	wake_one();
	EXPECT_TRUE(signalled(done, 4));
	EXPECT_NUMBER(STATUS_OK, __atomic_load_n(&ended_with, __ATOMIC_ACQUIRE));
	unmap_word();
}

static void a_wait_ends_when_its_page_is_unmapped(void)
{
	map_word();
	start_thread(wait_for_zero, 1);
	EXPECT_TRUE(signalled(done, 2));
	rt_sleep_until(in_a_moment()); /* mostly it waits by now; either way it must learn of it */
	EXPECT_OK(sys_unmap(rt_self(), word_at, PAGE_BYTES));
	EXPECT_TRUE(signalled(done, 1));
	EXPECT_NUMBER(STATUS_BAD_ADDRESS, __atomic_load_n(&ended_with, __ATOMIC_ACQUIRE));
	drop(done);
}

static void a_thread_has_a_handle_to_itself(void)
{
	handle_t self = {};

	EXPECT_OK(sys_thread_self(&self));
	EXPECT_NUMBER(OBJECT_THREAD, inspected(self).type);
	EXPECT(STATUS_INVALID, sys_wait_word(0, 0, self, RT_POLL));
	drop(self);
}

/* ---- mutexes and conditions ---- */

static struct rt_mutex mutex;
static struct rt_condition filled, emptied;
static u64 counter, in_slots, taken;

static void count(u64 bit)
{
	for (u32 i = 0; i < ROUNDS; i++) {
		EXPECT_OK(rt_mutex_lock(&mutex, RT_FOREVER));
		u64 seen = __atomic_load_n(&counter, __ATOMIC_RELAXED);

		if (i % 64 == 0)
			(void)sys_yield(); /* the others come and have to wait */
		__atomic_store_n(&counter, seen + 1, __ATOMIC_RELAXED);
		rt_mutex_unlock(&mutex);
	}
	sys_signal_raise(done, bit);
}

static void a_mutex_lets_one_in_at_a_time(void)
{
	done = new_signal();
	counter = 0;
	for (u32 i = 0; i < WORKERS; i++)
		start_thread(count, 1ull << i);
	for (u32 i = 0; i < WORKERS; i++)
		EXPECT_TRUE(signalled(done, 1ull << i));
	EXPECT_NUMBER(WORKERS * ROUNDS, counter);
	EXPECT_NUMBER(0, mutex.word);
	drop(done);
}

static void produce(u64 bit)
{
	for (u32 i = 0; i < ROUNDS; i++) {
		EXPECT_OK(rt_mutex_lock(&mutex, RT_FOREVER));
		while (in_slots == SLOTS)
			EXPECT_OK(rt_condition_wait(&emptied, &mutex, RT_FOREVER));
		in_slots++;
		rt_condition_signal(&filled);
		rt_mutex_unlock(&mutex);
	}
	sys_signal_raise(done, bit);
}

static void consume(u64 bit)
{
	for (u32 i = 0; i < ROUNDS; i++) {
		EXPECT_OK(rt_mutex_lock(&mutex, RT_FOREVER));
		while (in_slots == 0)
			EXPECT_OK(rt_condition_wait(&filled, &mutex, RT_FOREVER));
		in_slots--;
		taken++;
		rt_condition_signal(&emptied);
		rt_mutex_unlock(&mutex);
	}
	sys_signal_raise(done, bit);
}

static void conditions_pass_on_all_that_is_made(void)
{
	done = new_signal();
	in_slots = 0;
	taken = 0;
	start_thread(produce, 1);
	start_thread(produce, 2);
	start_thread(consume, 4);
	start_thread(consume, 8);
	for (u64 bit = 1; bit < 16; bit *= 2)
		EXPECT_TRUE(signalled(done, bit));
	EXPECT_NUMBER(2 * ROUNDS, taken);
	EXPECT_NUMBER(0, in_slots);
	drop(done);
}

static void a_lock_is_given_up_in_time(void)
{
	EXPECT_TRUE(rt_mutex_try_lock(&mutex));
	EXPECT(STATUS_INVALID, rt_mutex_lock(&mutex, RT_FOREVER)); /* by itself */
	EXPECT(STATUS_TIMED_OUT, rt_condition_wait(&filled, &mutex, in_a_moment()));
	rt_mutex_unlock(&mutex);
}

static void lock_and_end(u64 bit)
{
	EXPECT_OK(rt_mutex_lock(&mutex, RT_FOREVER));
	sys_signal_raise(done, bit);
}

static void find_the_holder_dead(u64 bit)
{
	EXPECT(STATUS_PEER_DIED, rt_mutex_lock(&mutex, before_long()));
	sys_signal_raise(done, bit);
}

/* Also by who runs in its place. */
static void a_holder_that_dies_is_told_of(void)
{
	done = new_signal();
	start_thread(lock_and_end, 1);
	EXPECT_TRUE(signalled(done, 1));
	EXPECT(STATUS_PEER_DIED, rt_mutex_lock(&mutex, before_long()));
	start_thread(find_the_holder_dead, 2);
	EXPECT_TRUE(signalled(done, 2));
	EXPECT(STATUS_PEER_DIED, rt_mutex_lock(&mutex, before_long()));
	mutex = (struct rt_mutex){};
	drop(done);
}

/* ---- between processes ---- */

static void count_in(pages_t in)
{
	struct rt_mutex *shared = rt_mutex_in(in, 0);

	for (u32 i = 0; i < ROUNDS; i++) {
		EXPECT_OK(rt_mutex_lock(shared, RT_FOREVER));
		u8 seen = span_u8(rt_pages_span(in), COUNTER_AT);

		if (i % 64 == 0)
			(void)sys_yield();
		mspan_put_u8(rt_pages_mspan(in), COUNTER_AT, (u8)(seen + 1));
		rt_mutex_unlock(shared);
	}
}

u64 words_in_child(void)
{
	pages_t in = {};

	if (rt_pages_map(rt_handle(span_text("peer")), 0, PAGE_BYTES, MAP_READ | MAP_WRITE, &in) != STATUS_OK)
		return 1;
	count_in(in);
	return 0;
}

static void processes_share_a_mutex(void)
{
	handle_t memory = new_memory(1);
	struct child_end end;
	pages_t in = {};

	EXPECT_OK(rt_pages_map(memory, 0, PAGE_BYTES, MAP_READ | MAP_WRITE, &in));
	rt_mutex_in(in, 0)->shared = 1;
	handle_t process = child_start(span_text("words"), memory, handle_none());

	count_in(in);
	EXPECT_TRUE(child_wait(process, &end));
	EXPECT_NUMBER(0, end.status);
	EXPECT_NUMBER((2 * ROUNDS) & 0xff, span_u8(rt_pages_span(in), COUNTER_AT));
	rt_pages_release(in);
	drop(process);
	drop(memory);
}

static const struct test tests[] = {
	{ "word calls check their arguments", word_calls_check_their_arguments },
	{ "who waits for a word is woken", who_waits_is_woken },
	{ "a word's wait ends when it is unmapped", a_wait_ends_when_its_page_is_unmapped },
	{ "a thread has a handle to itself", a_thread_has_a_handle_to_itself },
	{ "a mutex lets one in at a time", a_mutex_lets_one_in_at_a_time },
	{ "conditions pass on all that is made", conditions_pass_on_all_that_is_made },
	{ "a lock is given up in time", a_lock_is_given_up_in_time },
	{ "a holder that dies is told of", a_holder_that_dies_is_told_of },
	{ "processes share a mutex", processes_share_a_mutex },
};

void test_words(struct span filter)
{
	RUN_TESTS(tests, filter);
}
