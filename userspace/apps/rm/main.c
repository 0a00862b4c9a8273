/* SPDX-License-Identifier: Apache-2.0
 *
 * rm PATH...: removes files and empty directories.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return tool_usage(span_text("PATH..."));
	for (u32 i = 0; i < args->count; i++) {
		enum status status = file_remove(rt_arg(i));

		if (status != STATUS_OK)
			result = tool_fail_status(rt_arg(i), status);
	}
	return result;
}
