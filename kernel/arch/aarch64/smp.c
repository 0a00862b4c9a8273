/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: starting another processor through firmware. SPEC: PSCI (DEN 0022), 5.1.4.
 */
#include "kernel/arch/aarch64/smp.h"
#include "kernel/arch/aarch64/cpu.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/gic.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/paging.h"
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/aarch64/power.h"
#include "kernel/arch/common/paging/stacks.h"
#include "kernel/arch/common/tree/start.h"
#include "kernel/hal/mmu.h"

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

UNSAFE_BEGIN("SAFETY: addresses as numbers, for another processor's registers");
static u64 entry_address(void) { return (u64)(uptr)secondary_entry; }
static u64 c_address(void) { return (u64)(uptr)start_here; }
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static u64 start_address(void) { return (u64)(uptr)&start; }
UNSAFE_END();

static void clean_start(void)
{
	for (u64 at = 0; at < sizeof(start); at += aarch64_features.line_bytes)
		aarch64_clean_to_memory((vaddr_t){ start_address() + at });
	BARRIER(sy);
}

bool start_processor(struct cpu *cpu)
{
	u64 offset = aarch64_platform.kernel_offset;

	start = (struct cpu_start){
		.cpu = cpu_address(cpu),
		.stack = cpu_stacks_at(cpu->arch.id).v + STACK_KERNEL_TOP,
		.upper_root = paging_roots.kernel.v,
		.lower_root = paging_roots.start.v,
		.tcr = features_tcr(),
		.entry = c_address(),
	};
	clean_start();
	return power_start_cpu(*ELEM(aarch64_platform.affinity, cpu->arch.id), entry_address() + offset, start_address() + offset);
}

void start_enter(struct cpu *cpu)
{
	cpu_enter(cpu);
	cpu_leave_start();
	gic_enable_cpu();
}

void hal_ipi_send(u32 cpu, enum hal_ipi kind)
{
	gic_send(cpu, kind == HAL_IPI_RESCHEDULE ? GIC_RESCHEDULE : GIC_HALT);
}
