/* SPDX-License-Identifier: Apache-2.0
 *
 * Standard input, output and error.
 */
#include "lib/9p/print.h"
#include "lib/rt/exit.h"
#include "abi/names.h"

enum : u32 { OUTPUT_BYTES = 4096, WRITE_TRIES = 8 };

struct streams {
	struct file in, out, error;
	bool in_ready, out_ready, error_ready;
	bool failed;
	usize used;
	u8 collected[OUTPUT_BYTES];
};

static struct streams streams;

struct file *stdin_file(void)
{
	if (!streams.in_ready && file_inherit(&streams.in, span_text("stdin")) != STATUS_OK)
		streams.in = (struct file){};
	streams.in_ready = true;
	return &streams.in;
}

struct file *stdout_file(void)
{
	if (!streams.out_ready) {
		if (file_inherit(&streams.out, span_text("stdout")) != STATUS_OK)
			streams.out = (struct file){};
		rt_set_exit_hook(print_flush);
		streams.out_ready = true;
	}
	return &streams.out;
}

struct file *stderr_file(void)
{
	if (!streams.error_ready && file_inherit(&streams.error, span_text("stderr")) != STATUS_OK)
		return stdout_file();
	streams.error_ready = true;
	return &streams.error;
}

/* WHY again after PEER_DIED: the server may have died with the text in hand. A person would rather
 * read a line twice than miss it; at an offset of a file the second writing changes nothing. A
 * file without a path cannot be opened again: then its reader is gone. */
static enum status write_all(struct file *out, struct span text)
{
	u32 tries = 0;

	while (span_len(text) > 0) {
		usize count = 0;
		enum status status = file_write_some(out, out->offset, text, &count);

		if (status == STATUS_OK && count == 0)
			return STATUS_NO_SPACE;
		if (status != STATUS_OK && (status != STATUS_PEER_DIED || out->path_bytes == 0 || ++tries == WRITE_TRIES))
			return status;
		out->offset += count;
		text = span_from(text, count);
	}
	return STATUS_OK;
}

static void add_failure(struct text *line, struct span what, enum status status)
{
	text_add_span(line, rt_program());
	text_add(line, ": ");
	text_add_span(line, span_first(what, 200));
	text_add(line, ": ");
	file_add_status(line, status);
	text_add(line, "\n");
}

/* Said once. WHY nothing of a file without a path: it is a pipe whose reader has gone, and that is no failure. */
static void output_failed(const struct file *out, enum status status)
{
	TEXT_BUFFER(line, 384);
	bool said = streams.failed;

	streams.failed = true;
	if (said)
		return;
	add_failure(&line, span_text("standard output"), status);
	if (out->path_bytes != 0 && file_is_open(stderr_file()) && write_all(stderr_file(), text_span(&line)) != STATUS_OK)
		rt_log(span_trim(text_span(&line)));
}

void print_flush(void)
{
	struct file *out = stdout_file();

	if (streams.used == 0)
		return;
	enum status status = file_is_open(out) ? write_all(out, span_first(SPAN_OF_ARRAY(streams.collected), streams.used)) :
		STATUS_NOT_FOUND;

	if (status != STATUS_OK)
		output_failed(out, status);
	streams.used = 0;
}

/* WHY only streams by line: a person reads along; a file or pipe wants few, large requests. */
void print_span(struct span s)
{
	struct file *out = stdout_file();
	bool line_end = span_len(s) > 0 && span_u8(s, span_len(s) - 1) == '\n';

	while (span_len(s) > 0) {
		struct mspan room = mspan_from(MSPAN_OF_ARRAY(streams.collected), streams.used);
		struct span part = span_first(s, mspan_len(room));

		span_copy(room, part);
		streams.used += span_len(part);
		s = span_from(s, span_len(part));
		if (streams.used == OUTPUT_BYTES)
			print_flush();
	}
	if (line_end && out->qid_type == QID_STREAM)
		print_flush();
}

void print_text(const struct text *t)
{
	print_span(text_span(t));
}

void print_error_span(struct span s)
{
	struct file *error = stderr_file();

	print_flush();
	if (!file_is_open(error) || write_all(error, s) != STATUS_OK)
		rt_log(span_trim(s));
}

void print_error_text(const struct text *t)
{
	print_error_span(text_span(t));
}

void print_status(struct span what, enum status status)
{
	TEXT_BUFFER(line, 384);

	add_failure(&line, what, status);
	print_error_text(&line);
}

bool print_failed(void)
{
	return streams.failed;
}
