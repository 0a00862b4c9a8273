/* SPDX-License-Identifier: Apache-2.0
 *
 * Budgets: what is promised is given, no more than that is taken, and no more is promised than there is.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/sched_test.h"
#include "tests/host/kernel/workload.h"

static const struct activity_params BEST_EFFORT = { .priority = PRIORITY_BEST_EFFORT };

static struct activity_params budget(u64 budget_ns, u64 period_ns)
{
	return (struct activity_params){ .priority = 90, .budget_ns = budget_ns, .period_ns = period_ns };
}

static struct jobs jobs;

static struct job *add(const struct activity_params *params) { return jobs_add(&jobs, world_group(), params); }

/* ---- taking no more ---- */

static void a_budget_is_all_there_is_in_a_period(void)
{
	struct activity_params params = budget(2 * MS, 10 * MS);

	jobs.count = 0;
	struct job *greedy = add(&params), *other = add(&BEST_EFFORT);

	jobs_run(&jobs, 1000 * MS);
	EXPECT(greedy->ran_ns >= 198 * MS && greedy->ran_ns <= 202 * MS);
	EXPECT_EQ(greedy->ran_ns + other->ran_ns, 1000 * MS);
	for (u32 i = 0; i < 20; i++) { /* in every window of a period, not only in the end */
		jobs_run(&jobs, 10 * MS);
		EXPECT(greedy->ran_ns <= 2 * MS);
	}
	jobs_end(&jobs);
}

/* Whoever waits often and briefly must not get a fresh budget each time. */
static void waiting_is_no_way_to_more(void)
{
	struct activity_params params = budget(2 * MS, 10 * MS);
	u64 work[] = { 200 * US, 900 * US, 1900 * US, 2 * MS, 3 * MS }, pause[] = { 10 * US, 500 * US, 3 * MS };

	jobs.count = 0;
	struct job *sly = add(&params);

	add(&BEST_EFFORT);
	for (u32 i = 0; i < ARRAY_LEN(work) * ARRAY_LEN(pause); i++) {
		sly->work_ns = *ELEM(work, i % ARRAY_LEN(work));
		sly->pause_ns = *ELEM(pause, i / ARRAY_LEN(work));
		jobs_run(&jobs, 500 * MS);
		EXPECT(sly->ran_ns <= 102 * MS);
	}
	/* And it loses nothing by waiting until its period is nearly over. */
	sly->work_ns = 2 * MS;
	sly->period_ns = 10 * MS - 100 * US;
	jobs_run(&jobs, 500 * MS);
	EXPECT(sly->ran_ns >= 98 * MS && sly->ran_ns <= 102 * MS);
	jobs_end(&jobs);
}

/* Within the period that began with a longer one: what is left of the budget would do until far later. */
static void a_shorter_period_brings_the_deadline_nearer(void)
{
	struct activity_params params = budget(20 * MS, 100000 * MS), shorter = budget(20 * MS, 50 * MS);

	jobs.count = 0;
	struct job *job = add(&params);

	job->work_ns = 10 * MS;
	job->pause_ns = 2 * MS;
	jobs_run(&jobs, 11 * MS);
	const struct activity *own = job->user.thread->own;

	EXPECT(own->period_deadline_ns > fake_now() + 1000 * MS);
	EXPECT_STATUS(job_set(job, &shorter), STATUS_OK);
	jobs_run(&jobs, 5 * MS);
	EXPECT(own->period_deadline_ns <= fake_now() + 50 * MS);
	jobs_end(&jobs);
}

static void a_near_deadline_does_not_loosen_the_budget(void)
{
	struct activity_params params = budget(1 * MS, 10 * MS);

	params.deadline_ns = 2 * MS;
	jobs.count = 0;
	struct job *job = add(&params);

	add(&BEST_EFFORT);
	job->work_ns = 600 * US;
	job->pause_ns = 2500 * US;
	jobs_run(&jobs, 1000 * MS);
	EXPECT(job->ran_ns >= 90 * MS && job->ran_ns <= 102 * MS);
	jobs_end(&jobs);
}

/* The end of a budget is noticed seven milliseconds late: the next budgets pay for it. */
static void what_was_used_too_much_is_missing_later(void)
{
	struct activity_params params = budget(2 * MS, 10 * MS);

	jobs.count = 0;
	struct job *late = add(&params);

	add(&BEST_EFFORT);
	jobs_run(&jobs, 10 * MS);
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + 150 * MS).waits);
	for (u32 i = 0; i < 200 && late->user.thread->state != THREAD_STATE_RUNNING; i++)
		fake_advance(100 * US);
	u64 before = activity_used_ns(late->user.thread->own);

	fake_set_now(fake_now() + 9 * MS);
	fake_advance(91 * MS);
	EXPECT(activity_used_ns(late->user.thread->own) - before >= 9 * MS);
	EXPECT(activity_used_ns(late->user.thread->own) - before <= 23 * MS);
	fake_advance(150 * MS);
	jobs_end(&jobs);
}

