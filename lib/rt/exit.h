/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of the runtime that libraries and the first process use, programs do not.
 */
#ifndef LIB_RT_EXIT_H
#define LIB_RT_EXIT_H

#include "lib/rt/start_block.h"

typedef void rt_exit_hook(void);

/* Called once before the process ends by rt_exit: lib/9p flushes the output. */
void rt_set_exit_hook(rt_exit_hook *hook);

/* Takes a start block that the process made itself: for the first process. It stays in use. */
void rt_adopt(const struct start_block *block);

/* Runs program_main and ends the process. */
NORETURN void rt_run(void);

#endif
