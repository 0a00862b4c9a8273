/* SPDX-License-Identifier: Apache-2.0
 *
 * Which line the console is on. See line.h.
 */
#include "userspace/services/console/line.h"
#include "abi/names.h"
#include "lib/rt/rt.h"

/* How many arguments there are. */
static u32 lines(void)
{
	u32 count = 0;

	while (span_len(rt_arg(count)) != 0)
		count++;
	return count;
}

/* Both ends, in threads of their own, come to the same: what is absent stays so. */
enum status line_open(struct file *line, u32 flags)
{
	enum status status = STATUS_NOT_FOUND;

	for (u32 i = 0; i < lines() && status != STATUS_OK; i++)
		status = file_open(line, rt_arg(i), flags);
	return status;
}

void line_complain(struct text *text, struct span what, enum status status)
{
	text_add_span(text, what);
	text_add_span(text, rt_arg(lines() - 1));
	text_add(text, ": ");
	text_add_cstr(text, status_text(status));
}
