/* SPDX-License-Identifier: Apache-2.0
 *
 * mkdir DIRECTORY...: makes directories.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return tool_usage(span_text("DIRECTORY..."));
	for (u32 i = 0; i < args->count; i++) {
		struct file file;
		enum status status = file_create(&file, rt_arg(i), OPEN_READ | OPEN_DIRECTORY | OPEN_EXCLUSIVE);

		if (status == STATUS_OK)
			file_close(&file);
		else
			result = tool_fail_status(rt_arg(i), status);
	}
	return result;
}
