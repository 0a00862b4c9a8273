/* SPDX-License-Identifier: Apache-2.0
 *
 * echo [-n] [WORD...]: prints the words; with -n without the end of the line.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	bool end = !span_equal(rt_arg(0), span_text("-n"));

	for (u32 i = end ? 0 : 1; i < args->count; i++) {
		print_span(rt_arg(i));
		if (i + 1 < args->count)
			print(" ");
	}
	if (end)
		print("\n");
	print_flush();
	return print_failed() ? TOOL_FAILED : TOOL_OK;
}
