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
	RUN(best_effort_spreads_out);
	return report_end();
}