/* ---- who waits for a budget can still be reached ---- */

static bool parked(const struct job *job) { return job->user.thread->own->parked == job->user.thread; }

static struct job *exhausted(void)
{
	struct activity_params params = budget(2 * MS, 4000 * MS);

	jobs.count = 0;
	struct job *job = add(&params);

	add(&BEST_EFFORT);
	jobs_run(&jobs, 20 * MS);
	EXPECT(parked(job));
	EXPECT_EQ(job->ran_ns, 2 * MS);
	return job;
}

static void a_waiting_thread_dies_at_once(void)
{
	struct job *job = exhausted();

	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, job->user.thread_handle).status, STATUS_OK);
	jobs_rest(4 * SLICE_NS);
	EXPECT(user_ended(&job->user));
	jobs_end(&jobs);
}

static void drop(u64 handle)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, handle).status, STATUS_OK);
	world_settle();
}

static void who_is_ended_does_not_wait_for_its_turn(void)
{
	const struct activity_params low = { .priority = 20 }, better = { .priority = 40 };
	const struct user *init = world_init();
	u64 signal = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());

	jobs.count = 0;
	struct job *job = add(&low), *rival = add(&better);

	job_bind(rival);
	job_bind(job);
	EXPECT_STATUS(CALL(init, SYSCALL_THREAD_KILL, job->user.thread_handle).status, STATUS_OK);
	EXPECT(!user_ended(&job->user));
	EXPECT(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 1, fake_now() + MS).waits);
	EXPECT(user_ended(&job->user));
	EXPECT(rival->user.thread->state == THREAD_STATE_RUNNING);
	fake_advance(MS);
	drop(signal);
	jobs_end(&jobs);
}

static void a_waiting_thread_can_be_stopped_and_go_on_waiting(void)
{
	struct job *job = exhausted();

	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_SUSPEND, job->user.thread_handle).status, STATUS_OK);
	jobs_rest(4 * SLICE_NS);
	EXPECT_EQ(job->user.thread->state, THREAD_STATE_SUSPENDED);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_RESUME, job->user.thread_handle).status, STATUS_OK);
	EXPECT(parked(job));
	jobs_end(&jobs);
}

static void other_parameters_hold_at_once(void)
{
	struct activity_params more = budget(100 * MS, 4000 * MS), none = { .priority = 90 };
	struct job *job = exhausted();

	EXPECT_STATUS(job_set(job, &more), STATUS_OK); /* of the next period: this one's is used up */
	EXPECT(parked(job));
	jobs_run(&jobs, 20 * MS);
	EXPECT_EQ(job->ran_ns, 0);
	EXPECT_STATUS(job_set(job, &none), STATUS_OK);
	EXPECT(!parked(job));
	jobs_run(&jobs, 20 * MS);
	EXPECT_EQ(job->ran_ns, 20 * MS);
	more = budget(1 * MS, 10 * MS);
	EXPECT_STATUS(job_set(job, &more), STATUS_OK);
	jobs_run(&jobs, 20 * MS);
	EXPECT_EQ(job->ran_ns, 2 * MS);
	jobs_end(&jobs);
}

static void a_period_that_ends_readies_who_waits(void)
{
	struct job *job = exhausted();

	jobs_run(&jobs, 4000 * MS);
	EXPECT_EQ(job->ran_ns, 2 * MS);
	jobs_end(&jobs);
}

/* A server whose own budget is used up waits for no period while somebody waits for it. */
static void who_is_waited_for_does_not_wait_for_its_budget(void)
{
	struct activity_params params = budget(2 * MS, 4000 * MS);

	jobs.count = 0;
	struct job *job = add(&params);
	struct user *server = &job->user, client = user_new();
	u64 group = give_to(server, world_group(), COPY_ALL), endpoint = HANDLE(server, SYSCALL_ENDPOINT_CREATE, group, 0);
	u64 reply = HANDLE(server, SYSCALL_REPLY_CREATE, group), send = give_from(server, &client, endpoint);
	u64 nobody = HANDLE(&client, SYSCALL_SIGNAL_CREATE, give_to(&client, world_group(), COPY_ALL));

	add(&BEST_EFFORT);
	EXPECT(user_message(server, SYSCALL_RECEIVE, both(endpoint, reply), 0, FOR_EVER).waits);
	EXPECT(user_message(&client, SYSCALL_CALL, send, 0, FOR_EVER).waits);
	EXPECT_STATUS(user_message(server, SYSCALL_REPLY, both(0, reply), 0, 0).status, STATUS_OK);
	EXPECT(CALL(&client, SYSCALL_SIGNAL_WAIT, nobody, 1, fake_now() + 30 * MS).waits);
	jobs_run(&jobs, 20 * MS);
	EXPECT(parked(job));
	fake_advance(20 * MS);
	EXPECT(user_message(&client, SYSCALL_CALL, send, 0, FOR_EVER).waits);
	EXPECT(!parked(job));
	EXPECT(job->user.thread->own->exhausted != 0);
	user_end(&client);
	jobs_run(&jobs, 20 * MS);
	EXPECT(parked(job));
	EXPECT(job->ran_ns < 1 * MS);
	jobs_end(&jobs);
}

