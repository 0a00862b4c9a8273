/* SPDX-License-Identifier: Apache-2.0
 *
 * What the processor did while a service was away for longer than it should have been: the kernel's events, in words.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/spawn/spawn.h"
#include "lib/tool/tool.h"
#include "abi/events.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u64 {
	CLASSES = EVENT_CLASS_SYSCALL | EVENT_CLASS_MEM | EVENT_CLASS_LIFE | EVENT_CLASS_SCHED | EVENT_CLASS_IRQ | EVENT_CLASS_FAULT,
};

static u64 limit_us = RT_FOREVER;
static struct spawn tool;

static handle_t trace(void) { return rt_handle(span_text("trace")); }

static void record(u64 classes)
{
	u64 before;
	enum status status = sys_trace_control(trace(), classes, 0, handle_none(), 0, &before);

	if (status != STATUS_OK)
		lost(span_text("the choice of events"), status);
}

void slow_begin(u64 us)
{
	limit_us = us;
	if (limit_us != RT_FOREVER)
		record(CLASSES);
}

static void print_line(struct span service, u64 us, u64 since_ns)
{
	TEXT_BUFFER(line, 96);

	text_add(&line, "slow ");
	text_add_span(&line, service);
	text_add(&line, " ");
	text_add_u64(&line, us);
	text_add(&line, " ");
	text_add_u64(&line, since_ns);
	text_add(&line, "\n");
	print_text(&line);
}

static void print_events(u64 since_ns)
{
	TEXT_BUFFER(since, 24);
	handle_t process = {};
	u64 result = 0;
	u32 reason = 0;

	spawn_begin(&tool, span_text("trace"));
	text_add_u64(&since, since_ns);
	spawn_add_arg(&tool, span_text("--since"));
	spawn_add_arg(&tool, text_span(&since));
	spawn_inherit_files(&tool);
	spawn_add_handle(&tool, span_text("trace"), trace(), TRACE_RIGHT_READ | TRACE_RIGHT_CONTROL);
	tool.priority = IMPORTANT;
	enum status status = spawn_start(&tool, &process);

	if (status != STATUS_OK) {
		lost(spawn_reason(&tool), status);
		return;
	}
	(void)!spawn_wait(process, RT_FOREVER, &result, &reason);
	sys_cap_drop(process);
}

/* WHY nothing is recorded meanwhile: what prints them would push out what it is to print. */
void slow_look(struct span service, u64 us, u64 since_ns)
{
	if (us <= limit_us)
		return;
	record(0);
	print_line(service, us, since_ns);
	print_flush();
	print_events(since_ns);
	print("slow end\n");
	record(CLASSES);
}
