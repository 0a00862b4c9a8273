/* SPDX-License-Identifier: Apache-2.0
 *
 * services [NAME...]: one line for each service, or all about some.
 */
#include "lib/tool/tool.h"

static u64 show(struct span path, struct span name)
{
	enum status status = tool_print_file(path);

	print_flush();
	if (status == STATUS_NOT_FOUND)
		return tool_fail(name, span_text("there is no such service; `services' lists them"));
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(name, status);
}

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return show(span_text("/services/table"), span_text("/services/table"));
	for (u32 i = 0; i < args->count; i++) {
		TEXT_BUFFER(path, 96);

		text_add(&path, "/services/");
		text_add_span(&path, span_first(rt_arg(i), 64));
		text_add(&path, "/status");
		result |= show(text_span(&path), rt_arg(i));
	}
	return result;
}
