/* SPDX-License-Identifier: Apache-2.0
 *
 * Fair share: in trees of groups with all kinds of weights, each thread that always wants to run gets its share
 * within one per cent.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/sched/activity.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/sched_test.h"
#include "tests/host/kernel/workload.h"

enum : u32 { MIXES = 30, GROUPS_MAX = 8, NOWHERE = 0xffffffffu };

/* Group 0 is the test's own; the others lie below one of a smaller number. */
struct node {
	u64 handle;
	u32 parent;
	u64 weight;
};

static struct node groups[GROUPS_MAX];
static u32 group_count;
static u32 home[JOBS_MAX];        /* of each job: its group */
static u64 job_weight[JOBS_MAX];
static struct jobs jobs;
static u64 random_state;

static u64 some_weight(void) { return 20 + next_random(&random_state) % 180; }

static void add_group(u32 parent, u64 weight)
{
	struct group_limits limits = { .weight = (u32)weight };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	u64 handle = HANDLE(world_init(), SYSCALL_GROUP_CREATE, ELEM(groups, parent)->handle, world_init()->scratch,
		world_init()->scratch, 0);

	*ELEM(groups, group_count++) = (struct node){ .handle = handle, .parent = parent, .weight = weight };
}

static struct job *add_job(u32 group, u64 weight)
{
	struct activity_params params = { .priority = PRIORITY_BEST_EFFORT, .weight = (u32)weight };

	*ELEM(home, jobs.count) = group;
	*ELEM(job_weight, jobs.count) = weight;
	return jobs_add(&jobs, ELEM(groups, group)->handle, &params);
}

static void begin(void)
{
	*ELEM(groups, 0) = (struct node){ .handle = world_group(), .parent = NOWHERE };
	group_count = 1;
	jobs.count = 0;
}

static bool below(u32 group, u32 top)
{
	while (group != NOWHERE && group != top)
		group = ELEM(groups, group)->parent;
	return group == top;
}

static bool active(u32 group)
{
	for (u32 i = 0; i < jobs.count; i++)
		if (ELEM(jobs.at, i)->work_ns == ENDLESS && below(*ELEM(home, i), group))
			return true;
	return false;
}

/* The weights that share what the group gets. */
static u64 sum_in(u32 group)
{
	u64 sum = 0;

	for (u32 i = 0; i < jobs.count; i++)
		sum += *ELEM(home, i) == group && ELEM(jobs.at, i)->work_ns == ENDLESS ? *ELEM(job_weight, i) : 0;
	for (u32 i = 1; i < group_count; i++)
		sum += ELEM(groups, i)->parent == group && active(i) ? ELEM(groups, i)->weight : 0;
	return sum;
}

static u64 share_of(u32 job, u64 time_ns)
{
	u32 group = *ELEM(home, job);
	u64 share = time_ns * *ELEM(job_weight, job) / sum_in(group);

	for (; ELEM(groups, group)->parent != NOWHERE; group = ELEM(groups, group)->parent)
		share = share * ELEM(groups, group)->weight / sum_in(ELEM(groups, group)->parent);
	return share;
}

static void expect_shares(u64 time_ns)
{
	for (u32 i = 0; i < jobs.count; i++) {
		u64 share = share_of(i, time_ns), ran = ELEM(jobs.at, i)->ran_ns;

		if (ELEM(jobs.at, i)->work_ns == ENDLESS)
			EXPECT(ran * 100 >= share * 99 && ran * 100 <= share * 101);
	}
}

/* Time in which the smallest share is a hundred and fifty slices. */
static u64 long_enough(void)
{
	u64 least = U64_MAX;

	for (u32 i = 0; i < jobs.count; i++)
		least = min_u64(least, share_of(i, 1000000));
	return 150 * SLICE_NS * 1000000 / least;
}

static void random_tree(void)
{
	u32 more = (u32)(next_random(&random_state) % (GROUPS_MAX - 1)), threads = 2 + (u32)(next_random(&random_state) % 8);

	begin();
	for (u32 i = 0; i < more; i++)
		add_group((u32)(next_random(&random_state) % group_count), some_weight());
	for (u32 i = 0; i < threads; i++)
		(void)add_job((u32)(next_random(&random_state) % group_count), some_weight());
}

static void every_thread_gets_its_share_of_its_groups_share(void)
{
	random_state = 11;
	for (u32 mix = 0; mix < MIXES && !report_failing(); mix++) {
		random_tree();
		u64 time_ns = long_enough();

		jobs_run(&jobs, time_ns);
		expect_shares(time_ns);
		jobs_end(&jobs);
	}
}

/* However many threads it has. */
static void a_group_gets_no_more_for_having_more_threads(void)
{
	begin();
	add_group(0, 100);
	add_group(0, 300);
	for (u32 i = 0; i < 12; i++)
		(void)add_job(1, 100);
	(void)add_job(2, 7);
	jobs_run(&jobs, 20000 * MS);
	EXPECT(ELEM(jobs.at, 12)->ran_ns >= 14850 * MS && ELEM(jobs.at, 12)->ran_ns <= 15150 * MS);
	expect_shares(20000 * MS);
	jobs_end(&jobs);
}