/* ---- lent and used up ---- */

/* A client has called a server, and both are bound. */
struct served {
	struct job *client, *rival, *server;
	u64 handles;
};

static struct served serve(const struct activity_params *client, const struct activity_params *rival)
{
	jobs.count = 0;
	struct served s = { .client = add(client), .rival = add(rival), .server = add(&BEST_EFFORT) };
	const struct user *server = &s.server->user;
	u64 group = give_to(server, world_group(), COPY_ALL), endpoint = HANDLE(server, SYSCALL_ENDPOINT_CREATE, group, 0);

	s.handles = both(endpoint, HANDLE(server, SYSCALL_REPLY_CREATE, group));
	u64 send = give_from(server, &s.client->user, endpoint);

	EXPECT(user_message(server, SYSCALL_RECEIVE, s.handles, 0, FOR_EVER).waits);
	s.server->bound = true; /* it goes on with what it has, while it serves nobody */
	job_bind(s.rival);
	job_bind(s.client);
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + 1).waits);
	EXPECT(user_message(&s.client->user, SYSCALL_CALL, send, 0, FOR_EVER).waits);
	EXPECT(s.server->user.thread->activity == s.client->user.thread->own);
	fake_advance(1);
	return s;
}

/* A server that runs on its caller's used up activity goes on, as best effort, and answers; the caller waits. */
static void a_server_on_a_used_up_activity_goes_on(void)
{
	struct activity_params params = budget(2 * MS, 1000 * MS);
	struct served s = serve(&params, &BEST_EFFORT);

	jobs_run(&jobs, 100 * MS);
	EXPECT(s.client->user.thread->own->exhausted);
	EXPECT_EQ(s.server->user.thread->activity->priority, PRIORITY_BEST_EFFORT);
	EXPECT(s.server->ran_ns >= 48 * MS && s.server->ran_ns <= 54 * MS); /* half, beside the best effort */
	EXPECT(s.rival->ran_ns >= 46 * MS);
	/* It answers: the caller has nothing left and waits for its period. */
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + 8 * SLICE_NS).waits);
	EXPECT(user_message(&s.server->user, SYSCALL_REPLY_RECEIVE, s.handles, 0, FOR_EVER).waits);
	fake_settle();
	EXPECT(parked(s.client));
	fake_advance(8 * SLICE_NS);
	jobs_run(&jobs, 1000 * MS);
	EXPECT_EQ(s.client->ran_ns, 2 * MS);
	jobs_end(&jobs);
}

/* Each period finds the server still at work, below others: it is raised at once, for a budget's time. */
static void a_renewed_budget_raises_the_server(void)
{
	struct activity_params params = budget(2 * MS, 50 * MS), middle = { .priority = 80 };
	struct served s = serve(&params, &middle);

	jobs_run(&jobs, 1000 * MS);
	EXPECT(s.server->ran_ns >= 38 * MS && s.server->ran_ns <= 42 * MS);
	EXPECT_EQ(s.server->ran_ns + s.rival->ran_ns, 1000 * MS);
	jobs_end(&jobs);
}

/* ---- promising no more ---- */

static u64 reserving_group(u64 parent, u64 ppm)
{
	struct group_limits limits = { .reserved_ppm = ppm };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	return HANDLE(world_init(), SYSCALL_GROUP_CREATE, parent, world_init()->scratch, world_init()->scratch, 0);
}

static struct answer ask(u64 group, const struct activity_params *params)
{
	user_put(world_init(), 0, SPAN_OF_STRUCT(*params));
	return CALL(world_init(), SYSCALL_ACTIVITY_CREATE, group, world_init()->scratch);
}

static struct group_stat stat_of(u64 group)
{
	struct group_stat stat = {};

	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_STAT, group, world_init()->scratch).status, STATUS_OK);
	user_get(world_init(), 0, MSPAN_OF_STRUCT(stat));
	return stat;
}

