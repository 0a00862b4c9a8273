/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals and timers.
 */
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

enum : u32 { LOOKS = 10 };

static handle_t shared;

static void raise_later(u64 bits)
{
	rt_sleep_until(in_a_moment());
	sys_signal_raise(shared, bits);
}

static u64 polled(handle_t signal, u64 mask)
{
	u64 bits = 0;
	enum status status = sys_signal_wait(signal, mask, RT_POLL, &bits);

	EXPECT_TRUE(status == STATUS_OK || status == STATUS_WOULD_BLOCK || status == STATUS_TIMED_OUT);
	return status == STATUS_OK ? bits : 0;
}

static void bits_are_sticky_until_taken(void)
{
	handle_t signal = new_signal();

	EXPECT_NUMBER(0, polled(signal, U64_MAX));
	EXPECT_OK(sys_signal_raise(signal, 1));
	EXPECT_OK(sys_signal_raise(signal, 4));
	EXPECT_OK(sys_signal_raise(signal, 1));
	EXPECT_NUMBER(5, polled(signal, U64_MAX));
	EXPECT_NUMBER(0, polled(signal, U64_MAX));
	drop(signal);
}

static void mask_takes_only_its_bits(void)
{
	handle_t signal = new_signal();

	EXPECT_OK(sys_signal_raise(signal, 7));
	EXPECT_NUMBER(2, polled(signal, 2));
	EXPECT_NUMBER(0, polled(signal, 2));
	EXPECT_NUMBER(5, polled(signal, U64_MAX));
	EXPECT_OK(sys_signal_raise(signal, 1ull << 63));
	EXPECT_NUMBER(1ull << 63, polled(signal, U64_MAX));
	drop(signal);
}

static void wait_ends_when_raised(void)
{
	shared = new_signal();
	start_thread(raise_later, 8);
	EXPECT_TRUE(signalled(shared, 8));
	drop(shared);
}

static void wait_ends_at_its_deadline(void)
{
	handle_t signal = new_signal();
	u64 bits = 0;
	u64 deadline = in_a_moment();

	EXPECT(STATUS_TIMED_OUT, sys_signal_wait(signal, 1, deadline, &bits));
	EXPECT_TRUE(rt_now_ns() >= deadline);
	EXPECT_TRUE(rt_now_ns() < deadline + SOON_NS);
	EXPECT(STATUS_TIMED_OUT, sys_signal_wait(signal, 1, 1, &bits));
	drop(signal);
}

static void empty_mask_is_invalid(void)
{
	handle_t signal = new_signal();
	u64 bits = 0;

	EXPECT(STATUS_INVALID, sys_signal_wait(signal, 0, RT_POLL, &bits));
	drop(signal);
}

static void timer_raises_its_bits(void)
{
	handle_t signal = new_signal();
	handle_t timer = new_timer(signal, 0x10);
	u64 deadline = in_a_moment();

	EXPECT_OK(sys_timer_set(timer, deadline, 0));
	EXPECT_TRUE(signalled(signal, 0x10));
	EXPECT_TRUE(rt_now_ns() >= deadline);
	EXPECT_OK(sys_timer_set(timer, 1, 0));
	EXPECT_TRUE(signalled(signal, 0x10));
	drop(timer);
	drop(signal);
}

/* WHY several looks: on a busy host another processor may raise what it had begun to long after the timer was disarmed. */
static bool falls_silent(handle_t signal)
{
	for (u32 look = 0; look < LOOKS; look++) {
		rt_sleep_until(in_a_moment());
		if (polled(signal, 1) == 0)
			return true;
	}
	return false;
}

static void timer_repeats(void)
{
	handle_t signal = new_signal();
	handle_t timer = new_timer(signal, 1);
	u64 begin = rt_now_ns();

	EXPECT_OK(sys_timer_set(timer, begin + 2000000, 2000000));
	for (u32 i = 0; i < 5; i++)
		EXPECT_TRUE(signalled(signal, 1));
	EXPECT_TRUE(rt_now_ns() >= begin + 5 * 2000000);
	EXPECT_OK(sys_timer_set(timer, 0, 0));
	EXPECT_TRUE(falls_silent(signal));
	drop(timer);
	drop(signal);
}

