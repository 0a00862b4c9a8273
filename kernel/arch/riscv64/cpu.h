/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: making a processor ready for kernel code.
 */
#ifndef KERNEL_ARCH_RISCV64_CPU_H
#define KERNEL_ARCH_RISCV64_CPU_H

#include "boot/boot_info.h"
#include "kernel/core/cpu/cpu.h"

/* Vector, stacks, protections of this processor. The struct becomes hal_this_cpu(). */
void cpu_enter(struct cpu *cpu);

/* In assembly: where every trap goes. */
void trap_entry(void);

/* The boot processor's number; entry.S writes it. */
extern u64 riscv64_boot_hart;

/* What the compiler's stack protector refers to. entry.S sets the guard. */
extern u64 __stack_chk_guard;
NORETURN void __stack_chk_fail(void);

#endif
