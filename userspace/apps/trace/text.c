/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel introduces every thread before its first event; who was introduced lately is known here
 * by name. Events on this program's own activity are left out, or a line would cause the next.
 */
#include "userspace/apps/trace/text.h"
#include "lib/tool/tool.h"
#include "lib/trace/live/rings.h"
#include "abi/names.h"
#include "abi/stubs.h"

enum : u32 { SETS = 64, KNOWN_IN_SET = 4, NAME_BYTES = 24 };

struct known {
	u32 thread;
	char name[NAME_BYTES];
};

/* Those whose ids are the same modulo the number of sets. WHY several: two that talk to each other are to have names both. */
struct set {
	struct known known[KNOWN_IN_SET];
	u32 oldest;
};

static struct set sets[SETS];
static u64 own_trace;                 /* 0: not introduced yet */

static u64 own_process(void)
{
	static u64 id;
	struct process_info info = {};

	if (id == 0 && sys_process_stat(rt_self(), &info) == STATUS_OK)
		id = info.id;
	return id;
}

static struct span chars(const struct event_record *record, u32 from)
{
	return span_until_zero(span_from(SPAN_OF_ARRAY(record->field), from * sizeof(u64)));
}

static struct known *find(u32 thread)
{
	struct set *set = ELEM(sets, thread % SETS);

	for (u32 i = 0; i < KNOWN_IN_SET; i++)
		if (ELEM(set->known, i)->thread == thread)
			return ELEM(set->known, i);
	return nullptr;
}

static struct known *room_for(u32 thread)
{
	struct set *set = ELEM(sets, thread % SETS);
	struct known *entry = find(thread);

	if (entry == nullptr) {
		entry = ELEM(set->known, set->oldest);
		set->oldest = (set->oldest + 1) % KNOWN_IN_SET;
	}
	return entry;
}

void text_note(const struct event_record *record)
{
	if (record->id != EVENT_ABOUT_PROCESS)
		return;
	struct known *entry = room_for(record->thread);

	*entry = (struct known){ .thread = record->thread };
	mspan_set_text(MSPAN_OF_ARRAY(entry->name), span_first(chars(record, 1), NAME_BYTES));
	if (record->field[0] == own_process())
		own_trace = record->trace;
}

static void add_thread(struct text *line, u32 thread)
{
	const struct known *entry = find(thread);
	TEXT_BUFFER(who, 40);

	if (thread == 0)
		text_add(&who, "-");
	else if (entry != nullptr)
		text_add_span(&who, span_until_zero(SPAN_OF_ARRAY(entry->name)));
	if (thread != 0) {
		text_add(&who, "/");
		text_add_u64(&who, thread);
	}
	text_add_padded(line, text_span(&who), 14);
}

/* Seconds with six digits after the point. */
static void add_time(struct text *line, u64 time_ns)
{
	TEXT_BUFFER(micros, 8);

	text_add_u64(line, time_ns / 1000000000);
	text_add_u64(&micros, 1000000 + time_ns / 1000 % 1000000);
	text_add(line, ".");
	text_add_span(line, span_from(text_span(&micros), 1));
}

void text_show(const struct event_record *record)
{
	TEXT_BUFFER(line, 400);

	text_note(record);
	if (own_trace != 0 && record->trace == own_trace)
		return;
	add_time(&line, record->time_ns);
	text_add(&line, " cpu ");
	text_add_u64(&line, record->cpu);
	text_add(&line, " ");
	add_thread(&line, record->thread);
	text_add(&line, " ");
	text_add_padded(&line, span_of_cstr(event_name(record->id)), 14);
	text_add(&line, " ");
	record_describe(record, &line);
	text_add(&line, "\n");
	print_text(&line);
}
