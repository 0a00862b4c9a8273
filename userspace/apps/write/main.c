/* SPDX-License-Identifier: Apache-2.0
 *
 * write FILE [WORD...]: makes the file, or replaces its content, with the words or standard input.
 */
#include "lib/tool/tool.h"

static enum status write_words(struct file *file, u32 count)
{
	enum status status = STATUS_OK;

	for (u32 i = 1; i < count && status == STATUS_OK; i++) {
		status = file_write(file, rt_arg(i));
		if (status == STATUS_OK)
			status = file_write(file, i + 1 < count ? span_text(" ") : span_text("\n"));
	}
	return status;
}

static enum status write_input(struct file *file, const struct rt_args *args)
{
	struct tool_inputs in = tool_inputs(args, args->count);
	u8 bytes[1024];
	usize count = 1;
	enum status status = STATUS_OK;

	while (tool_next_input(&in)) {
		while (count > 0 && status == STATUS_OK) {
			count = tool_read(&in, MSPAN_OF_ARRAY(bytes));
			status = file_write(file, span_first(SPAN_OF_ARRAY(bytes), count));
		}
	}
	return status;
}

u64 program_main(const struct rt_args *args)
{
	struct file file;

	if (args->count == 0)
		return tool_usage(span_text("FILE [WORD...]"));
	enum status status = file_create(&file, rt_arg(0), OPEN_WRITE | OPEN_TRUNCATE);

	if (status == STATUS_OK) {
		status = args->count > 1 ? write_words(&file, args->count) : write_input(&file, args);
		file_close(&file);
	}
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(rt_arg(0), status);
}
