/* SPDX-License-Identifier: Apache-2.0
 *
 * The loader and the keeper, which init starts again: no service's status tells of them, so each is killed as the process that
 * it is, and is back when another process of its name has answered.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/spawn/spawn.h"
#include "lib/tool/tool.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { TABLE_BYTES = 16384 };

static void run_on(handle_t activity)
{
	handle_t self = {};
	enum status status = sys_thread_self(&self);

	if (status == STATUS_OK)
		status = sys_thread_bind(self, activity);
	if (status != STATUS_OK)
		lost(span_text("an activity"), status);
	sys_cap_drop(self);
}

void inits_begin(void)
{
	struct activity_params params = { .priority = IMPORTANT };
	static handle_t important;
	enum status status = STATUS_OK;

	if (handle_is_none(important))
		status = sys_activity_create(rt_group(), &params, &important);
	if (status != STATUS_OK)
		lost(span_text("an activity"), status);
	run_on(important);
}

void inits_end(void) { run_on(rt_activity()); }

bool is_inits(struct span name)
{
	return span_equal(name, span_text("keeper")) || span_equal(name, span_text("loader"));
}

/* Of a line of the table; 0 if it is of another name, or is ending. */
static u64 running_in(struct span line, struct span name)
{
	struct span left = span_trim(line);
	u64 process = 0;
	bool number = span_parse_u64(span_split(&left, ' '), &process);

	left = span_trim(left);
	bool same = span_equal(span_split(&left, ' '), name);

	return number && same && span_starts_with(span_trim(left), span_text("RUNNING")) ? process : 0;
}

u64 inits_process(struct span name)
{
	static u8 bytes[TABLE_BYTES];
	usize got = 0;
	enum status status = file_load(span_text("/proc/table"), MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK)
		lost(span_text("/proc/table"), status);
	for (struct span left = span_first(SPAN_OF_ARRAY(bytes), got); status == STATUS_OK && span_len(left) > 0;) {
		u64 process = running_in(span_split(&left, '\n'), name);

		if (process != 0)
			return process;
	}
	return 0;
}

void inits_kill(struct span name, u64 process)
{
	TEXT_BUFFER(path, 48);

	text_add(&path, "/proc/");
	text_add_u64(&path, process);
	text_add(&path, "/ctl");
	enum status status = tool_control(text_span(&path), span_text("kill"));

	if (status != STATUS_OK)
		lost(name, status);
}

/* WHY no status: what it says of a process that is not there is an answer, too. */
static void ask_loader(void)
{
	enum status status = STATUS_PEER_DIED;

	while (status == STATUS_PEER_DIED) {
		struct message m = msg_make(LOADER_WHERE, 1);

		status = msg_call_status(rt_handle(span_text("loader")), &m, RT_FOREVER);
		msg_drop_caps(&m, 0);
	}
}

void inits_ask(struct span name)
{
	if (span_equal(name, span_text("loader")))
		ask_loader();
	else
		(void)service_status(span_text("tmpfs"));
}
