/* SPDX-License-Identifier: Apache-2.0
 *
 * Crash records of what faulted or hung: where, how it came there, on whose behalf, and what had happened last.
 */
#include "userspace/services/keeper/crash.h"
#include "userspace/services/keeper/fault.h"
#include "lib/image/image.h"
#include "lib/spawn/spawn.h"
#include "lib/symbols/symbols.h"
#include "userspace/services/keeper/limits.h"
#include "userspace/services/keeper/waits.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { FRAMES_MAX = 16, GENERAL = 32, IN_A_LINE = 4 };

/* The program that faulted. `symbols` is a view: lives in local variables only. */
struct crashed {
	handle_t process;
	u64 base;
	struct span symbols;
};

/* Asks the loader where the process' image lies, and finds its symbols. */
static void find_image(u64 process_id, struct crashed *crashed)
{
	char program[SPAWN_PROGRAM_BYTES] = {};
	struct message m = msg_make(LOADER_WHERE, 1);
	struct image_entry entry;
	TEXT_BUFFER(name, IMAGE_NAME_BYTES);

	m.word[0] = process_id;
	msg_set_buffers(&m, span_empty(), MSPAN_OF_ARRAY(program));
	/* WHY a deadline: a crash record is not worth hanging for. */
	if (msg_call_status(rt_handle(span_text("loader")), &m, rt_deadline_in(1000000000)) != STATUS_OK)
		return;
	crashed->base = m.word[0];
	text_add(&name, "sym/");
	text_add_span(&name, path_name(span_until_zero(SPAN_OF_ARRAY(program))));
	struct span image = rt_pages_span(units_image());

	if (image_find(image, text_span(&name), &entry) && image_content_intact(image, &entry))
		crashed->symbols = image_content(image, &entry);
}

static void say_place(const struct crashed *crashed, struct span how, u64 ip)
{
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	text_add(&line, "  ");
	text_add_span(&line, how);
	text_add_hex(&line, ip);
	if (crashed->base != 0 && ip >= crashed->base) {
		text_add(&line, " ");
		symbols_describe(crashed->symbols, rt_return_address(ip) - crashed->base, &line);
	}
	crash_say(&line);
}

/* Follows the frame pointers: each leads to the caller's frame pointer and the return address. */
static void say_frames(const struct crashed *crashed, u64 fp)
{
	for (u32 i = 0; i < FRAMES_MAX && fp != 0 && fp % 8 == 0; i++) {
		u64 frame[2];
		u64 got = 0;

		if (sys_process_read(crashed->process, rt_frame_record(fp), MSPAN_OF_ARRAY(frame), &got) != STATUS_OK ||
		    got != sizeof(frame) || frame[1] == 0)
			return;
		/* WHY minus 1: the return address may lie in the function after the call. */
		say_place(crashed, span_text("by "), rt_return_address(frame[1]) - 1);
		if (frame[0] <= fp)
			return;
		fp = frame[0];
	}
}

/* Lines of those that are not all 0, in the architecture's order. */
static void say_registers(const struct thread_info *info)
{
	for (u32 first = 0; first < GENERAL; first += IN_A_LINE) {
		u64 any = 0;
		TEXT_BUFFER(line, CRASH_LINE_BYTES);

		text_add(&line, "  registers ");
		text_add_u64(&line, first);
		text_add(&line, ":");
		for (u32 i = first; i < first + IN_A_LINE; i++) {
			any |= *ELEM(info->registers, i);
			text_add(&line, " ");
			text_add_hex(&line, *ELEM(info->registers, i));
		}
		if (any != 0)
			crash_say(&line);
	}
}

/* What is known of a thread beside what it did wrong. */
static void say_thread(u32 index)
{
	if (index == WAITS_NONE)
		return;
	say_registers(&waits_at(index)->info);
	crash_say_callers(index);
	crash_say_events(waits_at(index)->info.id, waits_at(index)->info.trace_low);
}

static void say_head(const struct fault_report *fault, const struct process_info *info)
{
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	text_add_cstr(&line, fault_kind_name(fault->kind));
	text_add(&line, " fault at address ");
	text_add_hex(&line, fault->address);
	text_add(&line, ", code ");
	text_add_hex(&line, fault->code);
	crash_say_head(fault->process_id, span_until_zero(SPAN_OF_ARRAY(info->name)), text_span(&line));
	text_clear(&line);
	text_add(&line, "  thread ");
	text_add_u64(&line, fault->thread_id);
	text_add(&line, " sp ");
	text_add_hex(&line, fault->sp);
	text_add(&line, " fp ");
	text_add_hex(&line, fault->fp);
	text_add(&line, " cpu time ");
	text_add_seconds(&line, info->cpu_ns);
	crash_say(&line);
}

/* Of a touch of memory for which there was none: whose limit it was. */
static void say_limit(const struct unit *unit)
{
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	text_add(&line, "  ");
	if (unit != nullptr && limits_add_reached(unit, STATUS_OUT_OF_FRAMES, &line))
		crash_say(&line);
}

enum status crash_fault(struct service_call *call)
{
	struct fault_report fault = fault_report_of(call);
	struct crashed crashed = {};
	struct process_info info = {};
	u32 rights = RIGHT_INSPECT | PROCESS_RIGHT_DEBUG;

	if (sys_group_open_process(rt_handle(span_text("root-group")), fault.process_id, rights, &crashed.process) == STATUS_OK &&
	    sys_process_stat(crashed.process, &info) != STATUS_OK)
		info = (struct process_info){};
	find_image(fault.process_id, &crashed);
	say_head(&fault, &info);
	if (fault.kind == FAULT_KIND_OUT_OF_MEMORY)
		say_limit(unit_of_badge(call->badge));
	say_place(&crashed, span_text("at "), fault.ip);
	say_frames(&crashed, fault.fp);
	waits_look();
	say_thread(waits_of_thread(fault.thread_id));
	if (!handle_is_none(crashed.process))
		sys_cap_drop(crashed.process);
	/* Any answer but OK ends the process. */
	return STATUS_DEAD;
}

void crash_hung(u32 index, struct span why)
{
	const struct waiting *hung = waits_at(index);
	struct crashed crashed = {};
	TEXT_BUFFER(line, CRASH_LINE_BYTES);

	crash_say_head(hung->process, span_until_zero(SPAN_OF_ARRAY(hung->name)), span_text("hung"));
	text_add(&line, "  ");
	text_add_span(&line, span_first(why, CRASH_LINE_BYTES - 2));
	crash_say(&line);
	find_image(hung->process, &crashed);
	say_place(&crashed, span_text("at "), *ELEM(hung->info.registers, GENERAL));
	say_thread(index);
}
