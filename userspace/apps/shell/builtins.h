/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that are part of the shell, because they change or show the shell itself.
 */
#ifndef USERSPACE_APPS_SHELL_BUILTINS_H
#define USERSPACE_APPS_SHELL_BUILTINS_H

#include "lib/9p/file.h"
#include "userspace/apps/shell/parse.h"

[[nodiscard]] bool builtin_exists(struct span name);

/* Runs it; its status. */
u64 builtin_run(const struct pipeline *p, const struct command *c, struct file *output);

/* Name of builtin `index`; empty after the last. */
struct span builtin_name(u32 index);

/* What `help` prints. */
void help_print(struct file *output, struct span command);

#endif
