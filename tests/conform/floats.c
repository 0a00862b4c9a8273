/* SPDX-License-Identifier: Apache-2.0
 *
 * Floating point, vector and their control registers: each thread has its own, whatever comes between, and begins with zeros.
 */
#include "tests/conform/floats.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"

enum : u64 { THREADS = 6, ROUNDS = 48, SEEDS = 0x4000000000000, TURNS = 2000, CONTROL_SEEDS = 0x9e37 };
enum : u32 { STACK_PAGES = 4, PRIORITY = 20 };

struct floater {
	handle_t activity;
	u64 pages;      /* address of memory that was not touched yet */
	u64 different;  /* bits of registers that were not what they should be */
};

struct filling {
	u64 seed, control;
};

static struct floater floaters[THREADS];
static handle_t done;
static u64 spun;

/* Each thread and round has its own values. */
static struct filling fill(u64 index, u64 round)
{
	u64 seed = SEEDS * (index + 1) + round * PAGE_BYTES;

	floats_fill(seed);
	return (struct filling){ .seed = seed, .control = floats_control_fill((round * THREADS + index + 1) * CONTROL_SEEDS) };
}

static u64 differs_from(struct filling filling)
{
	return floats_differ(filling.seed, 1) | (floats_control() ^ filling.control);
}

/* What a thread has that did not write any yet. */
static u64 differs_from_new(void)
{
	u64 control = floats_control() ^ floats_control_new();

	return floats_differ(0, 0) | control;
}

static void spin(void)
{
	for (u64 i = 0; i < TURNS; i++)
		__atomic_fetch_add(&spun, 1, __ATOMIC_RELAXED);
}

/* To the processor of a number; where there is none, it stays. */
static void move_to(handle_t activity, u64 cpu)
{
	struct activity_params params = { .priority = PRIORITY, .cpus = 1ull << cpu };

	(void)sys_activity_set(activity, &params);
}

/* Calls, page faults, switches and moves lie between filling and looking. */
static void float_on(u64 index)
{
	struct floater *self = ELEM(floaters, index);

	self->different = differs_from_new();
	for (u64 round = 0; round < ROUNDS; round++) {
		struct filling filling = fill(index, round);

		any_write(self->pages + round * PAGE_BYTES, 1);
		move_to(self->activity, (index + round) % 2);
		sys_yield();
		spin();
		self->different |= differs_from(filling);
	}
	sys_signal_raise(done, 1ull << index);
}

static u64 fresh_pages(void)
{
	handle_t memory = new_memory(ROUNDS);
	u64 address = 0;

	EXPECT_OK(sys_map(rt_self(), memory, 0, 0, ROUNDS * PAGE_BYTES, MAP_READ | MAP_WRITE, &address));
	drop(memory);
	return address;
}

static void start_floater(u64 index)
{
	struct activity_params params = { .priority = PRIORITY };
	struct floater *floater = ELEM(floaters, index);
	handle_t thread = {};

	*floater = (struct floater){ .pages = fresh_pages() };
	EXPECT_OK(sys_activity_create(rt_group(), &params, &floater->activity));
	EXPECT_OK(rt_thread_start(float_on, index, STACK_PAGES, floater->activity, &thread));
	drop(thread);
}

static void registers_are_the_threads_own(void)
{
	struct filling own = fill(THREADS, 0);

	done = new_signal();
	for (u64 i = 0; i < THREADS; i++)
		start_floater(i);
	for (u64 i = 0; i < THREADS; i++) {
		EXPECT_TRUE(signalled(done, 1ull << i));
		EXPECT_NUMBER(0, ELEM(floaters, i)->different);
		EXPECT_OK(sys_unmap(rt_self(), ELEM(floaters, i)->pages, ROUNDS * PAGE_BYTES));
		drop(ELEM(floaters, i)->activity);
	}
	EXPECT_NUMBER(0, differs_from(own));
	drop(done);
}

static void look_at_registers(u64 unused)
{
	(void)unused;
	floaters[0].different = differs_from_new();
	sys_signal_raise(done, 1);
}

/* The thread may follow on the same processor at once, or find what another one left there. */
static void a_thread_begins_with_zeros(void)
{
	done = new_signal();
	for (u64 round = 0; round < ROUNDS; round++) {
		struct filling own = fill(0, round);

		floaters[0].different = U64_MAX;
		start_thread(look_at_registers, 0);
		EXPECT_TRUE(signalled(done, 1));
		EXPECT_NUMBER(0, floaters[0].different);
		EXPECT_NUMBER(0, differs_from(own));
	}
	drop(done);
}

static const struct test tests[] = {
	{ "a thread begins with zeros in floating point registers", a_thread_begins_with_zeros },
	{ "floating point registers are the thread's own", registers_are_the_threads_own },
};

void test_floats(struct span filter)
{
	RUN_TESTS(tests, filter);
}
