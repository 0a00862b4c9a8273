/* SPDX-License-Identifier: Apache-2.0
 *
 * grep [-v] TEXT [FILE...]: prints the lines that hold the text, or with -v those that do not.
 * Fails if there are none.
 */
#include "lib/tool/tool.h"

static struct tool_lines lines;

u64 program_main(const struct rt_args *args)
{
	bool others = span_equal(rt_arg(0), span_text("-v"));
	struct span text = rt_arg(others ? 1 : 0);
	struct tool_inputs in = tool_inputs(args, others ? 2 : 1);
	bool found = false;

	if (args->count < (others ? 2 : 1))
		return tool_usage(span_text("[-v] TEXT [FILE...]"));
	while (tool_next_input(&in)) {
		struct span line;

		lines = (struct tool_lines){};
		while (tool_next_line(&lines, &in, &line)) {
			bool holds = span_len(text) == 0 || span_find_text(line, text) < span_len(line);

			if (holds == others)
				continue;
			found = true;
			print_span(line);
			print("\n");
		}
	}
	print_flush();
	return found ? tool_inputs_result(&in) : TOOL_FAILED;
}
