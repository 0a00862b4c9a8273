/* SPDX-License-Identifier: Apache-2.0
 *
 * sleep SECONDS: waits; fractions are allowed.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	u64 ns;

	if (args->count != 1 || !tool_parse_seconds(rt_arg(0), &ns))
		return tool_usage(span_text("SECONDS    (for example 2 or 0.25)"));
	rt_sleep_until(rt_deadline_in(ns));
	return TOOL_OK;
}
