/* SPDX-License-Identifier: Apache-2.0
 *
 * kill PID|SERVICE...: ends processes, or services by name (which the keeper then starts again).
 */
#include "lib/tool/tool.h"

static u64 kill_one(struct span what)
{
	u64 id;
	bool number = span_parse_u64(what, &id);
	TEXT_BUFFER(path, 96);

	text_add_span(&path, number ? span_text("/proc/") : span_text("/services/"));
	text_add_span(&path, span_first(what, 64));
	text_add(&path, "/ctl");
	enum status status = tool_control(text_span(&path), span_text("kill"));

	/* PEER_DIED: it was the service that was asked, or one on the way, that ended. */
	if (status == STATUS_OK || status == STATUS_PEER_DIED)
		return TOOL_OK;
	if (status == STATUS_NOT_FOUND)
		return tool_fail(what, number ? span_text("there is no such process; `ps' lists them") :
			span_text("there is no such service; `services' lists them"));
	return tool_fail_status(what, status);
}

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return tool_usage(span_text("PID|SERVICE..."));
	for (u32 i = 0; i < args->count; i++)
		result |= kill_one(rt_arg(i));
	return result;
}
