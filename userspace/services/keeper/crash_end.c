/* SPDX-License-Identifier: Apache-2.0
 *
 * Crash records of ends that are no faults: with which status, or by whom, and on whose behalf. WHY from the kernel's events: the
 * process is gone, and whoever ended it did not say so.
 */
#include "userspace/services/keeper/crash.h"
#include "userspace/services/keeper/waits.h"
#include "lib/trace/live/rings.h"
#include "abi/names.h"

/* The event of its end: the thread that ended it, and what that worked on. */
static bool find_end(u64 process, struct event_record *end)
{
	const struct event_record *record = nullptr;
	bool found = false;

	if (rings_open(CRASH_EVENTS) != STATUS_OK)
		return false;
	while (rings_next(&record)) {
		if (record->id != EVENT_PROCESS_EXIT || record->field[0] != process)
			continue;
		*end = *record;
		found = true;
	}
	return found;
}

static void add_how(const struct process_info *info, struct text *line)
{
	if (info->exit_reason == EXIT_REASON_EXITED) {
		text_add(line, "exit status ");
		text_add_u64(line, info->exit_status);
	} else {
		text_add_cstr(line, exit_reason_name(info->exit_reason));
		text_add(line, ", which nobody asked the keeper for");
	}
}

static void say_life(const struct process_info *info)
{
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	text_add(&line, "  ran for ");
	text_add_seconds(&line, rt_now_ns() - info->start_ns);
	text_add(&line, ", cpu time ");
	text_add_seconds(&line, info->cpu_ns);
	crash_say(&line);
}

/* The thread is still there if it was another process's. */
static void say_by_whom(const struct event_record *end, u32 index)
{
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	text_add(&line, "  ended by ");
	if (index != WAITS_NONE) {
		waits_add_name(index, &line);
	} else {
		text_add(&line, "thread ");
		text_add_u64(&line, end->thread);
		text_add(&line, " on the trace ");
		text_add_hex_digits(&line, end->trace, 16);
	}
	crash_say(&line);
}

void crash_ended(const struct unit *unit, const struct process_info *info)
{
	static struct event_record end;
	TEXT_BUFFER(how, CRASH_LINE_BYTES);

	add_how(info, &how);
	crash_say_head(info->id, unit_name(unit), text_span(&how));
	say_life(info);
	if (!find_end(info->id, &end))
		return;
	waits_look();
	u32 by = waits_of_thread(end.thread);
	u32 for_whom = by != WAITS_NONE ? by : waits_of_trace(end.trace);

	say_by_whom(&end, by);
	if (for_whom != WAITS_NONE)
		crash_say_callers(for_whom);
	crash_say_events(end.thread, end.trace);
}
