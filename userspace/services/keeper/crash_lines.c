/* SPDX-License-Identifier: Apache-2.0
 *
 * What crash records have in common. See crash.h.
 */
#include "userspace/services/keeper/crash.h"
#include "userspace/services/keeper/waits.h"
#include "lib/rt/rt.h"
#include "lib/trace/live/rings.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { CALLERS_MAX = 8, EVENTS_MAX = 8 };

void crash_say(const struct text *line)
{
	TEXT_BUFFER(whole, CRASH_LINE_BYTES + 16);

	text_add(&whole, "crash: ");
	text_add_span(&whole, text_span(line));
	text_add(&whole, "\n");
	sys_klog_write(rt_handle(span_text("klog")), text_span(&whole));
}

void crash_say_head(u64 process, struct span name, struct span what)
{
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	text_add(&line, "process ");
	text_add_u64(&line, process);
	text_add(&line, " (");
	text_add_quoted(&line, name);
	text_add(&line, "): ");
	text_add_span(&line, what);
	text_add(&line, ", time ");
	text_add_seconds(&line, rt_now_ns());
	crash_say(&line);
}

void crash_say_callers(u32 index)
{
	u32 caller = waits_caller(index);
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	for (u32 i = 0; i < CALLERS_MAX && caller != WAITS_NONE; i++) {
		text_clear(&line);
		text_add(&line, "  asked by ");
		waits_add_name(caller, &line);
		text_add(&line, ", which ");
		waits_add_doing(caller, &line);
		crash_say(&line);
		index = caller;
		caller = waits_caller(index);
	}
	text_clear(&line);
	text_add(&line, "  on behalf of ");
	waits_add_name(index, &line);
	text_add(&line, ", trace ");
	text_add_hex_digits(&line, waits_at(index)->info.trace_high, 16);
	text_add_hex_digits(&line, waits_at(index)->info.trace_low, 16);
	crash_say(&line);
}

void crash_say_events(u64 thread, u64 trace)
{
	static struct event_record last[EVENTS_MAX];
	const struct event_record *record = nullptr;
	u32 count = 0;

	if (rings_open(CRASH_EVENTS) != STATUS_OK)
		return;
	while (rings_next(&record)) {
		bool about = record->id == EVENT_ABOUT_PROCESS || record->id == EVENT_ABOUT_THREAD || record->id == EVENT_ABOUT_ACTIVITY;

		if (!about && (record->thread == (u32)thread || record->trace == trace))
			*ELEM(last, count++ % EVENTS_MAX) = *record;
	}
	for (u32 i = count > EVENTS_MAX ? count - EVENTS_MAX : 0; i < count; i++) {
		TEXT_BUFFER(line, CRASH_LINE_BYTES);

		record = ELEM(last, i % EVENTS_MAX);
		text_add(&line, "  event ");
		text_add_seconds(&line, record->time_ns);
		text_add(&line, " ");
		text_add_cstr(&line, event_name(record->id));
		text_add(&line, " ");
		record_describe(record, &line);
		crash_say(&line);
	}
}
