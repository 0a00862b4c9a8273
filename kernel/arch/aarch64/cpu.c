/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the registers of a processor that point to the kernel's things; the first steps of the boot
 * processor; and the stack protector's run time.
 */
#include "kernel/arch/aarch64/cpu.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/aarch64/acpi.h"
#include "kernel/arch/aarch64/console.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/aarch64/paging.h"
#include "kernel/arch/aarch64/power.h"
#include "kernel/arch/common/paging/kernel_map.h"
#include "kernel/arch/common/paging/stacks.h"
#include "kernel/arch/common/tree/clock.h"
#include "kernel/hal/boot.h"

static_assert(__builtin_offsetof(struct cpu, arch) == 0);
static_assert(__builtin_offsetof(struct cpu, current) == CPU_CURRENT);
static_assert(__builtin_offsetof(struct hal_cpu, self) == CPU_SELF);
static_assert(__builtin_offsetof(struct hal_cpu, frame) == CPU_FRAME);
static_assert(__builtin_offsetof(struct hal_cpu, kernel_stack) == CPU_KERNEL_STACK);
static_assert(__builtin_offsetof(struct hal_cpu, fault_stack) == CPU_FAULT_STACK);
static_assert(__builtin_offsetof(struct boot_info, seed) == BOOT_INFO_SEED);

u64 __stack_chk_guard;

void __stack_chk_fail(void)
{
	invariant_broken("the stack was overwritten (stack protector)");
}

UNSAFE_BEGIN("SAFETY: addresses as numbers, for registers; nothing is accessed through them here");
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static u64 vectors_address(void) { return (u64)(uptr)trap_vectors; }
UNSAFE_END();

/* SPEC: Arm ARM (DDI 0487), D24.2 MPIDR_EL1: four levels of affinity; the other bits are no part of the name. */
enum : u64 { AFFINITY = 0xff00ffffff };

void cpu_enter(struct cpu *cpu)
{
	struct hal_cpu *arch = &cpu->arch;
	u64 stacks = cpu_stacks_at(arch->id).v;

	arch->self = cpu;
	arch->timer_at = U64_MAX;
	arch->affinity = SYSTEM_READ(mpidr_el1) & AFFINITY;
	arch->guard_page[0] = stacks;
	arch->guard_page[1] = stacks + __builtin_offsetof(struct cpu_stacks, guard1);
	arch->kernel_stack = arch->guard_page[1];  /* each stack ends where the next guard page begins */
	arch->fault_stack = stacks + sizeof(struct cpu_stacks);
	SYSTEM_WRITE(tpidr_el1, cpu_address(cpu));
	SYSTEM_WRITE(vbar_el1, vectors_address());
	features_enable();
}

static void set_lower_root(paddr_t root)
{
	BARRIER(ish);
	SYSTEM_WRITE(ttbr0_el1, root.v);
	aarch64_isb();
	TLB_FORGET_ALL(vmalle1);
	BARRIER(nsh);
	aarch64_isb();
}

void cpu_leave_start(void) { set_lower_root(paging_roots.nobody); }

void cpu_use_tables(const struct boot_info *info)
{
	set_lower_root(paging_roots.start);
	tables_swap(paging_roots.kernel.v, paging_roots.nobody.v, info->kernel_phys - info->kernel_virt);
	cpu_leave_start();
}

void hal_boot_early(const struct boot_info *info)
{
	kernel_map_note(info);
	features_detect();
	cpu_enter(&core_boot_cpu);
	clock_start(info, SYSTEM_READ(cntfrq_el0) & U32_MAX);
	acpi_learn(info);
	console_find(info);
	power_find(info);
}
