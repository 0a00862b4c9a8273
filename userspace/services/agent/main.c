/* SPDX-License-Identifier: Apache-2.0
 *
 * The agent: requests from the control line, one after the other.
 */
#include "lib/rt/rt.h"
#include "userspace/services/agent/line.h"
#include "userspace/services/agent/protocol.h"
#include "userspace/services/agent/request.h"
#include "abi/names.h"
#include "abi/stubs.h"

static struct protocol protocol;

static void say(struct span what, enum status status)
{
	TEXT_BUFFER(line, 200);

	text_add_span(&line, what);
	text_add(&line, ": ");
	text_add_cstr(&line, status_text(status));
	rt_log(text_span(&line));
}

static enum status power_off(void)
{
	enum status status = sys_machine_power(rt_handle(span_text("machine")), POWER_ACTION_OFF);

	say(span_text("cannot switch the machine off"), status);
	return line_write(span_text("bad the machine cannot be switched off\n"));
}

static enum status serve(enum protocol_event event)
{
	switch (event) {
	case PROTOCOL_RUN: return request_run(protocol_text(&protocol));
	case PROTOCOL_OFF: return power_off();
	case PROTOCOL_BAD: return line_write(span_text("bad expected `run N' and N bytes (at most 1400), or `off'\n"));
	case PROTOCOL_NONE:
	default: return STATUS_OK;
	}
}

static enum status serve_line(void)
{
	u8 bytes[256];
	enum status status = line_write(span_text("ready\n"));

	while (status == STATUS_OK) {
		usize count = 0;

		status = line_read(MSPAN_OF_ARRAY(bytes), &count);
		for (usize i = 0; i < count && status == STATUS_OK; i++)
			status = serve(protocol_input(&protocol, bytes[bounded(i, sizeof(bytes))]));
	}
	return status;
}

u64 program_main(const struct rt_args *args)
{
	if (args->count != 1) {
		rt_log(span_text("expected one argument, the file of the control line"));
		return 0;
	}
	enum status status = line_open(rt_arg(0));

	/* WHY 0: without a line there is nothing to do, and starting again would not help. */
	if (status != STATUS_OK) {
		say(span_text("no control line"), status);
		return 0;
	}
	status = request_start();
	if (status == STATUS_OK)
		status = serve_line();
	say(span_text("ends"), status);
	return status == STATUS_NOT_SUPPORTED ? 0 : 1;
}
