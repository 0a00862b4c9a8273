/* SPDX-License-Identifier: Apache-2.0
 *
 * log [crash] [-f]: the system's log, or its crash records; -f goes on with what comes.
 */
#include "lib/tool/tool.h"

static u64 show(struct span path)
{
	enum status status = tool_print_file(path);

	print_flush();
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(path, status);
}

u64 program_main(const struct rt_args *args)
{
	if (args->count == 0)
		return show(span_text("/log/log"));
	if (args->count == 1 && span_equal(rt_arg(0), span_text("crash")))
		return show(span_text("/log/crash"));
	if (args->count == 1 && span_equal(rt_arg(0), span_text("-f")))
		return show(span_text("/log/follow"));
	return tool_usage(span_text("[crash | -f]"));
}
