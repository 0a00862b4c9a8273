/* SPDX-License-Identifier: Apache-2.0
 *
 * From asking for a thread to its first own instruction.
 */
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/stubs.h"

enum : u64 { END_NS = 50000 };

static handle_t begun;
static u64 first_ns;

static void first_instruction(u64 unused)
{
	(void)unused;
	first_ns = rt_now_ns();
	sys_signal_raise(begun, 1);
}

static void create(u64 *begin, u64 *end)
{
	handle_t thread = {};
	u64 bits;

	*begin = samples_now();
	enum status status = rt_thread_start(first_instruction, 0, 4, handle_none(), &thread);

	must(span_text("no thread"), status);
	must(span_text("thread"), sys_signal_wait(begun, 1, RT_FOREVER, &bits));
	*end = first_ns;
	sys_cap_drop(thread);
	/* WHY: its stack is taken again only when it has ended. */
	rt_sleep_until(rt_deadline_in(END_NS));
}

void measure_threads(void)
{
	must(span_text("no signal"), sys_signal_create(rt_group(), &begun));
	samples_run(span_text("thread_create"), create);
	sys_cap_drop(begun);
}
