/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting other processors. See start.h.
 */
#include "kernel/arch/common/tree/start.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/time.h"

enum : u64 { ANSWER_WAIT_NS = 1000000000 };

u32 start_cpu_count = 1;
static u32 arrived; /* how many have */

u32 hal_cpu_count(void) { return start_cpu_count; }

static bool wait_for(u32 count)
{
	u64 until = hal_clock_ns() + ANSWER_WAIT_NS;

	while (atomic_load_acquire(&arrived) < count) {
		if (hal_clock_ns() > until)
			return false;
		hal_relax();
	}
	return true;
}

void start_here(struct cpu *cpu)
{
	start_enter(cpu);
	(void)atomic_add(&arrived, 1u);
	core_start_secondary(cpu);
}

/* WHY none after the first that does not answer: it may still come, and use what the next one is given. */
u32 hal_cpus_start(struct cpu *(*cpu_at)(u32 id))
{
	u32 running = 1;

	while (running < start_cpu_count) {
		struct cpu *cpu = cpu_at(running);

		cpu->arch.id = running;
		if (!start_processor(cpu) || !wait_for(running))
			break;
		running++;
	}
	start_cpu_count = running;
	return running;
}