/* Arms it, and disarms it or gives it up. True if that was before its time, so that it may never fire. */
static bool disarmed_in_time(handle_t signal, bool given_up)
{
	handle_t timer = new_timer(signal, 1);
	u64 due = rt_now_ns() + MOMENT_NS / 2;

	EXPECT_OK(sys_timer_set(timer, due, 0));
	if (!given_up)
		EXPECT_OK(sys_timer_set(timer, 0, 0));
	else
		drop(timer);
	bool in_time = rt_now_ns() < due;

	rt_sleep_until(in_a_moment());
	if (!given_up)
		drop(timer);
	return in_time;
}

/* WHY several looks: the host may have the processor meanwhile. */
static void disarmed_timer_is_silent(void)
{
	for (u32 given_up = 0; given_up < 2; given_up++) {
		handle_t signal = new_signal();
		u32 look = 0;

		for (; look < LOOKS && !disarmed_in_time(signal, given_up != 0); look++)
			(void)polled(signal, 1);
		EXPECT_TRUE(look < LOOKS);
		EXPECT_NUMBER(0, polled(signal, 1));
		drop(signal);
	}
}

static void many_timers_in_order(void)
{
	handle_t signal = new_signal();
	handle_t timer[16] = {};
	u64 begin = rt_now_ns() + 5000000;
	u64 seen = 0;

	for (u32 i = 0; i < ARRAY_LEN(timer); i++) {
		*ELEM(timer, i) = new_timer(signal, 1ull << i);
		EXPECT_OK(sys_timer_set(*ELEM(timer, i), begin + (15 - i) * 1000000ull, 0));
	}
	while (seen != 0xffff) {
		u64 bits = 0;

		EXPECT_OK(sys_signal_wait(signal, 0xffff, before_long(), &bits));
		if (bits == 0)
			break;
		seen |= bits;
	}
	EXPECT_NUMBER(0xffff, seen);
	EXPECT_TRUE(rt_now_ns() >= begin + 15000000);
	for (u32 i = 0; i < ARRAY_LEN(timer); i++)
		drop(*ELEM(timer, i));
	drop(signal);
}

/* ---- a timer that two threads set ---- */

static handle_t contested;
static bool over;

/* For a time that is never the same. */
static void dawdle(u64 *random)
{
	*random = *random * 6364136223846793005ull + 1442695040888963407ull;
	for (u64 i = *random >> 33 & 15; i > 0; i--)
		(void)rt_now_ns();
}

static void disarm_all_the_time(u64 random)
{
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		dawdle(&random);
		(void)sys_timer_set(contested, 0, 0);
	}
	(void)sys_signal_raise(shared, 2);
}

/* One thread arms it with a period, to fire at once; another one disarms it meanwhile. In the end it is
 * disarmed, and silent once the last fire is over. */
static void timer_disarmed_as_it_fires(void)
{
	u64 random = 1, end = rt_now_ns() + 1000000000;

	shared = new_signal();
	contested = new_timer(shared, 1);
	over = false;
	start_thread(disarm_all_the_time, 2);
	while (rt_now_ns() < end) {
		EXPECT_OK(sys_timer_set(contested, rt_now_ns() + 2000, 100000));
		dawdle(&random);
	}
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	EXPECT_TRUE(signalled(shared, 2));
	EXPECT_OK(sys_timer_set(contested, 0, 0));
	EXPECT_TRUE(falls_silent(shared));
	drop(contested);
	drop(shared);
}

static const struct test tests[] = {
	{ "signal bits stay until they are taken", bits_are_sticky_until_taken },
	{ "a mask takes only its bits", mask_takes_only_its_bits },
	{ "a wait ends when its bit is raised", wait_ends_when_raised },
	{ "a wait ends at its deadline", wait_ends_at_its_deadline },
	{ "an empty mask is invalid", empty_mask_is_invalid },
	{ "a timer raises its bits", timer_raises_its_bits },
	{ "a timer repeats", timer_repeats },
	{ "a disarmed timer is silent", disarmed_timer_is_silent },
	{ "many timers", many_timers_in_order },
	{ "a timer disarmed as it fires", timer_disarmed_as_it_fires },
};

void test_signals(struct span filter)
{
	RUN_TESTS(tests, filter);
}
