/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking a stack that may hold anything: one step from any frame pointer, at two words that are there.
 */
#include "hal_arch/cpu.h"
#include "kernel/core/types.h"
#include "kernel/raw/backtrace.h"

struct cpu *prove_this_cpu;

void prove_step(void)
{
	u64 *frame = malloc(2 * sizeof(u64));
	u64 here = (u64)(uptr)frame, low = ANY(u64), address = 0;
	bool good = MAYBE();

	ASSUME(!good || here >= 0x10000);
	ASSUME(low == 0 || low % 8 != 0 || low < 0x10000); /* of no kernel stack */
	u64 fp = good ? here : low, before = fp;
	bool more = backtrace_step(&fp, &address);

	PROVE(good || (!more && address == 0), "what cannot be a frame is not followed");
	if (!good)
		return;
	PROVE(address == frame[1] && more == (frame[1] != 0), "a frame has an address to return to, or it is the last");
	PROVE(fp == 0 || (fp == frame[0] && fp > before && fp - before <= BACKTRACE_FRAME_MAX),
		"it goes on upwards in small steps, so a walk ends");
}
