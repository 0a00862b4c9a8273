/* SPDX-License-Identifier: Apache-2.0
 *
 * Which line the console is on: the first of those that its arguments name that is there.
 */
#ifndef USERSPACE_SERVICES_CONSOLE_LINE_H
#define USERSPACE_SERVICES_CONSOLE_LINE_H

#include "lib/9p/file.h"
#include "lib/base/text.h"

/* Opens it; the last one's status if none is there. */
[[nodiscard]] enum status line_open(struct file *line, u32 flags);

/* What happened, for the log, with the name of the line. */
void line_complain(struct text *text, struct span what, enum status status);

#endif
