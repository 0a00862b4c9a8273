/* SPDX-License-Identifier: Apache-2.0
 *
 * Budgets, what may be promised, and where threads run.
 */
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

static handle_t done;
static u64 finish;

enum : u64 { MS = 1000000, LOOK_NS = 400 * MS, GAP_NS = MS / 4, LOOKS = 10 };

static handle_t promising_group(u64 ppm)
{
	struct group_limits limits = { .reserved_ppm = ppm };
	handle_t group = {};

	EXPECT_OK(sys_group_create(rt_group(), &limits, span_text("promising"), &group));
	return group;
}

static struct group_stat stat_of(handle_t group)
{
	struct group_stat stat = {};

	EXPECT_OK(sys_group_stat(group, &stat));
	return stat;
}

static void run_until_told(u64 unused)
{
	(void)unused;
	while (__atomic_load_n(&finish, __ATOMIC_ACQUIRE) == 0)
		;
	sys_signal_raise(done, 1);
}

static u64 ran_ns; /* how long the clock has gone on without a gap, as who runs saw it */

/* WHY not what the kernel counts: while the emulator's processor is off the host's, time passes, and timers are late. */
static void run_and_watch_the_clock(u64 unused)
{
	(void)unused;
	for (u64 last_ns = rt_now_ns(); __atomic_load_n(&finish, __ATOMIC_ACQUIRE) == 0;) {
		u64 now_ns = rt_now_ns();

		if (now_ns - last_ns < GAP_NS)
			__atomic_fetch_add(&ran_ns, now_ns - last_ns, __ATOMIC_RELAXED);
		last_ns = now_ns;
	}
	sys_signal_raise(done, 1);
}

/* What it ran during a while, in thousandths. */
static u64 share_ran(handle_t nobody)
{
	u64 bits = 0, begin_ns = rt_now_ns(), before_ns = __atomic_load_n(&ran_ns, __ATOMIC_RELAXED);

	EXPECT(STATUS_TIMED_OUT, sys_signal_wait(nobody, 1, begin_ns + LOOK_NS, &bits));
	u64 ran = __atomic_load_n(&ran_ns, __ATOMIC_RELAXED) - before_ns;

	return ran * 1000 / (rt_now_ns() - begin_ns);
}

/* Time is what this is about. A tenth is the budget, all of it what an endless loop would take. WHY several looks: as above. The
 * exact bounds are for the host test. */
static void a_budget_is_not_exceeded(void)
{
	struct activity_params params = { .priority = 20, .budget_ns = 2 * MS, .period_ns = 20 * MS };
	handle_t group = promising_group(0), activity = {}, thread = {}, nobody = new_signal();
	u64 ran = 1000;

	done = new_signal();
	__atomic_store_n(&finish, 0, __ATOMIC_RELEASE);
	EXPECT_OK(sys_activity_create(group, &params, &activity));
	EXPECT_OK(rt_thread_start(run_and_watch_the_clock, 0, 4, activity, &thread));
	for (u32 look = 0; look < LOOKS && ran > 500; look++)
		ran = share_ran(nobody);
	EXPECT_TRUE(ran <= 500);
	EXPECT_TRUE(stat_of(group).cpu_ns >= params.budget_ns);
	__atomic_store_n(&finish, 1, __ATOMIC_RELEASE);
	EXPECT_TRUE(signalled(done, 1));
	drop(thread);
	drop(activity);
	drop(done);
	drop(nobody);
	drop(group);
}

static void no_more_is_promised_than_may_be(void)
{
	struct activity_params fifth = { .priority = 20, .budget_ns = 1 * MS, .period_ns = 5 * MS };
	struct activity_params tenth = { .priority = 20, .budget_ns = 1 * MS, .period_ns = 10 * MS };
	handle_t group = promising_group(150000), first = {}, second = {};

	EXPECT(STATUS_OUT_OF_TIME, sys_activity_create(group, &fifth, &first));
	EXPECT_OK(sys_activity_create(group, &tenth, &first));
	EXPECT(STATUS_OUT_OF_TIME, sys_activity_create(group, &tenth, &second));
	EXPECT(STATUS_OUT_OF_TIME, sys_activity_set(first, &fifth));
	EXPECT_NUMBER(100000, stat_of(group).reserved_ppm);
	EXPECT_NUMBER(150000, stat_of(group).reserved_limit_ppm);
	tenth.budget_ns = 0;
	EXPECT_OK(sys_activity_set(first, &tenth));
	EXPECT_NUMBER(0, stat_of(group).reserved_ppm);
	drop(first);
	drop(group);
}

/* What the kernel would divide by, or by far too little. */
static void budgets_without_sense_are_refused(void)
{
	struct activity_params params[] = {
		{ .priority = 20, .budget_ns = 1 * MS },
		{ .priority = 20, .budget_ns = 2 * MS, .period_ns = 1 * MS },
		{ .priority = 20, .budget_ns = 1 * MS, .period_ns = 10 * MS, .deadline_ns = 1 },
		{ .priority = 20, .budget_ns = 1 * MS, .period_ns = 10 * MS, .deadline_ns = 11 * MS },
		{ .priority = 20, .budget_ns = 1, .period_ns = 1 },
		{ .priority = 20, .budget_ns = ~0ull, .period_ns = ~0ull },
	};
	struct activity_params good = { .priority = 20, .budget_ns = 1 * MS, .period_ns = 10 * MS };
	handle_t group = promising_group(0), activity = {}, none = {};

	EXPECT_OK(sys_activity_create(group, &good, &activity));
	for (u32 i = 0; i < ARRAY_LEN(params); i++) {
		EXPECT(STATUS_INVALID, sys_activity_create(group, ELEM(params, i), &none));
		EXPECT(STATUS_INVALID, sys_activity_set(activity, ELEM(params, i)));
	}
	EXPECT_NUMBER(100000, stat_of(group).reserved_ppm);
	drop(activity);
	drop(group);
}

