/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads that compute and wait as told, on the simulated machine: how long they ran, and which were late. Kernel
 * entries take no time here, so what a thread gets is decided by the scheduler alone.
 */
#ifndef TESTS_HOST_KERNEL_WORKLOAD_H
#define TESTS_HOST_KERNEL_WORKLOAD_H

#include "tests/host/kernel/tests.h"

enum : u32 { JOBS_MAX = 24 };
enum : u64 { US = 1000, MS = 1000000, ENDLESS = U64_MAX };

struct job {
	struct user user;
	u64 activity;       /* handle in init */
	u64 mine, theirs;   /* handles in its process: thread, activity */
	bool bound;
	u64 signal;         /* what it waits with; nobody raises it */
	u64 work_ns;        /* each time it is released; ENDLESS: it never waits */
	u64 period_ns;      /* from release to release, and from release to deadline; 0: see pause_ns */
	u64 pause_ns;       /* from the end of its work to the next release */
	u64 phase_ns;       /* with a period: from the start to the first release */
	u64 release_ns, left_ns;
	u64 ran_ns, done, late, latest_ns;
};

struct jobs {
	u32 count;
	struct job at[JOBS_MAX];
};

/* One more job: a process in that group (handle in init) with a thread that is to run on an activity with these
 * parameters, less important than init. */
struct job *jobs_add(struct jobs *jobs, u64 group, const struct activity_params *params);

/* Makes its thread run on the activity; until then it runs on one like init's. jobs_run does so too. */
void job_bind(struct job *job);

/* Init waits for so long, and others run. */
void jobs_rest(u64 time_ns);

/* Ends them all. */
void jobs_end(struct jobs *jobs);

/* What activity_set returned to init. */
u64 job_set(const struct job *job, const struct activity_params *params);

/* All that do not wait are released, run for so long, and what they did is counted from 0. Nobody else may be ready;
 * init waits. */
void jobs_run(struct jobs *jobs, u64 time_ns);

#endif
