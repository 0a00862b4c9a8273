/* SPDX-License-Identifier: Apache-2.0
 *
 * caps PID: the capabilities of a process: type, object, badge or range, rights in words.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	u64 id;
	TEXT_BUFFER(path, 64);

	if (args->count != 1 || !span_parse_u64(rt_arg(0), &id))
		return tool_usage(span_text("PID    (`ps' lists processes and their PID)"));
	text_add(&path, "/proc/");
	text_add_u64(&path, id);
	text_add(&path, "/caps");
	enum status status = tool_print_file(text_span(&path));

	print_flush();
	if (status == STATUS_NOT_FOUND)
		return tool_fail(rt_arg(0), span_text("there is no such process; `ps' lists them"));
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(rt_arg(0), status);
}