static void a_group_promises_no_more_than_its_limit(void)
{
	u64 outer = reserving_group(world_group(), 500000), inner = reserving_group(outer, 0), tight = reserving_group(outer, 100000);
	struct activity_params third = budget(3 * MS, 10 * MS), fifth = budget(2 * MS, 10 * MS), half = budget(5 * MS, 10 * MS);
	struct answer first = ask(inner, &third);

	EXPECT_STATUS(first.status, STATUS_OK);
	EXPECT_STATUS(ask(outer, &third).status, STATUS_OUT_OF_TIME);
	EXPECT_STATUS(ask(tight, &fifth).status, STATUS_OUT_OF_TIME);
	EXPECT_EQ(stat_of(outer).reserved_ppm, 300000);
	EXPECT_EQ(stat_of(outer).reserved_limit_ppm, 500000);
	struct answer second = ask(outer, &fifth);

	EXPECT_STATUS(second.status, STATUS_OK);
	user_put(world_init(), 0, SPAN_OF_STRUCT(half));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_ACTIVITY_SET, first.value, world_init()->scratch).status, STATUS_OUT_OF_TIME);
	EXPECT_EQ(stat_of(inner).reserved_ppm, 300000);
	drop(second.value);
	EXPECT_EQ(stat_of(outer).reserved_ppm, 300000);
	user_put(world_init(), 0, SPAN_OF_STRUCT(half));
	EXPECT_STATUS(CALL(world_init(), SYSCALL_ACTIVITY_SET, first.value, world_init()->scratch).status, STATUS_OK);
	EXPECT_EQ(stat_of(outer).reserved_ppm, 500000);
	drop(first.value);
	EXPECT_EQ(stat_of(outer).reserved_ppm, 0);
}

static void the_machine_keeps_a_twentieth_for_best_effort(void)
{
	struct activity_params most = budget(95 * MS, 100 * MS), more = budget(96 * MS, 100 * MS), near = budget(5 * MS, 100 * MS);
	u64 made[WORLD_CPUS];

	near.deadline_ns = 5 * MS; /* as good as a whole processor */
	for (u32 i = 0; i < cpu_count(); i++)
		*ELEM(made, i) = ask(world_group(), &most).value;
	EXPECT_STATUS(ask(world_group(), &near).status, STATUS_OUT_OF_TIME);
	drop(made[0]);
	EXPECT_STATUS(ask(world_group(), &more).status, STATUS_OUT_OF_TIME);
	EXPECT_STATUS(ask(world_group(), &most).status, STATUS_OK);
}

static void budgets_are_checked(void)
{
	struct activity_params bad[] = { budget(BUDGET_MIN_NS - 1, 10 * MS), budget(10 * MS, 9 * MS), budget(2 * MS, 10 * MS),
		budget(2 * MS, 10 * MS), budget(2 * MS, (1ull << 60) + 1), budget(2 * MS, 10 * MS), budget(2 * MS, 0) };
	struct activity_params long_one = budget(1ull << 58, 1ull << 60);

	bad[2].deadline_ns = 11 * MS;
	bad[3].deadline_ns = 1 * MS;
	bad[5].priority = PRIORITY_BEST_EFFORT;
	for (u32 i = 0; i < ARRAY_LEN(bad); i++)
		EXPECT_STATUS(ask(world_group(), ELEM(bad, i)).status, STATUS_INVALID);
	u64 before = stat_of(world_group()).reserved_ppm;
	struct answer made = ask(world_group(), &long_one);

	EXPECT_STATUS(made.status, STATUS_OK);
	EXPECT_EQ(stat_of(world_group()).reserved_ppm - before, 250000);
	drop(made.value);
}

void budget_tests(void)
{
	RUN(a_budget_is_all_there_is_in_a_period);
	RUN(waiting_is_no_way_to_more);
	RUN(a_shorter_period_brings_the_deadline_nearer);
	RUN(a_near_deadline_does_not_loosen_the_budget);
	RUN(what_was_used_too_much_is_missing_later);
	RUN(a_waiting_thread_dies_at_once);
	RUN(who_is_ended_does_not_wait_for_its_turn);
	RUN(a_waiting_thread_can_be_stopped_and_go_on_waiting);
	RUN(other_parameters_hold_at_once);
	RUN(a_period_that_ends_readies_who_waits);
	RUN(who_is_waited_for_does_not_wait_for_its_budget);
	RUN(a_server_on_a_used_up_activity_goes_on);
	RUN(a_renewed_budget_raises_the_server);
	RUN(a_group_promises_no_more_than_its_limit);
	RUN(the_machine_keeps_a_twentieth_for_best_effort);
	RUN(budgets_are_checked);
}
