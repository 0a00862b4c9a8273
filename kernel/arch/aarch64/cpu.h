/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: making a processor ready for kernel code.
 */
#ifndef KERNEL_ARCH_AARCH64_CPU_H
#define KERNEL_ARCH_AARCH64_CPU_H

#include "boot/boot_info.h"
#include "kernel/core/cpu/cpu.h"

/* Vectors, stacks, protections of this processor. The struct becomes hal_this_cpu(). */
void cpu_enter(struct cpu *cpu);

/* Leaves the loader's page tables for the kernel's. */
void cpu_use_tables(const struct boot_info *info);

/* Leaves the lower half that a processor starts with. */
void cpu_leave_start(void);

/* ---- in assembly ---- */
void trap_vectors(void);

/* The upper half's root becomes `kernel'. WHY by way of an empty one, while the code runs at its physical address:
 * two translations of one address, of different size, must not meet in the TLB (SPEC: Arm ARM, D8.16.1
 * "Break-before-make"). `offset' leads from virtual to physical. */
void tables_swap(u64 kernel, u64 empty, u64 offset);

/* What the compiler's stack protector refers to. entry.S sets the guard. */
extern u64 __stack_chk_guard;
NORETURN void __stack_chk_fail(void);

#endif
