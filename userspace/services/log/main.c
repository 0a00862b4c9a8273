/* SPDX-License-Identifier: Apache-2.0
 *
 * log: what the system said, at /log. `log` holds everything that was written to the kernel's log
 * and to the file itself; `crash` holds the crash records only; `follow` is a stream that waits
 * for what comes. Memory is bounded: the oldest text goes first.
 *
 * Lines that tell of a problem are also shown on the console, if the first argument names its file.
 */
#include "lib/9p/file.h"
#include "lib/base/text.h"
#include "lib/keep/keep.h"
#include "lib/service/service.h"
#include "userspace/services/log/ring.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum node : u64 { NODE_ROOT, NODE_LOG, NODE_CRASH, NODE_FOLLOW };
enum : u64 { BIT_KLOG = 1, SHOW_NS = 200000000 };
enum : u32 { CHUNK_BYTES = 1024, LINE_BYTES = 320, WAITERS_MAX = 16, STATE_VERSION = 1 };

static const struct service_tree tree = {
	.count = 4,
	.node = {
		[NODE_ROOT] = { .qid_type = QID_DIRECTORY },
		[NODE_LOG] = { .name = "log", .qid_type = QID_FILE },
		[NODE_CRASH] = { .name = "crash", .qid_type = QID_FILE },
		[NODE_FOLLOW] = { .name = "follow", .qid_type = QID_STREAM },
	},
};

/* A reader of `follow` that has read everything. */
struct waiter {
	service_ticket ticket;
	alignas(8) u64 position;
	u32 file; /* index of its file, to go on from where it was */
};
KEEP_RECORD(struct waiter, 24);

/* How far the kernel's log was read, and the line that has not ended yet. */
struct intake {
	u64 klog_position;
	u64 line_used;
	u8 line_bytes[LINE_BYTES];
};
KEEP_RECORD(struct intake, 336);

static struct waiter waiters[WAITERS_MAX];
static struct intake intake[1];
static struct keep_part kept_waiters, kept_intake;

static void waiter_changed(u32 index)
{
	keep_changed(&kept_waiters, index, SPAN_OF_STRUCT(*ELEM(waiters, index)));
}

/* ---- what comes in ---- */

/* True once the kernel leaves printing to us. */
static bool showing;

/* WHY the deadline: the log must not hang on a console that is down. */
static void show_problem(struct span line)
{
	struct file console;

	if (!showing || span_len(rt_arg(0)) == 0 || span_find_text(line, span_text("problem: ")) == span_len(line))
		return;
	if (file_open_before(&console, rt_arg(0), OPEN_WRITE, rt_deadline_in(SHOW_NS)) != STATUS_OK)
		return;
	if (file_write(&console, line) != STATUS_OK)
		ring_append(RING_LOG, span_text("[the line above could not be shown on the console]\n"));
	file_close(&console);
}

static void answer_waiters(void)
{
	for (u32 i = 0; i < WAITERS_MAX; i++) {
		struct waiter *waiter = ELEM(waiters, i);
		u8 bytes[CHUNK_BYTES];
		struct service_file *file = service_file_from(waiter->file);
		u64 position = waiter->position;

		if (waiter->ticket == 0)
			continue;
		usize got = ring_read(RING_LOG, &position,
			mspan_first(MSPAN_OF_ARRAY(bytes), service_ticket_count(waiter->ticket)));

		if (got == 0 && service_waiting(waiter->ticket))
			continue;
		if (service_answer_data(waiter->ticket, span_first(SPAN_OF_ARRAY(bytes), got)) == STATUS_OK &&
		    file != nullptr && file->index == waiter->file) {
			file->state[0] = position;
			service_file_changed(file);
		}
		waiter->ticket = 0;
		waiter_changed(i);
	}
}

/* A whole line has come: crash records are kept apart too. */
static void end_line(void)
{
	struct span line = span_first(SPAN_OF_ARRAY(intake[0].line_bytes), intake[0].line_used);

	if (span_find_text(line, span_text("crash: ")) != span_len(line))
		ring_append(RING_CRASH, line);
	show_problem(line);
	intake[0].line_used = 0;
}

static void take_text(struct span text)
{
	ring_append(RING_LOG, text);
	for (usize i = 0; i < span_len(text); i++) {
		if (intake[0].line_used == LINE_BYTES)
			intake[0].line_used = 0;
		intake[0].line_bytes[intake[0].line_used++] = span_u8(text, i);
		if (span_u8(text, i) == '\n')
			end_line();
	}
	keep_changed(&kept_intake, 0, SPAN_OF_STRUCT(intake[0]));
}

