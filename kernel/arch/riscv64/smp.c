/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: starting another processor, and asking it, through firmware. SPEC: RISC-V SBI 1.0, chapters 7 and 9.
 */
#include "kernel/arch/riscv64/smp.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/common/paging/stacks.h"
#include "kernel/arch/common/tree/start.h"
#include "kernel/arch/riscv64/cpu.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/arch/riscv64/paging.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/arch/riscv64/sbi.h"

/* Read by a processor that translates no addresses. */
struct cpu_start {
	u64 cpu, stack, satp, entry;
};
static_assert(__builtin_offsetof(struct cpu_start, cpu) == START_CPU);
static_assert(__builtin_offsetof(struct cpu_start, stack) == START_STACK);
static_assert(__builtin_offsetof(struct cpu_start, satp) == START_SATP);
static_assert(__builtin_offsetof(struct cpu_start, entry) == START_ENTRY);

enum : u64 { GROUP = 64 };

static struct cpu_start start;

UNSAFE_BEGIN("SAFETY: addresses as numbers, for another processor's registers");
static u64 entry_address(void) { return (u64)(uptr)secondary_entry; }
static u64 mapped_address(void) { return (u64)(uptr)secondary_mapped; }
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static u64 start_address(void) { return (u64)(uptr)&start; }
UNSAFE_END();

bool start_processor(struct cpu *cpu)
{
	u64 offset = riscv64_platform.kernel_offset;

	cpu->arch.hart = *ELEM(riscv64_platform.hart, cpu->arch.id);
	start = (struct cpu_start){
		.cpu = cpu_address(cpu),
		.stack = cpu_stacks_at(cpu->arch.id).v + STACK_KERNEL_TOP,
		.satp = paging_kernel_satp(),
		.entry = mapped_address(),
	};
	atomic_fence();
	return sbi_start_cpu(cpu->arch.hart, entry_address() + offset, start_address() + offset);
}

void start_enter(struct cpu *cpu)
{
	cpu_enter(cpu);
	riscv64_fetch_anew();
	lines_enable_cpu();
}

struct hart_group smp_take_group(u64 *cpus)
{
	u64 base = cpu_at((u32)__builtin_ctzll(*cpus))->arch.hart / GROUP * GROUP;
	struct hart_group group = { .base = base };

	for (u64 left = *cpus; left != 0; left &= left - 1) {
		u32 id = (u32)__builtin_ctzll(left);
		u64 hart = cpu_at(id)->arch.hart;

		if (hart / GROUP * GROUP == base) {
			group.mask |= 1ull << hart % GROUP;
			*cpus &= ~(1ull << id);
		}
	}
	return group;
}

void hal_ipi_send(u32 cpu, enum hal_ipi kind)
{
	struct hal_cpu *to = &cpu_at(cpu)->arch;

	/* A processor that was asked already, and has not looked yet, is interrupted already. */
	if ((atomic_or(&to->asked, 1u << kind) >> kind & 1) != 0)
		return;
	riscv64_device_fence();
	sbi_interrupt(1, to->hart);
}
