/* SPDX-License-Identifier: Apache-2.0
 *
 * WHY a thread: the agent reads the output until its end, and the end comes only when all who
 * could still write are gone; the thread sees the shell end and then ends what it left behind.
 */
#include "userspace/services/agent/request.h"
#include "lib/9p/file.h"
#include "lib/authority/authority.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "lib/spawn/spawn.h"
#include "userspace/services/agent/line.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { OUTPUT_BYTES = 1024, STACK_PAGES = 4 };
enum : u64 { START_BIT = 1, DONE_BIT = 2, STATUS_FAULT = 139, STATUS_NOT_STARTED = 127 };

static struct spawn shell;
static u8 output[OUTPUT_BYTES];

/* What the thread works on: set before START_BIT, read after DONE_BIT. */
struct watched {
	handle_t process, group;
	u64 status;
};

static struct watched watched;
static handle_t signal;

static void wait_for_bit(u64 bit)
{
	u64 bits;

	while (sys_signal_wait(signal, bit, RT_FOREVER, &bits) != STATUS_OK)
		;
}

static void end_thread(u64 unused)
{
	(void)unused;
	for (;;) {
		u64 status = 1;
		u32 reason = EXIT_REASON_NONE;

		wait_for_bit(START_BIT);
		(void)!spawn_wait(watched.process, RT_FOREVER, &status, &reason);
		watched.status = reason == EXIT_REASON_FAULTED ? STATUS_FAULT : status;
		if (!handle_is_none(watched.group))
			sys_group_destroy(watched.group);
		sys_signal_raise(signal, DONE_BIT);
	}
}

enum status request_start(void)
{
	handle_t thread;
	enum status status = sys_signal_create(rt_group(), &signal);

	return status == STATUS_OK ? rt_thread_start(end_thread, 0, STACK_PAGES, handle_none(), &thread) : status;
}

/* ---- frames ---- */

static enum status send_output(struct span bytes)
{
	TEXT_BUFFER(head, 32);

	text_add(&head, "out ");
	text_add_u64(&head, span_len(bytes));
	text_add(&head, "\n");
	enum status status = line_write(text_span(&head));

	return status == STATUS_OK ? line_write(bytes) : status;
}

static enum status send_end(u64 exit_status)
{
	TEXT_BUFFER(frame, 32);

	text_add(&frame, "end ");
	text_add_u64(&frame, exit_status);
	text_add(&frame, "\n");
	return line_write(text_span(&frame));
}

static enum status send_failure(struct span what, struct span why)
{
	TEXT_BUFFER(text, 256);

	text_add(&text, "agent: ");
	text_add_span(&text, what);
	text_add(&text, ": ");
	text_add_span(&text, why);
	text_add(&text, "\n");
	enum status status = send_output(text_span(&text));

	return status == STATUS_OK ? send_end(STATUS_NOT_STARTED) : status;
}

/* ---- running ---- */

static enum status start_shell(struct span text, const struct file *to)
{
	spawn_begin(&shell, span_text("bin/shell"));
	spawn_add_arg(&shell, span_text("-c"));
	spawn_add_arg(&shell, text);
	spawn_add_file(&shell, span_text("stdout"), to);
	spawn_add_file(&shell, span_text("stderr"), to);
	authority_add(&shell, span_text("shell"));
	enum status status = spawn_start(&shell, &watched.process);

	watched.group = shell.group.v != rt_group().v ? shell.group : handle_none();
	return status;
}

static void give_up_shell(void)
{
	sys_cap_drop(watched.process);
	authority_done(&shell);
}

static enum status forward_output(struct file *reading)
{
	usize count = 1;

	while (count > 0) {
		/* A pipe that fails has ended too. */
		if (file_read(reading, MSPAN_OF_ARRAY(output), &count) != STATUS_OK)
			return STATUS_OK;
		enum status status = count == 0 ? STATUS_OK : send_output(span_first(SPAN_OF_ARRAY(output), count));

		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status request_run(struct span text)
{
	struct file reading, writing;
	enum status status = file_open_pipe(&reading, &writing);

	if (status != STATUS_OK)
		return send_failure(span_text("no pipe for the output"), span_of_cstr(status_text(status)));
	status = start_shell(text, &writing);
	file_close(&writing);
	if (status != STATUS_OK) {
		file_close(&reading);
		authority_done(&shell);
		return send_failure(span_text("no shell"), spawn_reason(&shell));
	}
	sys_signal_raise(signal, START_BIT);
	status = forward_output(&reading);
	file_close(&reading);
	wait_for_bit(DONE_BIT);
	give_up_shell();
	return status == STATUS_OK ? send_end(watched.status) : status;
}
