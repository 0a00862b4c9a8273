/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the registers of a processor that point to the kernel's things; the first steps of the boot
 * processor; and the stack protector's run time.
 */
#include "kernel/arch/riscv64/cpu.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/common/paging/kernel_map.h"
#include "kernel/arch/common/paging/stacks.h"
#include "kernel/arch/common/tree/clock.h"
#include "kernel/arch/riscv64/console.h"
#include "kernel/arch/riscv64/features.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/hal/boot.h"

static_assert(__builtin_offsetof(struct cpu, arch) == 0);
static_assert(__builtin_offsetof(struct cpu, current) == CPU_CURRENT);
static_assert(__builtin_offsetof(struct hal_cpu, self) == CPU_SELF);
static_assert(__builtin_offsetof(struct hal_cpu, frame) == CPU_FRAME);
static_assert(__builtin_offsetof(struct hal_cpu, kernel_stack) == CPU_KERNEL_STACK);
static_assert(__builtin_offsetof(struct hal_cpu, fault_stack) == CPU_FAULT_STACK);
static_assert(__builtin_offsetof(struct boot_info, seed) == BOOT_INFO_SEED);

u64 __stack_chk_guard;
u64 riscv64_boot_hart;

void __stack_chk_fail(void)
{
	invariant_broken("the stack was overwritten (stack protector)");
}

UNSAFE_BEGIN("SAFETY: addresses as numbers, for registers; nothing is accessed through them here");
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static u64 vector_address(void) { return (u64)(uptr)trap_entry; }
UNSAFE_END();

void cpu_enter(struct cpu *cpu)
{
	struct hal_cpu *arch = &cpu->arch;
	u64 stacks = cpu_stacks_at(arch->id).v;

	arch->self = cpu;
	arch->bit = 1ull << arch->id;
	arch->timer_at = U64_MAX;
	arch->guard_page[0] = stacks;
	arch->guard_page[1] = stacks + __builtin_offsetof(struct cpu_stacks, guard1);
	arch->kernel_stack = arch->guard_page[1];  /* each stack ends where the next guard page begins */
	arch->fault_stack = stacks + sizeof(struct cpu_stacks);
	riscv64_set_cpu(cpu_address(cpu));
	CSR_WRITE(stvec, vector_address());
	features_enable();
}

void hal_boot_early(const struct boot_info *info)
{
	kernel_map_note(info);
	core_boot_cpu.arch.hart = riscv64_boot_hart;
	cpu_enter(&core_boot_cpu);
	console_find(info);
	features_detect(info);
	clock_start(info, platform_counter_hz(info));
}
