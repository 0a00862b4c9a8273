/* SPDX-License-Identifier: Apache-2.0
 *
 * ns [PID]: names and what is bound to them: of this program, which has the shell's, or of a process.
 */
#include "lib/tool/tool.h"
#include "abi/names.h"
#include "abi/stubs.h"

static void print_entry(const struct ns_entry *entry)
{
	TEXT_BUFFER(line, 256);
	bool first = true;

	text_add_padded(&line, span_until_zero(SPAN_OF_ARRAY(entry->path)), 20);
	text_add(&line, " ");
	text_add_padded(&line, span_of_cstr(object_type_name(entry->type)), 10);
	for (u32 bit = 0; bit < 32; bit++) {
		if ((entry->rights & 1u << bit) == 0)
			continue;
		if (!first)
			text_add(&line, ",");
		text_add_cstr(&line, right_name(entry->type, bit));
		first = false;
	}
	text_add(&line, "\n");
	print_text(&line);
}

static u64 show_own(void)
{
	struct ns_entry entry;
	enum status status;

	for (u32 i = 0; (status = sys_ns_entry(rt_names(), i, &entry)) == STATUS_OK; i++)
		print_entry(&entry);
	print_flush();
	return status == STATUS_NOT_FOUND ? TOOL_OK : tool_fail_status(span_text("the namespace"), status);
}

u64 program_main(const struct rt_args *args)
{
	u64 id;
	TEXT_BUFFER(path, 64);

	if (args->count == 0)
		return show_own();
	if (args->count != 1 || !span_parse_u64(rt_arg(0), &id))
		return tool_usage(span_text("[PID]"));
	text_add(&path, "/proc/");
	text_add_u64(&path, id);
	text_add(&path, "/ns");
	enum status status = tool_print_file(text_span(&path));

	print_flush();
	if (status == STATUS_NOT_FOUND)
		return tool_fail(rt_arg(0), span_text("there is no such process; `ps' lists them"));
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(rt_arg(0), status);
}
