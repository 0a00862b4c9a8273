/* SPDX-License-Identifier: Apache-2.0
 *
 * Where threads run, on four simulated processors: affinity holds, and what is important does not wait while
 * something less important runs elsewhere.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/workload.h"

static struct jobs jobs;

static struct job *add(u32 priority, u64 cpus)
{
	struct activity_params params = { .priority = priority, .cpus = cpus };

	return jobs_add(&jobs, world_group(), &params);
}

static void keeping_to_a_processor(void)
{
	jobs.count = 0;
	struct job *first = add(PRIORITY_BEST_EFFORT, 4), *second = add(PRIORITY_BEST_EFFORT, 4);

	jobs_run(&jobs, 100 * MS); /* two processors stay idle all the time */
	EXPECT_EQ(first->user.thread->cpu, 2);
	EXPECT_EQ(second->user.thread->cpu, 2);
	EXPECT_EQ(first->ran_ns + second->ran_ns, 100 * MS);
	EXPECT(first->ran_ns >= 46 * MS && first->ran_ns <= 54 * MS);
	jobs_end(&jobs);
}

static void another_affinity_holds_at_once(void)
{
	struct activity_params params = { .priority = PRIORITY_BEST_EFFORT };

	jobs.count = 0;
	struct job *first = add(PRIORITY_BEST_EFFORT, 4), *second = add(PRIORITY_BEST_EFFORT, 4);

	jobs_run(&jobs, 10 * MS);
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++) {
		params.cpus = 1ull << cpu;
		EXPECT_STATUS(job_set(first, &params), STATUS_OK); /* it runs, or waits for the other */
		jobs_run(&jobs, 10 * MS);
		EXPECT_EQ(first->user.thread->cpu, cpu);
		EXPECT_EQ(second->user.thread->cpu, 2);
	}
	params.cpus = 0;
	EXPECT_STATUS(job_set(first, &params), STATUS_OK);
	EXPECT_STATUS(job_set(second, &params), STATUS_OK);
	jobs_run(&jobs, 40 * MS);
	EXPECT(first->ran_ns == 40 * MS && second->ran_ns == 40 * MS);
	jobs_end(&jobs);
}

static void only_processors_that_exist(void)
{
	jobs.count = 0;
	const struct job *job = add(PRIORITY_BEST_EFFORT, 0);
	struct activity_params params = { .priority = PRIORITY_BEST_EFFORT, .cpus = 1ull << WORLD_CPUS };

	EXPECT_STATUS(job_set(job, &params), STATUS_RANGE);
	params.cpus |= 1;
	EXPECT_STATUS(job_set(job, &params), STATUS_OK);
	jobs_end(&jobs);
}

static void the_important_take_processors_from_best_effort(void)
{
	jobs.count = 0;
	for (u32 i = 0; i < 2 * WORLD_CPUS; i++)
		(void)add(PRIORITY_BEST_EFFORT, 0);
	for (u32 i = 0; i < WORLD_CPUS; i++) {
		struct job *job = add(80, 0);

		job->work_ns = 1 * MS;
		job->pause_ns = (1 + i) * MS;
	}
	jobs_run(&jobs, 100 * MS); /* wherever they are by now */
	jobs_run(&jobs, 200 * MS);
	for (u32 i = 2 * WORLD_CPUS; i < jobs.count; i++)
		EXPECT(ELEM(jobs.at, i)->done > 30 && ELEM(jobs.at, i)->latest_ns <= 1 * MS);
	jobs_end(&jobs);
}

/* Two of one processor, of which one always waits, while another processor is free half of the time. */
static void who_waits_above_best_effort_is_fetched(void)
{
	jobs.count = 0;
	struct job *first = add(80, 1), *second = add(70, 3), *other = add(90, 2);

	other->work_ns = 10 * MS;
	other->pause_ns = 10 * MS;
	jobs_run(&jobs, 400 * MS);
	EXPECT_EQ(first->ran_ns, 400 * MS);
	EXPECT(second->ran_ns >= 180 * MS && second->ran_ns <= 220 * MS);
	EXPECT(other->ran_ns >= 180 * MS);
	jobs_end(&jobs);
}

