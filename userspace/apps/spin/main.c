/* SPDX-License-Identifier: Apache-2.0
 *
 * spin [SECONDS]: uses a CPU, for ever if no time is given.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	u64 ns = U64_MAX;

	if (args->count > 1 || (args->count == 1 && !tool_parse_seconds(rt_arg(0), &ns)))
		return tool_usage(span_text("[SECONDS]"));
	u64 deadline = rt_deadline_in(ns);

	while (rt_now_ns() < deadline)
		;
	return TOOL_OK;
}
