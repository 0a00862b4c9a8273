/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on the machine, and those that need no capability.
 */
#include "abi/kernel_calls.h"
#include "abi/structs.h"
#include "kernel/core/boot/state.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/object/pool.h"
#include "kernel/core/random/random.h"
#include "kernel/core/sched/sched.h"
#include "kernel/hal/power.h"
#include "kernel/hal/time.h"

struct sys_result syscall_null(struct thread *self, struct hal_frame *frame)
{
	(void)self, (void)frame;
	return sys_ok(0);
}

struct sys_result syscall_clock(struct thread *self, struct hal_frame *frame)
{
	(void)self, (void)frame;
	return sys_ok(hal_clock_ns());
}

struct sys_result syscall_random(struct thread *self, struct hal_frame *frame)
{
	(void)self, (void)frame;
	return sys_ok(random_u64());
}

static void nodes_stat(struct machine_stat *stat)
{
	static_assert(ARRAY_LEN(stat->node_frames_total) == BOOT_NODES_MAX);
	for (u32 node = 0; node < BOOT_NODES_MAX; node++) {
		struct frame_counts counts = frame_counts_of(node);

		*ELEM(stat->node_frames_total, node) = counts.total;
		*ELEM(stat->node_frames_free, node) = counts.available;
	}
	for (u32 cpu = 0; cpu < cpu_count(); cpu++)
		*ELEM(stat->node_cpus, hal_cpu_node(cpu)) |= 1ull << cpu;
}

struct sys_result syscall_machine_stat(struct thread *self, struct machine *machine, struct machine_stat *stat)
{
	const struct boot_info *boot = boot_state();

	(void)self;
	(void)machine;
	*stat = (struct machine_stat){
		.cpus = cpu_count(), .page_bytes = PAGE_BYTES, .frames_total = frame_total(), .frames_free = frame_available(),
		.kernel_image_bytes = boot->kernel_bytes, .kernel_object_bytes = pool_bytes(), .boot_entry_ns = hal_boot_ns(),
		.first_user_ns = sched_first_user_ns(), .rsdp = boot->rsdp, .dtb = boot->dtb,
	};
	nodes_stat(stat);
	span_copy(MSPAN_OF_ARRAY(stat->command_line), SPAN_OF_ARRAY(boot->command_line));
	return sys_ok(0);
}

struct sys_result syscall_machine_cpu_stat(struct thread *self, struct machine *machine, u32 cpu, struct cpu_stat *stat)
{
	(void)self;
	(void)machine;
	if (cpu >= cpu_count())
		return sys_fail(STATUS_RANGE);
	struct cpu *of = cpu_at(cpu);

	static_assert(LOCK_LEVELS <= ARRAY_LEN(stat->lock_waits));
	for (u32 level = 0; level < LOCK_LEVELS; level++)
		*ELEM(stat->lock_waits, level) = atomic_load(ELEM(of->lock_waits, level));
	stat->lock_spins = atomic_load(&of->lock_spins);
	return sys_ok(0);
}

struct sys_result syscall_machine_power(struct thread *self, struct machine *machine, u32 action)
{
	(void)self;
	(void)machine;
	if (action == POWER_ACTION_OFF)
		hal_power_off();
	else
		hal_reboot();
	return sys_fail(STATUS_NOT_SUPPORTED);
}
