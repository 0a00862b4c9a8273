/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: starting the other processors, one after the other, through firmware. SPEC: PSCI (DEN 0022), 5.1.4.
 */
#include "kernel/arch/aarch64/smp.h"
#include "kernel/arch/aarch64/cpu.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/gic.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/paging.h"
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/aarch64/power.h"
#include "kernel/arch/aarch64/stacks.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/mmu.h"
#include "kernel/hal/time.h"

enum : u64 { ANSWER_WAIT_NS = 1000000000 };

/* Read by a processor with its MMU and caches off. */
struct cpu_start {
	alignas(64) u64 cpu;
	u64 stack, upper_root, lower_root, tcr, entry;
	u64 unused[2];
};
static_assert(__builtin_offsetof(struct cpu_start, cpu) == START_CPU);
static_assert(__builtin_offsetof(struct cpu_start, stack) == START_STACK);
static_assert(__builtin_offsetof(struct cpu_start, upper_root) == START_UPPER_ROOT);
static_assert(__builtin_offsetof(struct cpu_start, lower_root) == START_LOWER_ROOT);
static_assert(__builtin_offsetof(struct cpu_start, tcr) == START_TCR);
static_assert(__builtin_offsetof(struct cpu_start, entry) == START_ENTRY);

static struct cpu_start start;
static u32 arrived; /* how many have */

UNSAFE_BEGIN("SAFETY: addresses as numbers, for another processor's registers");
static u64 entry_address(void) { return (u64)(uptr)secondary_entry; }
static u64 c_address(void) { return (u64)(uptr)secondary_start; }
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static u64 start_address(void) { return (u64)(uptr)&start; }
UNSAFE_END();

/* Whether they go on is the new processor's to say; a late one would use what the next one is given. */
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

static void clean_start(void)
{
	for (u64 at = 0; at < sizeof(start); at += aarch64_features.line_bytes)
		aarch64_clean_to_memory((vaddr_t){ start_address() + at });
	BARRIER(sy);
}

static bool start_one(struct cpu *cpu, u32 id, u64 affinity)
{
	u64 offset = aarch64_platform.kernel_offset;

	cpu->arch.id = id;
	start = (struct cpu_start){
		.cpu = cpu_address(cpu),
		.stack = cpu_stacks_at(id).v + STACK_KERNEL_TOP,
		.upper_root = paging_roots.kernel.v,
		.lower_root = paging_roots.start.v,
		.tcr = features_tcr(),
		.entry = c_address(),
	};
	clean_start();
	return power_start_cpu(affinity, entry_address() + offset, start_address() + offset) && wait_for(id);
}

/* The new processor, on the kernel's tables and its own stack. */
void secondary_start(struct cpu *cpu)
{
	cpu_enter(cpu);
	cpu_leave_start();
	gic_enable_cpu();
	(void)atomic_add(&arrived, 1u);
	core_start_secondary(cpu);
}

/* WHY none after the first that does not answer: it may still come, and use what it was given. */
u32 hal_cpus_start(struct cpu *(*cpu_at)(u32 id))
{
	struct aarch64_platform *p = &aarch64_platform;
	u32 running = 1;

	while (running < p->cpu_count && start_one(cpu_at(running), running, p->affinity[running]))
		running++;
	p->cpu_count = running;
	return running;
}

void hal_ipi_send(u32 cpu, enum hal_ipi kind)
{
	gic_send(cpu, kind == HAL_IPI_RESCHEDULE ? GIC_RESCHEDULE : GIC_HALT);
}
