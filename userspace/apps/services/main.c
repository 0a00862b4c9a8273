/* SPDX-License-Identifier: Apache-2.0
 *
 * services [NAME...]: one line for each service, or all about some.
 * services restart|stop|start|kill NAME...: what it says. services complain NAME...: it does not answer; the keeper looks, and
 * ends whoever all wait for. services replace NAME PROGRAM: another version takes over.
 */
#include "lib/tool/tool.h"

enum : u32 { STATUS_FILE_BYTES = 2048 };

static u8 status_bytes[STATUS_FILE_BYTES];

static struct span path_of(struct text *path, struct span name, struct span file)
{
	text_add(path, "/services/");
	text_add_span(path, span_first(name, 64));
	text_add(path, "/");
	text_add_span(path, file);
	return text_span(path);
}

/* What the service's status says under a key; empty: nothing, or there is no such service. */
static struct span said_of(struct span name, struct span key)
{
	TEXT_BUFFER(path, 96);
	usize count = 0;

	if (file_load(path_of(&path, name, span_text("status")), MSPAN_OF_ARRAY(status_bytes), &count) != STATUS_OK)
		return span_empty();
	return text_field(span_first(SPAN_OF_ARRAY(status_bytes), count), key);
}

static u64 show(struct span path, struct span name)
{
	enum status status = tool_print_file(path);

	print_flush();
	if (status == STATUS_NOT_FOUND)
		return tool_fail(name, span_text("there is no such service; `services' lists them"));
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(name, status);
}

static bool is_order(struct span word)
{
	return span_equal(word, span_text("restart")) || span_equal(word, span_text("stop")) || span_equal(word, span_text("kill")) ||
	       span_equal(word, span_text("start")) || span_equal(word, span_text("complain"));
}

/* Who is not running, or has no device, cannot be told anything. */
static u64 not_there(struct span name)
{
	struct span state = said_of(name, span_text("state"));
	TEXT_BUFFER(why, 120);

	if (span_len(state) == 0)
		return tool_fail(name, span_text("there is no such service; `services' lists them"));
	if (span_equal(state, span_text("absent"))) {
		text_add(&why, "its device is not in this machine");
	} else if (span_equal(state, span_text("running")) || span_equal(state, span_text("degraded"))) {
		text_add(&why, "it has not come up yet");
	} else {
		text_add(&why, "it is to be running, and it is ");
		text_add_span(&why, state);
	}
	return tool_fail(name, text_span(&why));
}

/* Of one that was to be started: what the keeper knows of it. */
static u64 not_started(struct span name)
{
	struct span problem = said_of(name, span_text("problem"));
	TEXT_BUFFER(why, 220);

	text_add(&why, "it could not be started: ");
	text_add_span(&why, span_len(problem) == 0 ? span_text("`log' says more") : problem);
	return tool_fail(name, text_span(&why));
}

/* WHY said: until it is started again, commands that need it do not come back. */
static void warn_of_stop(struct span name)
{
	struct span callers = said_of(name, span_text("called-by"));
	TEXT_BUFFER(line, 320);

	if (span_len(callers) == 0)
		return;
	text_add(&line, "services: until `services start ");
	text_add_span(&line, span_first(name, 64));
	text_add(&line, "' these wait if they call it, with all that they start: ");
	text_add_span(&line, callers);
	text_add(&line, "\n");
	print_error_text(&line);
}

static u64 order(struct span name, struct span word)
{
	TEXT_BUFFER(path, 96);
	enum status status = tool_control(path_of(&path, name, span_text("ctl")), word);

	if (status == STATUS_NOT_FOUND)
		return not_there(name);
	if (status == STATUS_IO)
		return not_started(name);
	if (status != STATUS_OK)
		return tool_fail_status(name, status);
	if (span_equal(word, span_text("stop")))
		warn_of_stop(name);
	return TOOL_OK;
}

static u64 replace(struct span name, struct span program)
{
	TEXT_BUFFER(word, 64);

	text_add(&word, "replace ");
	text_add_span(&word, span_first(program, 48));
	TEXT_BUFFER(path, 96);
	enum status status = tool_control(path_of(&path, name, span_text("ctl")), text_span(&word));
	u64 result = TOOL_OK;

	if (status == STATUS_NOT_FOUND)
		result = not_there(name);
	else if (status == STATUS_IO)
		result = tool_fail(program,
			span_text("it did not come up within three seconds with what is kept, or is no program of the image"));
	else if (status == STATUS_BUSY)
		result = tool_fail(name, span_text("a service is being replaced already, one at a time"));
	else if (status != STATUS_OK)
		result = tool_fail_status(name, status);
	if (result != TOOL_OK)
		print_error("services: the former program goes on; `log' says more\n");
	return result;
}

/* Words of which none is an order, and that begin with a dash, are no names either. */
static bool usage_asked(const struct rt_args *args)
{
	bool dash = args->count > 0 && span_len(rt_arg(0)) > 0 && span_u8(rt_arg(0), 0) == '-';

	return dash || (is_order(rt_arg(0)) && args->count == 1) || (span_equal(rt_arg(0), span_text("replace")) && args->count != 3);
}

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return show(span_text("/services/table"), span_text("/services/table"));
	if (usage_asked(args))
		return tool_usage(span_text("[NAME...] | restart|stop|start|kill|complain NAME... | replace NAME PROGRAM"));
	if (span_equal(rt_arg(0), span_text("replace")))
		return replace(rt_arg(1), rt_arg(2));
	for (u32 i = is_order(rt_arg(0)) ? 1 : 0; i < args->count; i++) {
		TEXT_BUFFER(path, 96);

		result |= is_order(rt_arg(0)) ? order(rt_arg(i), rt_arg(0)) :
			show(path_of(&path, rt_arg(i), span_text("status")), rt_arg(i));
	}
	return result;
}
