/* SPDX-License-Identifier: Apache-2.0
 *
 * trial: a directory with the file `do`. Written to it: `count' adds one to a kept number; `loop' does not
 * come back the first time; `wait' waits for what does not come, the first time; `damage' makes the kept state
 * wrong and ends, if anything is counted; `fail' ends it, and the next instances, until it is given up; whoever wrote it
 * waits; `close' makes the end of that file end the service as long as it is the instance that opened it, and count one more
 * otherwise; `memory', `caps', `objects' and `threads' take all there is and keep it, `touch' touches more memory than there is,
 * the first time. Read from it: the version and the number.
 */
#include "lib/base/text.h"
#include "lib/keep/keep.h"
#include "lib/rt/memory.h"
#include "lib/rt/thread.h"
#include "lib/service/service.h"
#include "tests/guest/trial/version.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { NODE_ROOT, NODE_DO, STATE_VERSION = 2, WORD_BYTES = 16, FAILURES_MORE = 5, MEMORY_PIECE = 128 * 1024 };

struct number {
	u64 value;
	u64 misbehaved; /* whoever is asked again for what ended his predecessor knows better */
	u64 failures;   /* so many instances are still to end when they begin */
	u64 waits;      /* the ticket of who asked for that */
};

static const struct service_tree tree = {
	.count = 2,
	.node = { [NODE_ROOT] = { .qid_type = QID_DIRECTORY }, [NODE_DO] = { .name = "do", .qid_type = QID_FILE } },
};
static struct number number[1];
static struct keep_part kept_number;

static enum status trial_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	return service_tree_open(&tree, from, path, file);
}

static enum status trial_read(struct service_call *call, struct service_file *file)
{
	TEXT_BUFFER(line, 64);

	(void)file;
	text_add_span(&line, trial_version());
	text_add(&line, " ");
	text_add_u64(&line, number[0].value);
	text_add(&line, "\n");
	return service_put_at(call, text_span(&line));
}

static void change(u64 value, u64 misbehaved)
{
	number[0].value = value;
	number[0].misbehaved = misbehaved;
	keep_changed(&kept_number, 0, SPAN_OF_STRUCT(number[0]));
}

static void wait_for_nothing(void)
{
	handle_t nobody = {};
	u64 bits = 0;

	if (sys_signal_create(rt_group(), &nobody) == STATUS_OK)
		(void)sys_signal_wait(nobody, 1, RT_FOREVER, &bits);
}

static enum status misbehave(bool loop)
{
	bool before = number[0].misbehaved != 0;

	change(number[0].value, !before);
	if (before)
		return STATUS_OK;
	keep_commit();
	while (loop)
		sys_yield();
	wait_for_nothing();
	return STATUS_OK;
}

static enum status damage(void)
{
	if (number[0].value == 0)
		return STATUS_OK;
	mspan_put_u8(keep_bulk_bytes(kept_number.at, 8), 7, 0x5a);
	rt_exit(1);
}

NORETURN static void fail(struct service_call *call)
{
	number[0].waits = service_defer(call);
	number[0].failures = FAILURES_MORE;
	keep_changed(&kept_number, 0, SPAN_OF_STRUCT(number[0]));
	keep_commit();
	rt_exit(1);
}

static void sleep_on(u64 argument)
{
	(void)argument;
	rt_sleep_until(U64_MAX);
}

/* One more of what is asked for. */
static enum status take_one(struct span what)
{
	handle_t taken = {};

	if (span_equal(what, span_text("caps")))
		return sys_cap_derive(service_signal(), SIGNAL_RIGHT_RAISE, 0, 0, &taken);
	if (span_equal(what, span_text("objects")))
		return sys_signal_create(rt_group(), &taken);
	if (span_equal(what, span_text("threads")))
		return rt_thread_start(sleep_on, 0, 1, handle_none(), &taken);
	return STATUS_INVALID;
}

/* WHY ever smaller pieces: views of memory are few. */
static enum status take_memory(void)
{
	enum status status = STATUS_OK;
	pages_t pages = {};

	for (u64 piece = MEMORY_PIECE; piece >= PAGE_BYTES; piece /= 2) {
		status = STATUS_OK;
		while (status == STATUS_OK)
			status = rt_pages_create(piece, true, &pages);
	}
	return status;
}

static enum status take_all(struct span what)
{
	enum status status = STATUS_OK;

	if (span_equal(what, span_text("memory")))
		return take_memory();
	while (status == STATUS_OK)
		status = take_one(what);
	return status;
}

static enum status touch(void)
{
	enum : u64 { MUCH = 1 << 20 };
	bool before = number[0].misbehaved != 0;
	pages_t pages = {};

	change(number[0].value, !before);
	if (before)
		return STATUS_OK;
	keep_commit();
	enum status status = rt_pages_create(MUCH, false, &pages);

	if (status == STATUS_OK)
		mspan_fill(rt_pages_mspan(pages), 1);
	return status;
}

static enum status obey(struct service_call *call, struct span word)
{
	if (span_equal(word, span_text("fail")))
		fail(call);
	if (span_equal(word, span_text("count"))) {
		change(number[0].value + 1, 0);
		return STATUS_OK;
	}
	if (span_equal(word, span_text("loop")) || span_equal(word, span_text("wait")))
		return misbehave(span_equal(word, span_text("loop")));
	if (span_equal(word, span_text("touch")))
		return touch();
	return span_equal(word, span_text("damage")) ? damage() : take_all(word);
}

static enum status trial_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[WORD_BYTES];
	u64 got = 0;
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK)
		return status;
	struct span word = span_trim(span_first(SPAN_OF_ARRAY(bytes), got));

	if (!span_equal(word, span_text("close")))
		return obey(call, word);
	file->state[0] = 1;
	service_file_changed(file);
	return STATUS_OK;
}

/* The first instance that is told of it ends before anything of that is kept. */
static void trial_closed(struct service_file *file)
{
	if (file->state[0] == 0)
		return;
	if (file->instance == rt_instance())
		rt_exit(1);
	change(number[0].value + 1, number[0].misbehaved);
}

static enum status trial_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static void trial_keep(void) { keep_add(&kept_number, MSPAN_OF_ARRAY(number), sizeof(struct number)); }

static void trial_kept(void)
{
	bool fails = number[0].failures != 0;

	if (fails)
		number[0].failures--;
	else if (number[0].waits != 0)
		service_answer((service_ticket)number[0].waits, STATUS_OK, 0);
	if (!fails)
		number[0].waits = 0;
	keep_changed(&kept_number, 0, SPAN_OF_STRUCT(number[0]));
	keep_commit();
	if (fails)
		rt_exit(1);
}

static const struct service_ops ops = {
	.open = trial_open, .read = trial_read, .write = trial_write, .entry = trial_entry, .closed = trial_closed,
	.keeps = STATE_VERSION, .keeps_bytes = sizeof(number), .keep = trial_keep, .kept = trial_kept,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	service_run(&ops);
}
