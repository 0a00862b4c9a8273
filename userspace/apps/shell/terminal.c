/* SPDX-License-Identifier: Apache-2.0
 *
 * WHY files and no commands to set a mode: an open raw file is the mode, and opening it again after the console
 * was restarted brings it back.
 */
#include "userspace/apps/shell/terminal.h"
#include "lib/rt/thread.h"
#include "userspace/apps/shell/complete.h"
#include "userspace/apps/shell/editor.h"
#include "userspace/apps/shell/jobs.h"

enum : u32 { STACK_PAGES = 4 };
enum : u64 { PAUSE_NS = 20000000 };

static struct editor editor;

/* The console's file of that name, beside the one that is standard input. */
static bool console_path(struct span name, struct text *out)
{
	char given[PATH_BYTES_MAX];
	struct rt_start_file file;

	if (!rt_start_file(span_text("stdin"), &file, MSPAN_OF_ARRAY(given)))
		return false;
	struct span path = span_until_zero(SPAN_OF_ARRAY(given));

	if (!span_ends_with(path, span_text("/cons")))
		return false;
	text_add_span(out, path_parent(path));
	text_add(out, "/");
	text_add_span(out, name);
	return !out->cut;
}

bool terminal_is_console(void)
{
	TEXT_BUFFER(path, PATH_BYTES_MAX);

	return console_path(span_text("raw"), &path);
}

static void interrupt_thread(u64 unused)
{
	struct file file;
	u8 byte[1];
	usize count;
	TEXT_BUFFER(path, PATH_BYTES_MAX);

	(void)unused;
	if (!console_path(span_text("interrupt"), &path) || file_open(&file, text_span(&path), OPEN_READ) != STATUS_OK)
		return;
	for (;;) {
		enum status status = file_read(&file, MSPAN_OF_ARRAY(byte), &count);

		if (status == STATUS_OK && count > 0)
			jobs_interrupt();
		else
			rt_sleep_until(rt_deadline_in(PAUSE_NS));
	}
}

void terminal_start(void)
{
	handle_t thread;

	if (rt_thread_start(interrupt_thread, 0, STACK_PAGES, handle_none(), &thread) != STATUS_OK)
		rt_log(span_text("cannot start the thread that waits for ^C; it will not end commands"));
}

/* WHY again: a console that is being restarted loses at most what it was showing. */
static void show(struct file *raw, const struct text *out)
{
	if (out->used > 0 && file_write(raw, text_span(out)) == STATUS_PEER_DIED)
		(void)!file_write(raw, text_span(out));
}

/* Feeds the bytes to the editor; the event that ended the line, or EDITOR_NONE. Bytes after it are
 * kept for the next line. */
struct ahead {
	u8 byte[64];
	u32 from, used;
};

static struct ahead ahead;

static enum editor_event feed(struct file *raw)
{
	while (ahead.from < ahead.used) {
		TEXT_BUFFER(out, EDITOR_OUT_BYTES);
		u8 byte = *ELEM(ahead.byte, ahead.from);
		enum editor_event event;

		ahead.from++;
		event = editor_input(&editor, byte, &out);
		show(raw, &out);
		if (event == EDITOR_COMPLETE)
			complete(&editor, raw);
		else if (event != EDITOR_NONE)
			return event;
	}
	return EDITOR_NONE;
}

static enum status edit(struct file *raw, enum editor_event *event)
{
	*event = feed(raw);
	while (*event == EDITOR_NONE) {
		usize count = 0;
		enum status status = file_read(raw, MSPAN_OF_ARRAY(ahead.byte), &count);

		if (status != STATUS_OK && status != STATUS_PEER_DIED && status != STATUS_CANCELLED)
			return status;
		if (status != STATUS_OK)
			rt_sleep_until(rt_deadline_in(PAUSE_NS));
		ahead.from = 0;
		ahead.used = (u32)count;
		*event = feed(raw);
	}
	return STATUS_OK;
}

enum status terminal_read_line(struct span prompt, struct text *line)
{
	enum editor_event event = EDITOR_NONE;
	struct file raw;
	TEXT_BUFFER(path, PATH_BYTES_MAX);
	TEXT_BUFFER(out, EDITOR_OUT_BYTES);

	if (!console_path(span_text("raw"), &path))
		return STATUS_NOT_FOUND;
	enum status status = file_open(&raw, text_span(&path), OPEN_READ | OPEN_WRITE);

	if (status != STATUS_OK)
		return status;
	editor_begin(&editor, prompt, &out);
	show(&raw, &out);
	status = edit(&raw, &event);
	file_close(&raw);
	if (status != STATUS_OK)
		return status;
	if (event == EDITOR_INTERRUPT)
		return STATUS_CANCELLED;
	if (event == EDITOR_END)
		return STATUS_DEAD;
	text_add_span(line, editor_text(&editor));
	editor_remember(&editor, text_span(line));
	return STATUS_OK;
}
