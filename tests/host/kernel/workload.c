/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that compute and wait as told. See workload.h.
 */
#include "tests/host/kernel/workload.h"
#include "kernel/core/cpu/cpu.h"

static void put_params(const struct activity_params *params) { user_put(world_init(), 0, SPAN_OF_STRUCT(*params)); }

struct job *jobs_add(struct jobs *jobs, u64 group, const struct activity_params *params)
{
	const struct user *init = world_init();
	struct job *job = ELEM(jobs->at, jobs->count++);

	*job = (struct job){ .user = user_new_in(group), .work_ns = ENDLESS };
	put_params(params);
	job->activity = HANDLE(init, SYSCALL_ACTIVITY_CREATE, group, init->scratch);
	job->mine = give_to(&job->user, job->user.thread_handle, COPY_ALL);
	job->theirs = give_to(&job->user, job->activity, COPY_ALL);
	job->signal = HANDLE(&job->user, SYSCALL_SIGNAL_CREATE, give_to(&job->user, group, COPY_ALL));
	return job;
}

void job_bind(struct job *job)
{
	if (job->bound)
		return;
	EXPECT_STATUS(CALL(&job->user, SYSCALL_THREAD_BIND, job->mine, job->theirs).status, STATUS_OK);
	job->bound = true;
}

void jobs_rest(u64 time_ns)
{
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, fake_now() + time_ns).waits);
	fake_advance(time_ns);
}

static void drop(u64 handle) { EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, handle).status, STATUS_OK); }

void jobs_end(struct jobs *jobs)
{
	for (u32 i = 0; i < jobs->count; i++)
		EXPECT_STATUS(CALL(world_init(), SYSCALL_PROCESS_KILL, ELEM(jobs->at, i)->user.process_handle, 9).status, STATUS_OK);
	jobs_rest(2000 * MS);
	for (u32 i = 0; i < jobs->count; i++) {
		const struct job *job = ELEM(jobs->at, i);

		EXPECT(user_ended(&job->user));
		drop(job->user.process_handle);
		drop(job->user.thread_handle);
		drop(job->activity);
	}
	jobs->count = 0;
	world_settle();
}

u64 job_set(const struct job *job, const struct activity_params *params)
{
	put_params(params);
	return CALL(world_init(), SYSCALL_ACTIVITY_SET, job->activity, world_init()->scratch).status;
}

/* It has been released at `at_ns`. */
static void release(struct job *job, u64 at_ns)
{
	job->release_ns = at_ns;
	job->left_ns = job->work_ns;
}

/* A system call before anything else happens that is due at this instant. It runs. */
static void wait_until(const struct job *job, u64 time_ns)
{
	struct hal_frame *frame = &job->user.thread->frame;

	frame->status = SYSCALL_SIGNAL_WAIT;
	frame->arg0 = job->signal;
	frame->arg1 = 1;
	frame->word[0] = time_ns;
	fake_select(job->user.thread->cpu);
	fake_syscall(job->user.thread->cpu);
	EXPECT(user_waits(&job->user));
}

/* Its work is done: it waits for the next release, unless that is past. */
static void finish(struct job *job)
{
	u64 next_ns = job->period_ns != 0 ? job->release_ns + job->period_ns : fake_now() + job->pause_ns;

	job->done++;
	job->latest_ns = max_u64(job->latest_ns, fake_now() - job->release_ns);
	if (job->period_ns != 0 && fake_now() > next_ns)
		job->late++;
	release(job, next_ns);
	if (next_ns > fake_now())
		wait_until(job, next_ns);
}

static struct job *running(struct jobs *jobs, u32 cpu)
{
	const struct thread *current = cpu_at(cpu)->current;

	for (u32 i = 0; i < jobs->count; i++)
		if (ELEM(jobs->at, i)->user.thread == current)
			return ELEM(jobs->at, i);
	return nullptr;
}

/* Lets those finish that have done their work by now. */
static void finish_all(struct jobs *jobs)
{
	for (u32 cpu = 0; cpu < cpu_count(); cpu++) {
		struct job *job = running(jobs, cpu);

		while (job != nullptr && job->left_ns == 0) {
			finish(job);
			fake_settle();
			job = running(jobs, cpu);
		}
	}
}

/* Time goes by until something happens. */
static void step(struct jobs *jobs, u64 end_ns)
{
	u64 next_ns = end_ns;

	for (u32 cpu = 0; cpu < cpu_count(); cpu++) {
		const struct job *job = running(jobs, cpu);

		next_ns = min_u64(next_ns, fake_timer_at(cpu));
		if (job != nullptr && job->left_ns != ENDLESS)
			next_ns = min_u64(next_ns, fake_now() + job->left_ns);
	}
	u64 gone_ns = next_ns > fake_now() ? next_ns - fake_now() : 0;

	for (u32 cpu = 0; cpu < cpu_count(); cpu++) {
		struct job *job = running(jobs, cpu);

		if (job == nullptr)
			continue;
		job->ran_ns += gone_ns;
		job->left_ns -= job->left_ns != ENDLESS ? gone_ns : 0;
	}
	fake_set_now(fake_now() + gone_ns);
}

void jobs_run(struct jobs *jobs, u64 time_ns)
{
	for (u32 i = 0; i < jobs->count; i++)
		job_bind(ELEM(jobs->at, i));
	u64 end_ns = fake_now() + time_ns;

	for (u32 i = 0; i < jobs->count; i++) {
		struct job *job = ELEM(jobs->at, i);

		job->ran_ns = job->done = job->late = job->latest_ns = 0;
		release(job, user_waits(&job->user) ? job->release_ns : fake_now());
		if (job->phase_ns == 0)
			continue;
		/* As if it had just done the work of the period before. */
		job->release_ns += job->phase_ns - job->period_ns;
		job->left_ns = 0;
		job->done--;
	}
	EXPECT(CALL(world_init(), SYSCALL_SIGNAL_WAIT, world_signal(), 2, end_ns).waits);
	while (fake_now() < end_ns && !report_failing()) {
		finish_all(jobs); /* who is done in time waits before its budget's end is noticed */
		fake_settle();
		finish_all(jobs);
		step(jobs, end_ns);
	}
	fake_settle();
}
