/* SPDX-License-Identifier: Apache-2.0
 *
 * ps: one line for each process: id, name, state, threads, capabilities, memory, CPU time.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	if (args->count > 0)
		return tool_usage(span_text("(no arguments)"));
	enum status status = tool_print_file(span_text("/proc/table"));

	print_flush();
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(span_text("/proc/table"), status);
}
