/* SPDX-License-Identifier: Apache-2.0
 *
 * cat [FILE...]: prints files, or standard input.
 */
#include "lib/tool/tool.h"

u64 program_main(const struct rt_args *args)
{
	struct tool_inputs in = tool_inputs(args, 0);
	u8 bytes[1024];

	while (tool_next_input(&in)) {
		usize count = 1;

		while (count > 0 && !print_failed()) {
			count = tool_read(&in, MSPAN_OF_ARRAY(bytes));
			print_span(span_first(SPAN_OF_ARRAY(bytes), count));
			/* WHY: who reads along wants what is there, not what fills a buffer. */
			if (in.standard)
				print_flush();
		}
	}
	print_flush();
	return tool_inputs_result(&in);
}
