/* SPDX-License-Identifier: Apache-2.0
 *
 * ls [-l] [PATH...]: lists directories, one name a line; with -l kind and length.
 */
#include "lib/9p/directory.h"
#include "lib/tool/tool.h"

static struct directory directory;

static void print_entry(struct span name, u32 qid_type, u64 bytes, bool details)
{
	TEXT_BUFFER(line, 400);

	if (details) {
		TEXT_BUFFER(size, 24);

		text_add_padded(&line, qid_type == QID_DIRECTORY ? span_text("directory") : qid_type == QID_STREAM ?
			span_text("stream") : span_text("file"), 10);
		text_add_size(&size, bytes);
		text_add_repeated(&line, ' ', size.used < 10 ? 10 - (u32)size.used : 0);
		text_add_span(&line, qid_type == QID_FILE ? text_span(&size) : span_text("         -"));
		text_add(&line, "  ");
	}
	text_add_quoted(&line, span_first(name, 256));
	if (qid_type == QID_DIRECTORY)
		text_add(&line, "/");
	text_add(&line, "\n");
	print_text(&line);
}

static u64 list_file(struct span path, bool details)
{
	struct file_stat stat;
	enum status status = file_stat_path(path, &stat);

	if (status != STATUS_OK)
		return tool_fail_status(path, status);
	print_entry(path, stat.qid_type, stat.bytes, details);
	return TOOL_OK;
}

static u64 list(struct span path, bool details)
{
	struct dir_entry entry;
	enum status status = directory_open(&directory, path);

	if (status == STATUS_NOT_DIRECTORY)
		return list_file(path, details);
	if (status != STATUS_OK)
		return tool_fail_status(path, status);
	while ((status = directory_next(&directory, &entry)) == STATUS_OK)
		print_entry(dir_entry_name(&entry), entry.qid_type, entry.bytes, details);
	directory_close(&directory);
	return status == STATUS_NOT_FOUND ? TOOL_OK : tool_fail_status(path, status);
}

u64 program_main(const struct rt_args *args)
{
	bool details = span_equal(rt_arg(0), span_text("-l"));
	u32 first = details ? 1 : 0;
	u64 result = TOOL_OK;

	if (args->count == first)
		result = list(span_text("."), details);
	for (u32 i = first; i < args->count; i++) {
		if (args->count > first + 1) {
			print_span(rt_arg(i));
			print(":\n");
		}
		result |= list(rt_arg(i), details);
	}
	print_flush();
	return result;
}
