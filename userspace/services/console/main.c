/* SPDX-License-Identifier: Apache-2.0
 *
 * The console's files.
 */
#include "lib/rt/rt.h"
#include "lib/service/service.h"
#include "lib/waiting/waiting.h"
#include "userspace/services/console/discipline.h"
#include "userspace/services/console/input.h"
#include "userspace/services/console/output.h"

enum console_node : u64 { ROOT, CONS, RAW, INTERRUPT };

static const struct service_tree tree = {
	.count = 4,
	.node = {
		{ .name = "", .qid_type = QID_DIRECTORY },
		{ .name = "cons", .qid_type = QID_STREAM },
		{ .name = "raw", .qid_type = QID_STREAM },
		{ .name = "interrupt", .qid_type = QID_STREAM },
	},
};

static struct discipline discipline;
static struct waiting cons_readers, byte_readers, interrupt_readers;
static u32 open_raw; /* open ones; above 0 the mode is raw */

static struct waiting *readers_now(void)
{
	return discipline.raw ? &byte_readers : &cons_readers;
}

/* Gives input to those who wait for it. What a reader that has gone did not take stays. */
static void serve_readers(void)
{
	u8 bytes[DISCIPLINE_LINE_BYTES];
	service_ticket ticket = 0;

	while (discipline_has(&discipline) && (ticket = waiting_take(readers_now())) != 0) {
		bool end;
		u64 count = discipline_peek(&discipline,
			mspan_first(MSPAN_OF_ARRAY(bytes), service_ticket_count(ticket)), &end);

		if (service_answer_data(ticket, span_first(SPAN_OF_ARRAY(bytes), count)) == STATUS_OK)
			discipline_drop(&discipline, count, end);
	}
}

static void tell_interrupt(void)
{
	static const u8 byte[1] = { 3 };
	service_ticket ticket;

	while ((ticket = waiting_take(&interrupt_readers)) != 0)
		(void)service_answer_data(ticket, SPAN_OF_ARRAY(byte));
}

static void take_input(void)
{
	u8 byte;

	while (input_take(&byte)) {
		TEXT_BUFFER(echo, DISCIPLINE_ECHO_MAX);
		bool interrupted = discipline_input(&discipline, byte, &echo);

		output_send(text_span(&echo));
		if (interrupted)
			tell_interrupt();
	}
	serve_readers();
}

static enum status console_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	enum status status = service_tree_open(&tree, from, path, file);

	(void)call;
	if (status == STATUS_OK && file->node == INTERRUPT && (file->flags & OPEN_WRITE) != 0)
		return STATUS_DENIED;
	if (status == STATUS_OK && file->node == RAW) {
		open_raw++;
		discipline_set_raw(&discipline, true);
	}
	return status;
}

static void console_closed(struct service_file *file)
{
	if (file->node != RAW)
		return;
	open_raw--;
	if (open_raw == 0) {
		discipline_set_raw(&discipline, false);
		serve_readers();
	}
}

static enum status console_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static enum status console_read(struct service_call *call, struct service_file *file)
{
	enum status status;

	if (call->count == 0)
		return STATUS_OK;
	switch ((enum console_node)file->node) {
	case CONS: status = waiting_add(&cons_readers, call); break;
	case RAW: status = waiting_add(&byte_readers, call); break;
	case INTERRUPT: return waiting_add(&interrupt_readers, call);
	case ROOT:
	default: return STATUS_IS_DIRECTORY;
	}
	if (status == STATUS_OK)
		serve_readers();
	return status;
}

static enum status console_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[256];
	u64 done = 0;
	u64 got = 1;

	while (done < call->count && got > 0) {
		enum status status = service_take(call, done, MSPAN_OF_ARRAY(bytes), &got);

		if (status != STATUS_OK)
			return status;
		struct span part = span_first(SPAN_OF_ARRAY(bytes), got);

		if (file->node == RAW)
			output_send(part);
		else
			output_send_text(part);
		done += got;
	}
	call->count = done;
	return STATUS_OK;
}

static void console_signal(u64 bits)
{
	(void)bits;
	take_input();
}

static const struct service_ops ops = {
	.open = console_open, .closed = console_closed, .entry = console_entry,
	.read = console_read, .write = console_write, .signal = console_signal,
};

u64 program_main(const struct rt_args *args)
{
	if (args->count == 0) {
		rt_log(span_text("expected arguments, the files of lines, of which the first that is there is used"));
		return 1;
	}
	if (input_start() != STATUS_OK)
		rt_log(span_text("cannot start the thread that reads the line; there is no input"));
	service_run(&ops);
}