static void affinity_names_processors(void)
{
	struct activity_params params = { .priority = 20, .cpus = 1ull << 63 };
	handle_t activity = {}, thread = {};

	EXPECT(STATUS_RANGE, sys_activity_create(rt_group(), &params, &activity));
	params.cpus = 1;
	EXPECT_OK(sys_activity_create(rt_group(), &params, &activity));
	done = new_signal();
	__atomic_store_n(&finish, 1, __ATOMIC_RELEASE);
	EXPECT_OK(rt_thread_start(run_until_told, 0, 4, activity, &thread));
	EXPECT_TRUE(signalled(done, 1));
	drop(thread);
	drop(activity);
	drop(done);
}

static void group_weights_are_checked(void)
{
	struct group_limits limits = { .weight = 10001 };
	handle_t group = {};

	EXPECT(STATUS_INVALID, sys_group_create(rt_group(), &limits, span_text("heavy"), &group));
	limits.weight = 10000;
	EXPECT_OK(sys_group_create(rt_group(), &limits, span_text("heavy"), &group));
	limits.weight = 10001;
	EXPECT(STATUS_INVALID, sys_group_set_limits(group, &limits));
	drop(group);
}

/* ---- what timers leave to others ---- */

enum : u32 { STORM_TIMERS = 64, LOW = 20, HIGH = 30 };
enum : u64 { STORM_NS = 100000, COUNT_NS = 30 * MS, COUNTED = 1, ENDED = 2, ALL_BITS = ~0ull };

static handle_t storm, timers[STORM_TIMERS]; /* what the timers raise */
static u64 least, best; /* of a hundred turns without the timers, how many there must be and were with them */

static u64 turns(void)
{
	u64 count = 0, end_ns = rt_now_ns() + COUNT_NS;

	for (; rt_now_ns() < end_ns; count++)
		;
	return count;
}

/* Sets timers whose times come one after the other; period 0: stops them. */
static void set_storm(u64 period_ns)
{
	u64 begin_ns = rt_now_ns();

	for (u32 i = 0; i < STORM_TIMERS; i++)
		(void)sys_timer_set(*ELEM(timers, i), period_ns != 0 ? begin_ns + i * (STORM_NS / STORM_TIMERS) : 0, period_ns);
}

/* WHY several looks: see a_budget_is_not_exceeded. */
static void count_turns(u64 unused)
{
	(void)unused;
	for (u32 i = 0; i < STORM_TIMERS; i++)
		(void)sys_timer_create(rt_group(), storm, 1ull << i, ELEM(timers, i));
	for (u32 look = 0; look < LOOKS && best < least; look++) {
		u64 calm = turns();

		set_storm(STORM_NS);
		best = max_u64(best, turns() * 100 / calm);
		set_storm(0);
	}
	for (u32 i = 0; i < STORM_TIMERS; i++)
		(void)sys_cap_drop(*ELEM(timers, i));
	sys_signal_raise(done, COUNTED);
}

static void take_all(u64 unused)
{
	u64 bits;

	(void)unused;
	while (__atomic_load_n(&finish, __ATOMIC_ACQUIRE) == 0)
		(void)sys_signal_wait(storm, ALL_BITS, RT_FOREVER, &bits);
	sys_signal_raise(done, ENDED);
}

static handle_t start_on_first(rt_thread_entry *entry, u32 priority)
{
	struct activity_params params = { .priority = priority, .cpus = 1 };
	handle_t activity = {}, thread = {};

	EXPECT_OK(sys_activity_create(rt_group(), &params, &activity));
	EXPECT_OK(rt_thread_start(entry, 0, 4, activity, &thread));
	drop(activity);
	return thread;
}

/* A thread counts beside periodic timers, and maybe somebody less important or equal who takes what they raise. */
static void expect_left(u32 priority, bool taken, u64 percent)
{
	handle_t counter = {}, taker = {};

	done = new_signal();
	storm = new_signal();
	least = percent;
	best = 0;
	__atomic_store_n(&finish, 0, __ATOMIC_RELEASE);
	if (taken)
		taker = start_on_first(take_all, LOW);
	counter = start_on_first(count_turns, priority);
	EXPECT_TRUE(signalled(done, COUNTED));
	EXPECT_TRUE(best >= least);
	__atomic_store_n(&finish, 1, __ATOMIC_RELEASE);
	sys_signal_raise(storm, ALL_BITS);
	EXPECT_TRUE(!taken || signalled(done, ENDED));
	if (taken)
		drop(taker);
	drop(counter);
	drop(done);
	drop(storm);
}

static void timers_nobody_takes_cost_nothing(void) { expect_left(LOW, false, 90); }
static void timers_of_the_less_important_cost_little(void) { expect_left(HIGH, true, 90); }
static void timers_of_equals_cost_no_more_than_a_share(void) { expect_left(LOW, true, 15); }

static const struct test tests[] = {
	{ "a budget is not exceeded", a_budget_is_not_exceeded },
	{ "no more is promised than may be", no_more_is_promised_than_may_be },
	{ "budgets without sense are refused", budgets_without_sense_are_refused },
	{ "affinity names processors", affinity_names_processors },
	{ "group weights are checked", group_weights_are_checked },
	{ "timers that nobody takes cost nothing", timers_nobody_takes_cost_nothing },
	{ "timers of the less important cost little", timers_of_the_less_important_cost_little },
	{ "timers of equals cost no more than a share", timers_of_equals_cost_no_more_than_a_share },
};

void test_scheduling(struct span filter)
{
	RUN_TESTS(tests, filter);
}