/* What others leave when they wait is shared by the same weights, and who waited gets nothing back for it. */
static void those_who_always_run_keep_their_proportion(void)
{
	begin();
	add_group(0, 200);
	add_group(0, 100);
	struct job *two = add_job(1, 100), *one = add_job(2, 100), *sleeper = add_job(0, 500);

	sleeper->work_ns = 3 * MS;
	sleeper->pause_ns = 50 * MS;
	jobs_run(&jobs, 30000 * MS);
	EXPECT(two->ran_ns * 100 >= one->ran_ns * 198 && two->ran_ns * 100 <= one->ran_ns * 202);
	EXPECT(sleeper->done >= 30000 / 66);
	sleeper->work_ns = ENDLESS;
	jobs_run(&jobs, 10000 * MS);
	expect_shares(10000 * MS);
	jobs_end(&jobs);
}

/* What it used while nobody else wanted the processor is held against it no more than what a sleeper did not use. */
static void who_was_alone_owes_nothing(void)
{
	begin();
	struct job *alone = add_job(0, 100), *sleeper = add_job(0, 100);

	sleeper->work_ns = 1 * MS;
	sleeper->pause_ns = 1000 * MS;
	jobs_run(&jobs, 900 * MS);
	sleeper->work_ns = ENDLESS;
	jobs_run(&jobs, 301 * MS); /* both want the last 200 */
	EXPECT(alone->ran_ns >= 193 * MS && alone->ran_ns <= 209 * MS);
	EXPECT(sleeper->ran_ns >= 92 * MS && sleeper->ran_ns <= 108 * MS);
	jobs_end(&jobs);
}

static void other_weights_hold_at_once(void)
{
	struct group_limits limits = { .weight = 400 };
	struct activity_params params = { .priority = PRIORITY_BEST_EFFORT, .weight = 50 };

	begin();
	add_group(0, 100);
	add_group(0, 100);
	(void)add_job(1, 100);
	(void)add_job(2, 100);
	(void)add_job(2, 100);
	jobs_run(&jobs, 5000 * MS);
	expect_shares(5000 * MS);
	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_SET_LIMITS, groups[1].handle, world_init()->scratch).status, STATUS_OK);
	groups[1].weight = 400;
	EXPECT_STATUS(job_set(ELEM(jobs.at, 2), &params), STATUS_OK);
	job_weight[2] = 50;
	jobs_run(&jobs, 10000 * MS);
	expect_shares(10000 * MS);
	limits.weight = WEIGHT_MAX + 1;
	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_SET_LIMITS, groups[1].handle, world_init()->scratch).status, STATUS_INVALID);
	jobs_end(&jobs);
}

/* Best effort shares what more important work leaves. */
static void shares_hold_beside_more_important_work(void)
{
	struct activity_params params = { .priority = 90, .budget_ns = 3 * MS, .period_ns = 7 * MS };

	begin();
	(void)add_job(0, 100);
	(void)add_job(0, 300);
	struct job *important = jobs_add(&jobs, world_group(), &params);

	jobs_run(&jobs, 14000 * MS);
	EXPECT_EQ(important->ran_ns, 6000 * MS);
	jobs.count = 2;
	expect_shares(8000 * MS);
	jobs.count = 3;
	jobs_end(&jobs);
}

static u64 cpu_ns(u64 group)
{
	struct group_stat stat = {};

	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_STAT, group, world_init()->scratch).status, STATUS_OK);
	user_get(world_init(), 0, MSPAN_OF_STRUCT(stat));
	return stat.cpu_ns;
}

static void a_groups_time_is_that_of_all_below(void)
{
	begin();
	add_group(0, 100);
	add_group(1, 100);
	(void)add_job(1, 100);
	(void)add_job(2, 300);
	jobs_run(&jobs, 0);
	u64 outer = cpu_ns(groups[1].handle), inner = cpu_ns(groups[2].handle);

	jobs_run(&jobs, 1000 * MS);
	EXPECT_EQ(cpu_ns(groups[2].handle) - inner, ELEM(jobs.at, 1)->ran_ns);
	EXPECT_EQ(cpu_ns(groups[1].handle) - outer, 1000 * MS);
	jobs_end(&jobs); /* what has ended is not forgotten */
	EXPECT(cpu_ns(groups[1].handle) - outer >= 1000 * MS);
}

/* INV-SHARE: nothing stays counted of who does not run any more. */
static void nothing_is_counted_of_the_idle(void)
{
	struct cap cap;

	random_state = 5;
	random_tree();
	jobs_run(&jobs, 100 * MS);
	jobs_end(&jobs);
	for (u32 i = 0; i < group_count; i++) {
		EXPECT_STATUS(cap_read(world_init()->process, (handle_t){ (u32)ELEM(groups, i)->handle }, &cap), STATUS_OK);
		EXPECT_EQ(object_as_group(cap.object)->active_weight, 0);
		EXPECT_EQ(object_as_group(cap.object)->counted, 0);
	}
}

void share_tests(void)
{
	RUN(every_thread_gets_its_share_of_its_groups_share);
	RUN(a_group_gets_no_more_for_having_more_threads);
	RUN(those_who_always_run_keep_their_proportion);
	RUN(who_was_alone_owes_nothing);
	RUN(other_weights_hold_at_once);
	RUN(shares_hold_beside_more_important_work);
	RUN(a_groups_time_is_that_of_all_below);
	RUN(nothing_is_counted_of_the_idle);
}
