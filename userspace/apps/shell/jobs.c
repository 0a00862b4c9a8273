/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes and the signal that tells of their ends. Bit 0 is ^C; bit i + 1 tells that process i
 * has ended.
 */
#include "userspace/apps/shell/jobs.h"
#include "lib/9p/print.h"
#include "lib/rt/message.h"
#include "abi/names.h"
#include "abi/stubs.h"
#include "abi/structs.h"

enum : u64 { INTERRUPT_BIT = 1 };

struct member {
	handle_t process;
	u64 id;
	u32 job;     /* number; 0: the entry is free */
	bool ended;
};

struct job {
	u32 running;     /* processes that have not ended */
	u64 last;        /* id of the last process */
	u64 status;      /* of the last process */
	u32 reason;
	bool used, background;
	char text[JOBS_TEXT_BYTES];
	char name[32];   /* of the last process */
};

static struct member members[JOBS_PROCESSES_MAX];
static struct job jobs[JOBS_MAX];   /* job n is at n - 1 */
static handle_t events;
static u64 last_background;

enum status jobs_start(void)
{
	return sys_signal_create(rt_group(), &events);
}

void jobs_interrupt(void)
{
	sys_signal_raise(events, INTERRUPT_BIT);
}

bool jobs_exists(u32 number)
{
	return number >= 1 && number <= JOBS_MAX && ELEM(jobs, number - 1)->used;
}

static struct job *job_at(u32 number)
{
	return ELEM(jobs, number - 1);
}

u64 jobs_process(u32 number)
{
	return jobs_exists(number) ? job_at(number)->last : 0;
}

u64 jobs_last_background(void)
{
	return last_background;
}

u32 jobs_new(struct span text, bool background)
{
	for (u32 number = 1; number <= JOBS_MAX; number++) {
		struct job *job = job_at(number);

		if (job->used)
			continue;
		*job = (struct job){ .used = true, .background = background };
		mspan_set_text(MSPAN_OF_ARRAY(job->text), text);
		return number;
	}
	return JOB_NONE;
}

void jobs_set_status(u32 number, u64 status)
{
	job_at(number)->status = status;
	job_at(number)->reason = EXIT_REASON_EXITED;
}

static u32 free_member(void)
{
	u32 at = 0;

	while (at < JOBS_PROCESSES_MAX && members[at].job != 0)
		at++;
	return at;
}

bool jobs_add(u32 number, handle_t process)
{
	u32 at = free_member();
	struct process_info info = {};
	bool watched = at < JOBS_PROCESSES_MAX && sys_process_stat(process, &info) == STATUS_OK &&
		sys_process_watch(process, events, 2ull << at) == STATUS_OK;

	if (!watched) {
		(void)sys_process_kill(process, JOBS_STATUS_KILLED);
		sys_cap_drop(process);
		return false;
	}
	*ELEM(members, at) = (struct member){ .process = process, .id = info.id, .job = number };
	job_at(number)->running++;
	job_at(number)->last = info.id;
	if (job_at(number)->background)
		last_background = info.id;
	return true;
}

/* Notes the end of a process. */
static void collect_member(struct member *member)
{
	struct process_info info = {};
	struct job *job = job_at(member->job);

	if (sys_process_stat(member->process, &info) == STATUS_OK && info.state == PROCESS_STATE_RUNNING)
		return;
	if (member->id == job->last) {
		job->status = info.exit_status;
		job->reason = info.exit_reason;
		mspan_set_text(MSPAN_OF_ARRAY(job->name), span_until_zero(SPAN_OF_ARRAY(info.name)));
	}
	job->running--;
	sys_cap_drop(member->process);
	*member = (struct member){};
}

static void collect_bits(u64 bits)
{
	for (u32 i = 0; i < JOBS_PROCESSES_MAX; i++) {
		if ((bits & 2ull << i) != 0 && members[i].job != 0)
			collect_member(ELEM(members, i));
	}
}

static void end_members(u32 number, u64 status)
{
	for (u32 i = 0; i < JOBS_PROCESSES_MAX; i++) {
		if (members[i].job == number)
			(void)sys_process_kill(members[i].process, status);
	}
}

/* How a job ended, if not by itself. */
static void say_end(const struct job *job)
{
	TEXT_BUFFER(line, 200);

	if (job->reason != EXIT_REASON_FAULTED && (job->reason != EXIT_REASON_KILLED || job->status == JOBS_STATUS_INTERRUPTED))
		return;
	text_add_span(&line, span_until_zero(SPAN_OF_ARRAY(job->name)));
	text_add(&line, " (process ");
	text_add_u64(&line, job->last);
	if (job->reason == EXIT_REASON_FAULTED)
		text_add(&line, "): ended by a fault; `log crash' tells more\n");
	else
		text_add(&line, "): killed\n");
	print_error_text(&line);
}

/* The status as the shell shows it. Takes the job off the table. */
static u64 finish(struct job *job)
{
	u64 status = job->status;

	if (job->reason == EXIT_REASON_FAULTED)
		status = JOBS_STATUS_FAULT;
	else if (job->reason == EXIT_REASON_GROUP_DESTROYED || (job->reason == EXIT_REASON_KILLED && status == 0))
		status = JOBS_STATUS_KILLED;
	say_end(job);
	job->used = false;
	return status;
}

u64 jobs_wait(u32 number)
{
	struct job *job = job_at(number);

	while (job->running > 0) {
		u64 bits = 0;
		enum status status = sys_signal_wait(events, U64_MAX, RT_FOREVER, &bits);

		if (status != STATUS_OK && status != STATUS_CANCELLED)
			break;
		if ((bits & INTERRUPT_BIT) != 0)
			end_members(number, JOBS_STATUS_INTERRUPTED);
		collect_bits(bits);
	}
	return finish(job);
}

void jobs_wait_all(void)
{
	for (u32 number = 1; number <= JOBS_MAX; number++) {
		if (jobs_exists(number))
			(void)jobs_wait(number);
	}
}

void jobs_collect(bool say)
{
	u64 bits = 0;

	if (sys_signal_wait(events, U64_MAX, RT_POLL, &bits) == STATUS_OK)
		collect_bits(bits);
	for (u32 number = 1; number <= JOBS_MAX && say; number++) {
		struct job *job = job_at(number);
		TEXT_BUFFER(line, 160);

		if (!job->used || job->running > 0 || !jobs_describe(number, &line))
			continue;
		print_error_text(&line);
		(void)finish(job);
	}
}

void jobs_forget_ended(void)
{
	for (u32 number = 1; number <= JOBS_MAX; number++) {
		if (job_at(number)->running == 0)
			job_at(number)->used = false;
	}
}

void jobs_end_all(void)
{
	for (u32 number = 1; number <= JOBS_MAX; number++) {
		if (!jobs_exists(number))
			continue;
		end_members(number, JOBS_STATUS_INTERRUPTED);
		(void)jobs_wait(number);
	}
}

bool jobs_describe(u32 number, struct text *out)
{
	if (!jobs_exists(number))
		return false;
	const struct job *job = job_at(number);

	text_add(out, "[");
	text_add_u64(out, number);
	text_add(out, "] ");
	text_add_u64(out, job->last);
	if (job->running > 0) {
		text_add(out, " running  ");
	} else {
		text_add(out, " ended ");
		text_add_u64(out, job->status);
		text_add(out, "  ");
	}
	text_add_span(out, span_until_zero(SPAN_OF_ARRAY(job->text)));
	text_add(out, "\n");
	return true;
}
