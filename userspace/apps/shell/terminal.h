/* SPDX-License-Identifier: Apache-2.0
 *
 * The person's side of an interactive shell: the console's raw file, the editor, and ^C.
 */
#ifndef USERSPACE_APPS_SHELL_TERMINAL_H
#define USERSPACE_APPS_SHELL_TERMINAL_H

#include "lib/9p/file.h"

/* True if standard input is the console; then terminal_start may be called. */
[[nodiscard]] bool terminal_is_console(void);

/* Starts the thread that waits for ^C. */
void terminal_start(void);

/* Prompts and edits a line. CANCELLED: ^C, no line. DEAD: the end of input. */
[[nodiscard]] enum status terminal_read_line(struct span prompt, struct text *line);

#endif
