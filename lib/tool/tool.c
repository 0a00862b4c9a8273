/* SPDX-License-Identifier: Apache-2.0
 *
 * What small command line programs share.
 */
#include "lib/tool/tool.h"
#include "lib/rt/message.h"
#include "abi/names.h"

u64 tool_usage(struct span text)
{
	TEXT_BUFFER(line, 256);

	text_add(&line, "usage: ");
	text_add_span(&line, rt_program());
	text_add(&line, " ");
	text_add_span(&line, text);
	text_add(&line, "\n");
	print_error_text(&line);
	return TOOL_USAGE;
}

u64 tool_fail(struct span what, struct span why)
{
	TEXT_BUFFER(line, 640);

	text_add_span(&line, rt_program());
	text_add(&line, ": ");
	text_add_quoted(&line, span_first(what, 100));
	text_add(&line, ": ");
	text_add_span(&line, span_first(why, 160));
	text_add(&line, "\n");
	print_error_text(&line);
	return TOOL_FAILED;
}

u64 tool_fail_status(struct span what, enum status status)
{
	TEXT_BUFFER(why, 160);

	file_add_status(&why, status);
	return tool_fail(what, text_span(&why));
}

/* ---- inputs ---- */

struct tool_inputs tool_inputs(const struct rt_args *args, u32 first)
{
	return (struct tool_inputs){ .next = first, .count = args->count };
}

static void close_input(struct tool_inputs *in)
{
	if (in->begun && !in->standard)
		file_close(&in->file);
}

bool tool_next_input(struct tool_inputs *in)
{
	bool first = !in->begun;

	close_input(in);
	in->begun = true;
	if (first && in->next >= in->count) {
		in->standard = true;
		return true;
	}
	while (in->next < in->count) {
		struct span path = rt_arg(in->next++);
		enum status status = file_open(&in->file, path, OPEN_READ);

		if (status == STATUS_OK && in->file.qid_type == QID_DIRECTORY) {
			file_close(&in->file);
			status = STATUS_IS_DIRECTORY;
		}
		if (status == STATUS_OK)
			return true;
		tool_fail_status(path, status);
		in->failed = true;
	}
	in->begun = false;
	return false;
}

usize tool_read(struct tool_inputs *in, struct mspan to)
{
	usize count = 0;
	enum status status = file_read(in->standard ? stdin_file() : &in->file, to, &count);

	if (status != STATUS_OK) {
		tool_fail_status(in->standard ? span_text("standard input") : rt_arg(in->next - 1), status);
		in->failed = true;
		return 0;
	}
	return count;
}

u64 tool_inputs_result(const struct tool_inputs *in)
{
	return in->failed || print_failed() ? TOOL_FAILED : TOOL_OK;
}

/* Moves what is left to the beginning and reads more. */
static void fill(struct tool_lines *lines, struct tool_inputs *in)
{
	struct mspan all = MSPAN_OF_ARRAY(lines->bytes);

	span_copy(all, span_part(span_of(all), lines->from, lines->used - lines->from));
	lines->used -= lines->from;
	lines->from = 0;
	usize got = tool_read(in, mspan_from(all, lines->used));

	lines->used += (u32)got;
	lines->ended = got == 0;
}

bool tool_next_line(struct tool_lines *lines, struct tool_inputs *in, struct span *line)
{
	while (!print_failed()) {
		struct span left = span_part(SPAN_OF_ARRAY(lines->bytes), lines->from, lines->used - lines->from);
		usize end = span_find(left, 0, '\n');
		bool full = lines->from == 0 && lines->used == TOOL_LINE_BYTES;

		if (end < span_len(left) || full || (lines->ended && span_len(left) > 0)) {
			*line = span_first(left, end);
			lines->from += (u32)min_u64(end + 1, span_len(left));
			return true;
		}
		if (lines->ended) {
			*lines = (struct tool_lines){};
			return false;
		}
		fill(lines, in);
	}
	return false;
}

/* ---- status files ---- */

enum status tool_print_file(struct span path)
{
	u8 bytes[1024];
	struct file file;
	usize count = 1;
	enum status status = file_open(&file, path, OPEN_READ);

	if (status != STATUS_OK)
		return status;
	while (status == STATUS_OK && count > 0 && !print_failed()) {
		status = file_read(&file, MSPAN_OF_ARRAY(bytes), &count);
		print_span(span_first(SPAN_OF_ARRAY(bytes), count));
	}
	file_close(&file);
	return status;
}

enum status tool_control(struct span path, struct span word)
{
	struct file file;
	enum status status = file_open(&file, path, OPEN_WRITE);

	if (status != STATUS_OK)
		return status;
	status = file_write(&file, word);
	file_close(&file);
	return status;
}

bool tool_parse_seconds(struct span text, u64 *ns)
{
	struct span rest = text;
	struct span whole = span_split(&rest, '.');
	u64 seconds = 0;
	u64 unit = 1000000000;
	u64 fraction = 0;

	if (span_len(whole) > 0 && (!span_parse_u64(whole, &seconds) || seconds > 1000000000))
		return false;
	for (usize i = 0; i < span_len(rest); i++) {
		u8 digit = span_u8(rest, i);

		if (!ascii_is_digit(digit))
			return false;
		unit /= 10;
		fraction += (u64)(digit - '0') * unit;
	}
	*ns = seconds * 1000000000 + fraction;
	return span_len(whole) + span_len(rest) > 0;
}
