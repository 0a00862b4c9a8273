/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of processors.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/frame.h"
#include "kernel/raw/cpu_memory.h"

alignas(POOL_LINE_BYTES) struct cpu core_boot_cpu;

static struct cpu *cpus[CPUS_MAX] = { &core_boot_cpu };
u32 cpus_there = 1;

struct cpu *cpu_at(u32 id) { return cpus[id]; }

enum status cpu_create_all(void)
{
	u32 found = hal_cpu_count();

	for (u32 id = 1; id < found && id < CPUS_MAX; id++) {
		struct frame_result frames = frame_alloc(CPU_FRAME_ORDER);

		if (!frames.ok)
			return STATUS_OUT_OF_FRAMES;
		struct cpu *cpu = cpu_in_frames(frames.frame);

		cpus[id] = cpu;
		cpu->id = id;
		cpu->idle = 1;
		run_queue_init(&cpu->queue);
		timers_init(&cpu->timers);
		cpus_there = id + 1;
	}
	return STATUS_OK;
}
