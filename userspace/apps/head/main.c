/* SPDX-License-Identifier: Apache-2.0
 *
 * head [-n LINES] [FILE...]: prints the first lines, 10 if nothing else is said.
 */
#include "lib/tool/tool.h"

static struct tool_lines lines;

u64 program_main(const struct rt_args *args)
{
	u64 wanted = 10;
	u32 first = 0;

	if (span_equal(rt_arg(0), span_text("-n"))) {
		if (!span_parse_u64(rt_arg(1), &wanted))
			return tool_usage(span_text("[-n LINES] [FILE...]"));
		first = 2;
	}
	struct tool_inputs in = tool_inputs(args, first);

	while (tool_next_input(&in)) {
		struct span line;

		lines = (struct tool_lines){};
		for (u64 i = 0; i < wanted && tool_next_line(&lines, &in, &line); i++) {
			print_span(line);
			print("\n");
		}
	}
	print_flush();
	return tool_inputs_result(&in);
}
