/* SPDX-License-Identifier: Apache-2.0
 *
 * The real core beside the model: the same processes and threads, the same system calls, and what differs.
 */
#ifndef TESTS_MODEL_MACHINE_H
#define TESTS_MODEL_MACHINE_H

#include "lib/base/text.h"
#include "tests/model/model.h"

/* Makes processes, threads and what they hold at first, in both. */
void machine_begin(void);
/* Ends them; nothing may be left. */
void machine_end(void);

/* The system call, in both, by the thread that runs. False: they differ; machine_difference says how. */
bool machine_call(const struct request *request);
/* Time goes by, in both. */
bool machine_time(u64 ns);

const char *machine_difference(void);
/* The state of a thread, in both. */
void machine_describe(u32 thread, struct text *text);

/* A thread that never waits, so that somebody always runs. */
enum : u32 { TIRELESS = 0 };

#endif
