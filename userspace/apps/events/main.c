/* SPDX-License-Identifier: Apache-2.0
 *
 * events [-n COUNT] [CPU]: the last trace events of a CPU, in words. `events on'
 * records all classes from then on, `events off' the usual few (life and faults).
 */
#include "lib/tool/tool.h"
#include "userspace/apps/events/ring.h"
#include "abi/names.h"
#include "abi/stubs.h"

static void add_value(struct text *line, u64 value, u32 style)
{
	const char *name = event_style_name(style, value);

	if (name != nullptr)
		text_add_cstr(line, name);
	else if (style == EVENT_STYLE_HEX)
		text_add_hex(line, value);
	else
		text_add_u64(line, value);
}

static void print_record(const struct event_record *record)
{
	TEXT_BUFFER(line, 400);

	text_add_seconds(&line, record->time_ns);
	text_add(&line, " cpu ");
	text_add_u64(&line, record->cpu);
	text_add(&line, " thread ");
	text_add_u64_right(&line, record->thread, 4);
	text_add(&line, ": ");
	text_add_padded(&line, span_of_cstr(event_name(record->id)), 15);
	text_add(&line, " ");
	for (u32 i = 0; i < event_piece_count(record->id); i++) {
		struct event_piece piece = event_piece(record->id, i);

		if (piece.style == EVENT_STYLE_TEXT)
			text_add_cstr(&line, piece.text);
		else
			add_value(&line, *ELEM(record->field, piece.field), piece.style);
	}
	text_add(&line, "\n");
	print_text(&line);
}

static u64 control(u64 classes)
{
	enum status status = sys_trace_control(rt_handle(span_text("trace")), classes);

	return status == STATUS_OK ? TOOL_OK : tool_fail_status(span_text("cannot choose events"), status);
}

static u64 show(u32 cpu, u64 count)
{
	struct ring ring = {};
	enum status status = ring_open(&ring, rt_handle(span_text("trace")), cpu);

	if (status == STATUS_RANGE)
		return tool_fail(span_text("the CPU"), span_text("there is no such CPU; `uptime' says how many there are"));
	if (status != STATUS_OK)
		return tool_fail_status(span_text("the event ring"), status);
	u64 first = ring.written - min_u64(count, ring_available(&ring));

	for (u64 number = first; number < ring.written; number++) {
		struct event_record record;

		if (ring_record(&ring, number, &record))
			print_record(&record);
	}
	print_flush();
	return print_failed() ? TOOL_FAILED : TOOL_OK;
}

u64 program_main(const struct rt_args *args)
{
	u64 count = 20;
	u64 cpu = 0;
	u32 next = 0;

	if (span_equal(rt_arg(0), span_text("on")))
		return control(EVENT_CLASSES_ALL);
	if (span_equal(rt_arg(0), span_text("off")))
		return control(EVENT_CLASS_LIFE | EVENT_CLASS_FAULT);
	if (span_equal(rt_arg(0), span_text("-n"))) {
		if (!span_parse_u64(rt_arg(1), &count))
			return tool_usage(span_text("[on | off | [-n COUNT] [CPU]]"));
		next = 2;
	}
	if (args->count > next + 1 || (args->count > next && (!span_parse_u64(rt_arg(next), &cpu) || cpu > U32_MAX)))
		return tool_usage(span_text("[on | off | [-n COUNT] [CPU]]"));
	return show((u32)cpu, count);
}
