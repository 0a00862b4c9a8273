/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs: the processes that the shell has started and that have not been seen to end.
 * A job is the processes of one pipeline.
 */
#ifndef USERSPACE_APPS_SHELL_JOBS_H
#define USERSPACE_APPS_SHELL_JOBS_H

#include "lib/base/addr.h"
#include "lib/base/text.h"
#include "abi/errors.h"

enum : u32 { JOBS_PROCESSES_MAX = 32, JOBS_MAX = 16, JOBS_TEXT_BYTES = 64, JOB_NONE = U32_MAX };
enum : u64 { JOBS_STATUS_NOT_STARTED = 127, JOBS_STATUS_INTERRUPTED = 130, JOBS_STATUS_KILLED = 137, JOBS_STATUS_FAULT = 139 };

/* Makes the signal that the waiting is done with. */
[[nodiscard]] enum status jobs_start(void);

/* The person pressed ^C. May be called by another thread. */
void jobs_interrupt(void);

/* A new job for the pipeline; JOB_NONE if there are too many. Numbers start at 1. */
u32 jobs_new(struct span text, bool background);

/* Adds a process, which the job then owns. False if there are too many; it is then ended. */
[[nodiscard]] bool jobs_add(u32 job, handle_t process);

/* The last command of the pipeline could not be started; that is the job's status. */
void jobs_set_status(u32 job, u64 status);

/* Waits until all processes of the job have ended; ^C ends them. The job is then gone. Returns its status: the
 * last process' exit status. */
u64 jobs_wait(u32 job);

/* Waits for all jobs. */
void jobs_wait_all(void);

/* Looks, without waiting, which processes have ended; says so of background jobs if `say`. */
void jobs_collect(bool say);

/* Takes jobs that have ended off the table: whoever listed them has told. */
void jobs_forget_ended(void);

/* Ends all that still runs. */
void jobs_end_all(void);

/* The job with that number if it exists, and the id of its last process. */
[[nodiscard]] bool jobs_exists(u32 job);
u64 jobs_process(u32 job);

/* Id of the last process that was started in the background. */
u64 jobs_last_background(void);

/* The line for job `job` in the list; false if there is none. */
[[nodiscard]] bool jobs_describe(u32 job, struct text *out);

#endif
