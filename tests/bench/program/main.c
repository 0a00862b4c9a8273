/* SPDX-License-Identifier: Apache-2.0
 *
 * bench: measures with the clock, which counts instructions when the machine is emulated so.
 */
#include "tests/bench/program/measures.h"
#include "tests/bench/program/raw_loop.h"
#include "tests/bench/program/samples.h"
#include "lib/9p/print.h"
#include "abi/events.h"
#include "abi/stubs.h"

enum : u64 { SCALE_TURNS = 500000, NULL_CALLS = 1000 };

static void measure_scale(void)
{
	samples_begin();
	for (u32 i = 0; i < 11; i++) {
		u64 begin = rt_now_ns();

		scale_loop(SCALE_TURNS);
		samples_add(begin, rt_now_ns());
	}
	samples_print(span_text("scale_loop"), span_text("instructions"));
	samples_begin();
	samples_add_value(samples_tick());
	samples_print(span_text("clock_tick"), span_text("ns"));
}

static void null_call(u64 *begin, u64 *end)
{
	*begin = samples_now();
	(void)sys_null();
	*end = rt_now_ns();
}

static u64 many_null_calls(void)
{
	u64 begin = samples_now();

	for (u32 i = 0; i < NULL_CALLS; i++)
		(void)sys_null();
	return rt_now_ns() - begin;
}

/* What null calls take longer when their beginnings and ends are recorded, for each record. */
static void measure_events(void)
{
	handle_t trace = rt_handle(span_text("trace"));

	if (!samples_wanted(span_text("trace_event")))
		return;

	samples_begin();
	for (u32 i = 0; i < 11; i++) {
		u64 before = 0, untraced = many_null_calls();

		enum status status = sys_trace_control(trace, EVENT_CLASS_SYSCALL, 0, handle_none(), 0, &before);

		if (status == STATUS_NOT_SUPPORTED)
			return; /* a kernel without tracing */
		must(span_text("recording"), status);
		u64 traced = many_null_calls();

		must(span_text("recording"), sys_trace_control(trace, before, 0, handle_none(), 0, &before));
		samples_add_value((traced - untraced) / (2 * NULL_CALLS));
	}
	samples_print(span_text("trace_event"), span_text("instructions"));
}

u64 program_main(const struct rt_args *args)
{
	if (args->count == 1 && span_equal(rt_arg(0), span_text("server")))
		return ipc_server();
	if (args->count == 1 && span_equal(rt_arg(0), span_text("client")))
		return pager_client();
	if (args->count == 4 && span_equal(rt_arg(0), span_text("pair")))
		return pair_client();
	if (args->count == 2 && span_equal(rt_arg(0), span_text("pairs")))
		return measure_pairs();
	if (args->count == 1 && span_equal(rt_arg(0), span_text("disk")))
		return measure_disk();
	if (args->count == 1 && span_equal(rt_arg(0), span_text("net")))
		return measure_net();
	samples_choose(args->count);
	samples_calibrate();
	if (args->count == 0) {
		measure_system();
		measure_scale();
	}
	samples_run(span_text("null_syscall"), null_call);
	measure_events();
	measure_ipc();
	measure_pager();
	measure_switches();
	measure_caps();
	measure_threads();
	measure_processes();
	if (samples_all_found())
		return 0;
	print_error("usage: bench [MEASURE ...]\n"
		"expected names of measures, found one that is none; without any all of them run\n");
	return 2;
}
