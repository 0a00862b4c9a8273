/* SPDX-License-Identifier: Apache-2.0
 *
 * Running what was parsed.
 */
#ifndef USERSPACE_APPS_SHELL_RUN_H
#define USERSPACE_APPS_SHELL_RUN_H

#include "lib/base/span.h"

/* Runs a line, with all its pipelines. Its status is then run_status. */
void run_line(struct span line);

/* The status of the last pipeline: $?. */
u64 run_status(void);
void run_set_status(u64 status);

/* Set by the builtin `exit`. */
bool run_exit_asked(void);
void run_ask_exit(u64 status);

#endif
