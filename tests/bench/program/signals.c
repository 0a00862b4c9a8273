/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals, and switching between threads of one process.
 */
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { OWN_PRIORITY = 64, STACK_PAGES = 4 };
enum : u64 { GO = 1, STOP = 2, BOTH = GO | STOP };

static handle_t woken, order;
static u64 begun_ns, back_ns;
static bool over;

static void raise_idle(u64 *begin, u64 *end)
{
	u64 bits;

	*begin = samples_now();
	enum status status = sys_signal_raise(woken, GO);

	*end = rt_now_ns();
	must(span_text("raise"), status);
	must(span_text("signal"), sys_signal_wait(woken, GO, RT_POLL, &bits));
}

/* Less important than who waits for it: what it raises takes the processor from it. */
static void raiser(u64 unused)
{
	u64 bits = 0;

	(void)unused;
	while (sys_signal_wait(order, BOTH, RT_FOREVER, &bits) == STATUS_OK && bits == GO) {
		begun_ns = samples_now();
		sys_signal_raise(woken, GO);
	}
}

static void wake(u64 *begin, u64 *end)
{
	u64 bits;

	must(span_text("order"), sys_signal_raise(order, GO));
	enum status status = sys_signal_wait(woken, GO, RT_FOREVER, &bits);

	*end = rt_now_ns();
	*begin = begun_ns;
	must(span_text("signal"), status);
}

static void measure_signals(void)
{
	struct activity_params params = { .priority = OWN_PRIORITY - 1 };
	handle_t activity, thread;

	samples_run(span_text("signal_idle"), raise_idle);
	must(span_text("no activity"), sys_activity_create(rt_group(), &params, &activity));
	must(span_text("no thread"), rt_thread_start(raiser, 0, STACK_PAGES, activity, &thread));
	samples_run(span_text("signal_wake"), wake);
	must(span_text("order"), sys_signal_raise(order, STOP));
	sys_cap_drop(thread);
	sys_cap_drop(activity);
}

/* Notes when it is back from each yield, and tells when it ends. */
static void yielder(u64 unused)
{
	(void)unused;
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		(void)sys_yield();
		back_ns = rt_now_ns();
	}
	sys_signal_raise(woken, STOP);
}

static void yield(u64 *begin, u64 *end)
{
	*begin = samples_now();
	(void)sys_yield();
	*end = back_ns;
}

static void measure_yield(void)
{
	handle_t thread;
	u64 bits;

	must(span_text("no thread"), rt_thread_start(yielder, 0, STACK_PAGES, handle_none(), &thread));
	samples_run(span_text("yield_switch"), yield);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	must(span_text("end"), sys_signal_wait(woken, STOP, RT_FOREVER, &bits));
	sys_cap_drop(thread);
}

void measure_switches(void)
{
	must(span_text("no signal"), sys_signal_create(rt_group(), &woken));
	must(span_text("no signal"), sys_signal_create(rt_group(), &order));
	measure_signals();
	measure_yield();
	sys_cap_drop(order);
	sys_cap_drop(woken);
}
