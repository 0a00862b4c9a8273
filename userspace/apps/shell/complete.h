/* SPDX-License-Identifier: Apache-2.0
 *
 * Completion of commands and paths.
 */
#ifndef USERSPACE_APPS_SHELL_COMPLETE_H
#define USERSPACE_APPS_SHELL_COMPLETE_H

#include "lib/9p/file.h"
#include "userspace/apps/shell/editor.h"

/* Completes the word before the cursor as far as it is certain; if nothing more is certain, shows what
 * is possible. */
void complete(struct editor *editor, struct file *terminal);

#endif
