/* SPDX-License-Identifier: Apache-2.0
 *
 * services [NAME...]: one line for each service, or all about some.
 * services restart|stop|start NAME...: what it says. services complain NAME...: it does not answer; the keeper looks, and
 * ends whoever all wait for. services replace NAME PROGRAM: another version takes over.
 */
#include "lib/tool/tool.h"

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
	return span_equal(word, span_text("restart")) || span_equal(word, span_text("stop")) ||
	       span_equal(word, span_text("start")) || span_equal(word, span_text("complain"));
}

static u64 order(struct span name, struct span word)
{
	TEXT_BUFFER(path, 96);

	text_add(&path, "/services/");
	text_add_span(&path, span_first(name, 64));
	text_add(&path, "/ctl");
	enum status status = tool_control(text_span(&path), word);

	if (status == STATUS_NOT_FOUND)
		return tool_fail(name, span_text("there is no such service, or it does not run; `services' lists them"));
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(name, status);
}

static u64 replace(struct span name, struct span program)
{
	TEXT_BUFFER(word, 64);

	text_add(&word, "replace ");
	text_add_span(&word, span_first(program, 48));
	u64 result = order(name, text_span(&word));

	if (result != TOOL_OK)
		print_error("services: the former program goes on; `log' says more\n");
	return result;
}

u64 program_main(const struct rt_args *args)
{
	u64 result = TOOL_OK;

	if (args->count == 0)
		return show(span_text("/services/table"), span_text("/services/table"));
	if (span_equal(rt_arg(0), span_text("replace")))
		return args->count == 3 ? replace(rt_arg(1), rt_arg(2)) : tool_usage(span_text("replace NAME PROGRAM"));
	if (is_order(rt_arg(0)) && args->count == 1)
		return tool_usage(span_text("restart|stop|start|complain NAME..."));
	for (u32 i = is_order(rt_arg(0)) ? 1 : 0; i < args->count; i++) {
		TEXT_BUFFER(path, 96);

		text_add(&path, "/services/");
		text_add_span(&path, span_first(rt_arg(i), 64));
		text_add(&path, "/status");
		result |= is_order(rt_arg(0)) ? order(rt_arg(i), rt_arg(0)) : show(text_span(&path), rt_arg(i));
	}
	return result;
}
