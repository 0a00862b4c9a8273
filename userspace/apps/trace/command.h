/* SPDX-License-Identifier: Apache-2.0
 *
 * The command whose events are wanted: a shell with a group of its own, so that the kernel can tell
 * what is done for it, by whomever.
 */
#ifndef USERSPACE_APPS_TRACE_COMMAND_H
#define USERSPACE_APPS_TRACE_COMMAND_H

#include "lib/rt/rt.h"

/* Makes the group; its id. */
[[nodiscard]] enum status command_prepare(const struct rt_args *args, u32 first, u64 *group);

/* Starts it; the signal gets the bits when it has ended. False: it has been said why not. */
[[nodiscard]] bool command_start(handle_t signal, u64 bits);

/* Its exit status. */
u64 command_status(void);

#endif
