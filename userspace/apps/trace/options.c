/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the arguments.
 */
#include "userspace/apps/trace/options.h"
#include "lib/tool/tool.h"
#include "abi/events.h"
#include "abi/names.h"

enum : u64 { LIMIT_MIB = 8, LIMIT_MIB_MAX = 1024 };
enum : u32 { STATUS_BYTES = 1024 };

static bool usage(void)
{
	(void)tool_usage(span_text("[--class NAME,...] [--group PID|SERVICE] [--to FILE [--limit MIB]] [-- COMMAND] | --last COUNT | "
		"--since NS"));
	return false;
}

static bool class_bit(struct span name, u64 *classes)
{
	for (u32 bit = 0; EVENT_CLASSES_ALL >> bit != 0; bit++)
		if (span_equal(span_of_cstr(event_class_name(bit)), name)) {
			*classes |= 1ull << bit;
			return true;
		}
	return false;
}

static bool read_classes(struct span names, u64 *classes)
{
	*classes = 0;
	while (span_len(names) > 0) {
		struct span name = span_split(&names, ',');

		if (class_bit(name, classes))
			continue;
		(void)tool_fail(name, span_text("is no class of events; there are "
			"syscall, sched, ipc, cap, mem, fault, irq, life"));
		return false;
	}
	return true;
}

/* The number behind a key in a file of lines `key value'. */
static bool number_in(struct span path, struct span key, u64 *value)
{
	u8 bytes[STATUS_BYTES];
	usize count = 0;

	if (file_load(path, MSPAN_OF_ARRAY(bytes), &count) != STATUS_OK)
		return false;
	struct span rest = span_first(SPAN_OF_ARRAY(bytes), count);

	while (span_len(rest) > 0) {
		struct span line = span_split(&rest, '\n'), name = span_split(&line, ' ');

		if (span_equal(name, key))
			return span_parse_u64(span_trim(line), value);
	}
	return false;
}

static bool number_of(struct span folder, struct span name, struct span key, u64 *value)
{
	TEXT_BUFFER(path, 96);

	text_add_span(&path, folder);
	text_add_span(&path, span_first(name, 64));
	text_add(&path, "/status");
	return number_in(text_span(&path), key, value);
}

/* The group of a process, or of a service's process. */
static bool read_group(struct span who, u64 *group)
{
	u64 id;
	TEXT_BUFFER(process, 24);

	if (span_parse_u64(who, &id) || number_of(span_text("/services/"), who, span_text("process"), &id)) {
		text_add_u64(&process, id);
		if (number_of(span_text("/proc/"), text_span(&process), span_text("group"), group))
			return true;
	}
	(void)tool_fail(who, span_text("there is no such process or service; `ps' and `services' list them"));
	return false;
}

static bool read_option(struct span name, u32 value, struct options *options)
{
	if (span_equal(name, span_text("--class")))
		return read_classes(rt_arg(value), &options->classes);
	if (span_equal(name, span_text("--group")))
		return read_group(rt_arg(value), &options->group);
	if (span_equal(name, span_text("--last")))
		return (span_parse_u64(rt_arg(value), &options->last) && options->last > 0) || usage();
	if (span_equal(name, span_text("--since")))
		return (span_parse_u64(rt_arg(value), &options->since_ns) && options->since_ns > 0) || usage();
	if (span_equal(name, span_text("--to"))) {
		options->file = value;
		return true;
	}
	if (!span_equal(name, span_text("--limit")) || !span_parse_u64(rt_arg(value), &options->limit_bytes) ||
	    options->limit_bytes > LIMIT_MIB_MAX)
		return usage();
	options->limit_bytes <<= 20;
	return true;
}

/* WHY `at` and not 0 for none: argument 0 is an option or the mark before the command. */
bool options_read(const struct rt_args *args, struct options *options)
{
	u32 at = 0;

	*options = (struct options){ .classes = EVENT_CLASSES_ALL, .limit_bytes = LIMIT_MIB << 20 };
	for (; at < args->count && !span_equal(rt_arg(at), span_text("--")); at += 2) {
		if (at + 1 == args->count)
			return usage();
		if (!read_option(rt_arg(at), at + 1, options))
			return false;
	}
	if (at + 1 == args->count)
		return usage();
	if (at < args->count)
		options->command = at + 1;
	bool mixed = options->command != 0 && options->group != 0;
	bool past = options_of_the_past(options) && (options->command != 0 || options->file != 0);

	return (!mixed && !past) || usage();
}
