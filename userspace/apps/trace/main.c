/* SPDX-License-Identifier: Apache-2.0
 *
 * trace [--class NAME,...] [--group PID|SERVICE] [-- COMMAND]: the kernel's events as they come, in
 * words: of a command until it ends, or of a group or of all until ^C. With --to FILE they go into a
 * file instead. `trace --last COUNT' and `trace --since NS' print what the rings hold of the past, the latter since
 * a time in nanoseconds since boot.
 *
 * What a service does for the command belongs to it and is shown too.
 */
#include "lib/rt/message.h"
#include "lib/tool/tool.h"
#include "userspace/apps/trace/command.h"
#include "userspace/apps/trace/options.h"
#include "userspace/apps/trace/record.h"
#include "lib/trace/live/rings.h"
#include "userspace/apps/trace/text.h"
#include "abi/stubs.h"

enum : u64 { BIT_FULL = 1, BIT_ENDED = 2, CLASSES_AT_BOOT = EVENT_CLASS_LIFE | EVENT_CLASS_FAULT };
/* How long a few events, which fill no packet, may wait to be printed. */
enum : u64 { PRINT_NS = 100000000 };
enum : u32 { WEIGHT_MAX = 10000 };

static enum status control(u64 classes, u64 group, handle_t signal)
{
	u64 before;

	return sys_trace_control(rt_handle(span_text("trace")), classes, group, signal, BIT_FULL, &before);
}

static void show_all(void)
{
	const struct event_record *record;

	while (rings_next(&record))
		text_show(record);
	print_flush();
}

static u64 show_past(const struct options *options)
{
	const struct event_record *record;
	u64 count = options->last != 0 ? options->last : U64_MAX;
	enum status status = rings_open(count);
	u64 there = 0;

	if (status != STATUS_OK)
		return tool_fail_status(span_text("the event rings"), status);
	while (rings_next(&record))
		there++;
	(void)!rings_open(count);
	for (u64 skip = there > count ? there - count : 0; rings_next(&record); skip -= skip > 0)
		(skip == 0 && record->time_ns >= options->since_ns ? text_show : text_note)(record);
	print_flush();
	return print_failed() ? TOOL_FAILED : TOOL_OK;
}

/* WHY the weight: whoever empties the rings should not wait for those who fill them. */
static void hurry(void)
{
	struct activity_params params = { .priority = 64, .weight = WEIGHT_MAX };

	(void)!sys_activity_set(rt_activity(), &params);
}

/* WHY with nothing recorded where reading begins and ends: what is chosen at boot is not what was asked for. */
static enum status begin(const struct options *options, handle_t signal)
{
	enum status status = control(0, 0, handle_none());

	if (status == STATUS_OK)
		status = rings_open(0);
	if (status == STATUS_OK)
		status = control(options->classes, options->group, signal);
	if (status != STATUS_OK)
		(void)!control(CLASSES_AT_BOOT, 0, handle_none());
	return status;
}

static void end(void)
{
	(void)!control(0, 0, handle_none());
	rings_end();
	(void)!control(CLASSES_AT_BOOT, 0, handle_none());
}

/* Reads until the command has ended, if there is one; false: reading failed. */
static bool follow(const struct options *options, handle_t signal)
{
	u64 bits = 0;

	while ((bits & BIT_ENDED) == 0) {
		u64 deadline_ns = options->file != 0 ? RT_FOREVER : rt_deadline_in(PRINT_NS);
		enum status status = sys_signal_wait(signal, BIT_FULL | BIT_ENDED, deadline_ns, &bits);

		if (status != STATUS_OK)
			bits = 0;
		if (options->file == 0)
			show_all();
		else if (!record_more(false))
			return false;
		if (options->file == 0 && print_failed())
			return false;
	}
	return true;
}

static u64 finish(const struct options *options, bool ended, handle_t signal)
{
	u64 bits = 0;
	bool good = true;

	end();
	if (options->file != 0) {
		(void)!record_more(true);
		good = record_end();
	} else {
		show_all();
	}
	while (options->command != 0 && !ended && (bits & BIT_ENDED) == 0)
		(void)!sys_signal_wait(signal, BIT_ENDED, RT_FOREVER, &bits);
	if (options->command != 0)
		return command_status();
	return good && !print_failed() ? TOOL_OK : TOOL_FAILED;
}

u64 program_main(const struct rt_args *args)
{
	struct options options;
	handle_t signal;

	if (!options_read(args, &options))
		return TOOL_USAGE;
	if (options_of_the_past(&options))
		return show_past(&options);
	hurry();
	enum status status = sys_signal_create(rt_group(), &signal);

	if (status == STATUS_OK && options.command != 0)
		status = command_prepare(args, options.command, &options.group);
	if (status != STATUS_OK)
		return tool_fail_status(span_text("cannot begin"), status);
	if (options.file != 0)
		status = record_open(rt_arg(options.file), options.limit_bytes);
	if (status != STATUS_OK)
		return tool_fail_status(rt_arg(options.file), status);
	status = begin(&options, signal);
	if (status != STATUS_OK)
		return tool_fail_status(span_text("the event rings, or the choice of events"), status);
	if (options.command != 0 && !command_start(signal, BIT_ENDED)) {
		end();
		return TOOL_FAILED;
	}
	return finish(&options, follow(&options, signal), signal);
}
