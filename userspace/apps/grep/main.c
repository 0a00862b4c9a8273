/* SPDX-License-Identifier: Apache-2.0
 *
 * grep TEXT [FILE...]: prints the lines that hold the text. Fails if there is none.
 */
#include "lib/tool/tool.h"

static struct tool_lines lines;

u64 program_main(const struct rt_args *args)
{
	struct tool_inputs in = tool_inputs(args, 1);
	bool found = false;

	if (args->count == 0)
		return tool_usage(span_text("TEXT [FILE...]"));
	while (tool_next_input(&in)) {
		struct span line;

		lines = (struct tool_lines){};
		while (tool_next_line(&lines, &in, &line)) {
			if (span_len(rt_arg(0)) > 0 && span_find_text(line, rt_arg(0)) == span_len(line))
				continue;
			found = true;
			print_span(line);
			print("\n");
		}
	}
	print_flush();
	return found ? tool_inputs_result(&in) : TOOL_FAILED;
}