static void drain_klog(void)
{
	u8 bytes[CHUNK_BYTES];
	u64 answer = 1;

	while ((u32)answer != 0) {
		enum status status = sys_klog_read(rt_handle(span_text("klog")), intake[0].klog_position,
			MSPAN_OF_ARRAY(bytes), &answer);

		if (status != STATUS_OK)
			return;
		intake[0].klog_position += (answer >> 32) + (u32)answer;
		if (answer >> 32 != 0)
			take_text(span_text("[text of the kernel's log was lost here]\n"));
		take_text(span_first(SPAN_OF_ARRAY(bytes), (u32)answer));
		keep_commit();
	}
}

static void log_signal(u64 bits)
{
	if ((bits & BIT_KLOG) == 0)
		return;
	drain_klog();
	answer_waiters();
}

/* ---- what goes out ---- */

/* WHY the start is kept with the open file: offsets count from what was there at the open, so that
 * text that goes meanwhile does not shift them. */
static enum status log_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	enum status status = service_tree_open(&tree, from, path, file);

	(void)call;
	if (status == STATUS_OK && file->qid_type != QID_DIRECTORY) {
		enum ring ring = file->node == NODE_CRASH ? RING_CRASH : RING_LOG;

		file->state[0] = ring_first(ring);
		file->bytes = ring_end(ring) - ring_first(ring);
	}
	return status;
}

static enum status wait_for_text(struct service_call *call, const struct service_file *file)
{
	for (u32 i = 0; i < WAITERS_MAX; i++) {
		struct waiter *waiter = ELEM(waiters, i);

		if (waiter->ticket != 0 && service_waiting(waiter->ticket))
			continue;
		*waiter = (struct waiter){ .ticket = service_defer(call), .position = file->state[0], .file = file->index };
		waiter_changed(i);
		return STATUS_BUSY;
	}
	return STATUS_BUSY;
}

static enum status log_read(struct service_call *call, struct service_file *file)
{
	bool follow = file->node == NODE_FOLLOW;
	enum ring ring = file->node == NODE_CRASH ? RING_CRASH : RING_LOG;
	u64 position = file->state[0] + (follow ? 0 : call->offset);
	enum status status = STATUS_OK;
	usize got = 1;

	while (status == STATUS_OK && call->done < call->count && got != 0) {
		u8 bytes[CHUNK_BYTES];

		got = ring_read(ring, &position, mspan_first(MSPAN_OF_ARRAY(bytes), call->count - call->done));
		status = service_put(call, span_first(SPAN_OF_ARRAY(bytes), got));
	}
	if (follow && status == STATUS_OK) {
		file->state[0] = position;
		service_file_changed(file);
		if (call->done == 0 && call->count != 0)
			return wait_for_text(call, file);
	}
	return status;
}

static enum status log_write(struct service_call *call, struct service_file *file)
{
	u64 at = 0;

	if (file->node != NODE_LOG)
		return STATUS_DENIED;
	while (at < min_u64(call->count, RING_UNCOMMITTED_BYTES)) {
		u8 bytes[CHUNK_BYTES];
		u64 got = 0;
		enum status status = service_take(call, at, MSPAN_OF_ARRAY(bytes), &got);

		if (status != STATUS_OK)
			return status;
		if (got == 0)
			break;
		take_text(span_first(SPAN_OF_ARRAY(bytes), got));
		at += got;
	}
	call->count = at;
	answer_waiters();
	return STATUS_OK;
}

static enum status log_stat(struct service_call *call, struct service_file *file, struct file_stat *out)
{
	enum ring ring = file->node == NODE_CRASH ? RING_CRASH : RING_LOG;

	(void)call;
	if (file->qid_type != QID_DIRECTORY)
		out->bytes = ring_end(ring) - ring_first(ring);
	return STATUS_OK;
}

static enum status log_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static void log_keep(void)
{
	rings_keep();
	keep_add(&kept_waiters, MSPAN_OF_ARRAY(waiters), sizeof(struct waiter));
	keep_add(&kept_intake, MSPAN_OF_ARRAY(intake), sizeof(struct intake));
}

/* WHY nothing of the first text is shown: the kernel has printed what it held before it was read. */
static void log_kept(void)
{
	showing = intake[0].klog_position != 0;
	drain_klog();
	showing = true;
	answer_waiters();
	keep_commit();
}

static const struct service_ops ops = {
	.open = log_open, .read = log_read, .write = log_write, .stat = log_stat, .entry = log_entry, .signal = log_signal,
	.keeps = STATE_VERSION, .keeps_bytes = RING_COUNT * 8 + sizeof(waiters) + sizeof(intake), .keep = log_keep, .kept = log_kept,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	enum status status = sys_klog_bind(rt_handle(span_text("klog")), service_signal(), BIT_KLOG);

	if (status != STATUS_OK) {
		rt_log(span_of_cstr(status_text(status)));
		return 1;
	}
	service_run(&ops);
}
