/* SPDX-License-Identifier: Apache-2.0
 *
 * devices [NAME...]: one line for each device of the machine, or all about some.
 */
#include "lib/tool/tool.h"

static u64 show(struct span name)
{
	TEXT_BUFFER(path, 96);

	text_add(&path, "/dev/devices/");
	text_add_span(&path, span_first(name, 64));
	enum status status = tool_print_file(text_span(&path));

	print_flush();
	if (status == STATUS_NOT_FOUND)
		return tool_fail(name, span_text("there is no such device; `devices' lists them"));
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(name, status);
}

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return show(span_text("table"));
	for (u32 i = 0; i < args->count; i++)
		result |= show(rt_arg(i));
	return result;
}
