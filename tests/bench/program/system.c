/* SPDX-License-Identifier: Apache-2.0
 *
 * What the system as a whole took: to start, and in memory.
 */
#include "lib/9p/file.h"
#include "lib/rt/message.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/stubs.h"

enum : u64 { PROMPT_LIMIT_NS = 60000000000ull, LOOK_NS = 50000000 };

static u8 log_bytes[65536];

/* The number in the line that the shell writes when it first prompts. */
static bool find_prompt(u64 *ns)
{
	usize count = 0;
	enum status status = file_load(span_text("/log/log"), MSPAN_OF_ARRAY(log_bytes), &count);
	struct span log = span_first(SPAN_OF_ARRAY(log_bytes), count);
	struct span mark = span_text("first prompt at ");
	usize at = span_find_text(log, mark);

	if (status != STATUS_OK && status != STATUS_TOO_LONG)
		must(span_text("/log/log"), status);
	if (at == span_len(log))
		return false;
	struct span rest = span_from(log, at + span_len(mark));

	return span_parse_u64(span_split(&rest, ' '), ns);
}

static void one_value(struct span name, struct span unit, u64 value)
{
	samples_begin();
	samples_add_value(value);
	samples_print(name, unit);
}

static void measure_prompt(void)
{
	u64 deadline = rt_deadline_in(PROMPT_LIMIT_NS);
	u64 ns = 0;

	while (!find_prompt(&ns)) {
		if (rt_now_ns() > deadline)
			must(span_text("no prompt in the log"), STATUS_TIMED_OUT);
		rt_sleep_until(rt_deadline_in(LOOK_NS));
	}
	one_value(span_text("boot_to_prompt"), span_text("instructions"), ns);
}

/* In use by kernel and user space, without this program. The shell that runs it is counted. */
static void measure_memory(const struct machine_stat *stat)
{
	struct group_stat own = {};
	u64 used = (stat->frames_total - stat->frames_free) * stat->page_bytes + stat->kernel_image_bytes;

	must(span_text("own group"), sys_group_stat(rt_group(), &own));
	one_value(span_text("idle_memory_bytes"), span_text("bytes"), used - own.frames * stat->page_bytes);
}

void measure_system(void)
{
	struct machine_stat stat = {};

	measure_prompt();
	must(span_text("machine"), sys_machine_stat(rt_handle(span_text("machine")), &stat));
	one_value(span_text("boot_to_first_user"), span_text("instructions"), stat.first_user_ns);
	measure_memory(&stat);
}