/* Who waits behind somebody more important that never waits, on the only processor it could use until now. */
static struct job *behind_an_important_one(u32 priority)
{
	struct activity_params params = { .priority = priority, .cpus = 3 };

	struct job *behind = add(priority, 1), *important = add(80, 1);

	jobs_run(&jobs, 20 * MS);
	EXPECT_EQ(important->ran_ns, 20 * MS);
	EXPECT_STATUS(job_set(behind, &params), STATUS_OK);
	return behind;
}

/* One alone on its processor has no slice that could end, and yet is not the only one there for ever. */
static void best_effort_does_not_stay_behind_the_important(void)
{
	jobs.count = 0;
	struct job *alone = add(PRIORITY_BEST_EFFORT, 2), *behind = behind_an_important_one(PRIORITY_BEST_EFFORT);

	jobs_run(&jobs, 200 * MS);
	EXPECT(behind->ran_ns >= 94 * MS && behind->ran_ns <= 102 * MS);
	EXPECT_EQ(alone->ran_ns + behind->ran_ns, 200 * MS);
	jobs_end(&jobs);
}

/* Nor do several, that would have to be shared evenly with those elsewhere. */
static void all_of_best_effort_leaves_the_important(void)
{
	struct activity_params params = { .priority = PRIORITY_BEST_EFFORT, .cpus = 3 };

	jobs.count = 0;
	(void)behind_an_important_one(PRIORITY_BEST_EFFORT);
	for (u32 i = 0; i < 4; i++)
		(void)add(PRIORITY_BEST_EFFORT, 1);
	jobs_run(&jobs, 10 * MS);
	for (u32 i = 2; i < jobs.count; i++)
		EXPECT_STATUS(job_set(ELEM(jobs.at, i), &params), STATUS_OK);
	jobs_run(&jobs, 100 * MS);
	jobs_run(&jobs, 1000 * MS);
	EXPECT_EQ(ELEM(jobs.at, 1)->ran_ns, 1000 * MS);
	for (u32 i = 0; i < jobs.count; i++)
		EXPECT(i == 1 || (ELEM(jobs.at, i)->ran_ns >= 195 * MS && ELEM(jobs.at, i)->ran_ns <= 205 * MS));
	jobs_end(&jobs);
}

static void nobody_waits_while_something_less_important_runs(void)
{
	jobs.count = 0;
	struct job *less = add(PRIORITY_BEST_EFFORT, 2), *behind = behind_an_important_one(70);

	jobs_run(&jobs, 200 * MS);
	EXPECT(behind->ran_ns >= 195 * MS);
	EXPECT_EQ(less->ran_ns + behind->ran_ns, 200 * MS);
	jobs_end(&jobs);
}

/* Twice as many as processors, wherever they began: each gets half of one. */
static void best_effort_spreads_out(void)
{
	struct activity_params params = { .priority = PRIORITY_BEST_EFFORT };

	jobs.count = 0;
	for (u32 i = 0; i < 2 * WORLD_CPUS; i++)
		(void)add(PRIORITY_BEST_EFFORT, i < WORLD_CPUS + 2 ? 1 : 2);
	jobs_run(&jobs, 100 * MS);
	for (u32 i = 0; i < jobs.count; i++)
		EXPECT_STATUS(job_set(ELEM(jobs.at, i), &params), STATUS_OK);
	jobs_run(&jobs, 100 * MS); /* to spread out */
	jobs_run(&jobs, 2000 * MS);
	for (u32 i = 0; i < jobs.count; i++)
		EXPECT(ELEM(jobs.at, i)->ran_ns >= 990 * MS && ELEM(jobs.at, i)->ran_ns <= 1010 * MS);
	jobs_end(&jobs);
}

int main(void)
{
	world_boot(WORLD_CPUS);
	RUN(keeping_to_a_processor);
	RUN(another_affinity_holds_at_once);
	RUN(only_processors_that_exist);
	RUN(the_important_take_processors_from_best_effort);
	RUN(who_waits_above_best_effort_is_fetched);
	RUN(best_effort_does_not_stay_behind_the_important);
	RUN(all_of_best_effort_leaves_the_important);
	RUN(nobody_waits_while_something_less_important_runs);
	RUN(best_effort_spreads_out);
	return report_end();
}
