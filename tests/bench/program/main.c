/* SPDX-License-Identifier: Apache-2.0
 *
 * bench: measures with the clock, which counts instructions when the machine is emulated so.
 */
#include "tests/bench/program/measures.h"
#include "tests/bench/program/raw_loop.h"
#include "tests/bench/program/samples.h"
#include "lib/9p/print.h"
#include "abi/stubs.h"

enum : u64 { SCALE_TURNS = 500000 };

static void measure_scale(void)
{
	samples_begin();
	for (u32 i = 0; i < 11; i++) {
		u64 begin = rt_now_ns();

		scale_loop(SCALE_TURNS);
		samples_add(begin, rt_now_ns());
	}
	samples_print(span_text("scale_loop"), span_text("instructions"));
}

static void null_call(u64 *begin, u64 *end)
{
	*begin = rt_now_ns();
	(void)sys_null();
	*end = rt_now_ns();
}

u64 program_main(const struct rt_args *args)
{
	if (args->count == 1 && span_equal(rt_arg(0), span_text("server")))
		return ipc_server();
	if (args->count > 0) {
		print_error("usage: bench\n");
		return 2;
	}
	samples_calibrate();
	measure_system();
	measure_scale();
	samples_run(span_text("null_syscall"), null_call);
	measure_ipc();
	measure_threads();
	measure_processes();
	return 0;
}
