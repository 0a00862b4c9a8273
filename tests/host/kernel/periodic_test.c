/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of periodic tasks: up to what was admitted none is late, and one that takes more than its budget is late
 * alone.
 */
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/sched_test.h"
#include "tests/host/kernel/workload.h"

enum : u32 { SETS = 8, TASKS_MAX = 7 };
enum : u64 { TIME = 2000 * MS, PERMILLE = 1000 };

/* How many thousandths of the processor each task takes. */
struct parts {
	u32 count;
	u64 at[TASKS_MAX];
};

static struct jobs jobs;
static u64 random_state;

static struct parts divide(u64 total, u32 count)
{
	u64 weight[TASKS_MAX], sum = 0, given = 0;
	struct parts parts = { .count = count };

	for (u32 i = 0; i < count; i++) {
		*ELEM(weight, i) = 30 + next_random(&random_state) % 100;
		sum += *ELEM(weight, i);
	}
	for (u32 i = 0; i < count; i++) {
		*ELEM(parts.at, i) = i + 1 < count ? total * *ELEM(weight, i) / sum : total - given;
		given += *ELEM(parts.at, i);
	}
	return parts;
}

/* Tasks that use all of their budgets, and a thread of best effort that uses whatever is left. */
static void make_set(const struct parts *parts, u64 shortest_ns, u64 factors)
{
	struct activity_params best_effort = { .priority = PRIORITY_BEST_EFFORT };

	jobs.count = 0;
	for (u32 i = 0; i < parts->count; i++) {
		u64 period_ns = shortest_ns * (1 + next_random(&random_state) % factors);
		struct activity_params params = { .priority = 90, .budget_ns = period_ns * *ELEM(parts->at, i) / PERMILLE,
			.period_ns = period_ns };
		struct job *job = jobs_add(&jobs, world_group(), &params);

		job->work_ns = params.budget_ns;
		job->period_ns = period_ns;
		job->phase_ns = next_random(&random_state) % period_ns;
	}
	(void)jobs_add(&jobs, world_group(), &best_effort);
}

static u64 late_but(u32 excepted)
{
	u64 late = 0;

	for (u32 i = 0; i + 1 < jobs.count; i++)
		late += i != excepted ? ELEM(jobs.at, i)->late : 0;
	return late;
}

static void expect_no_miss(u64 shortest_ns, u64 factors)
{
	for (u32 set = 0; set < SETS && !report_failing(); set++) {
		struct parts parts = divide(900, 2 + set % (TASKS_MAX - 1));

		make_set(&parts, shortest_ns, factors);
		jobs_run(&jobs, TIME);
		EXPECT_EQ(late_but(U32_MAX), 0);
		for (u32 i = 0; i < parts.count; i++)
			EXPECT(ELEM(jobs.at, i)->done + 2 >= TIME / ELEM(jobs.at, i)->period_ns);
		/* The tenth that is left, but for what the first and last periods have in it. */
		u64 left = ELEM(jobs.at, parts.count)->ran_ns, slack = shortest_ns * factors;

		EXPECT(left + slack >= TIME / 10 && left <= TIME / 10 + 2 * slack);
		jobs_end(&jobs);
	}
}

static void at_nine_tenths_no_task_of_two_milliseconds_is_late(void)
{
	random_state = 1;
	expect_no_miss(2 * MS, 1);
}

static void nor_is_any_of_mixed_periods(void)
{
	random_state = 2;
	expect_no_miss(2 * MS, 10);
}

/* One task wants a fifth of the processor more than its budget: 110 % are asked for in all. */
static void one_that_overruns_is_late_alone(void)
{
	random_state = 3;
	for (u32 set = 0; set < SETS && !report_failing(); set++) {
		struct parts parts = divide(900, 2 + set % (TASKS_MAX - 1));
		u32 bad = set % parts.count;

		make_set(&parts, 2 * MS, 1 + set % 2 * 9);
		ELEM(jobs.at, bad)->work_ns += ELEM(jobs.at, bad)->period_ns / 5;
		jobs_run(&jobs, TIME);
		EXPECT_EQ(late_but(bad), 0);
		EXPECT(ELEM(jobs.at, bad)->late > 0);
		/* Yet it gets its budget. */
		EXPECT(ELEM(jobs.at, bad)->ran_ns + 20 * MS >= TIME * *ELEM(parts.at, bad) / PERMILLE);
		EXPECT(ELEM(jobs.at, parts.count)->ran_ns + 20 * MS >= TIME / 10);
		jobs_end(&jobs);
	}
}

void periodic_tests(void)
{
	RUN(at_nine_tenths_no_task_of_two_milliseconds_is_late);
	RUN(nor_is_any_of_mixed_periods);
	RUN(one_that_overruns_is_late_alone);
}
