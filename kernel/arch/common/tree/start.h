/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting other processors through firmware, one after the other. The architecture provides what a table of
 * processors and firmware's call need.
 */
#ifndef KERNEL_ARCH_COMMON_TREE_START_H
#define KERNEL_ARCH_COMMON_TREE_START_H

#include "kernel/core/cpu/cpu.h"

/* ---- the architecture's ---- */

/* The processors found, the boot processor included. Starting them may leave fewer. */
extern u32 start_cpu_count;

/* Has firmware start a processor, whose struct has its number and which runs start_here on its own stack. */
[[nodiscard]] bool start_processor(struct cpu *cpu);

/* Makes this processor ready for kernel code: it is the new one. */
void start_enter(struct cpu *cpu);

/* ---- common ---- */

/* The new processor, on the kernel's tables and its own stack. */
NORETURN void start_here(struct cpu *cpu);

#endif
