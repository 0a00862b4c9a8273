/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: where trap.S goes on in C. All run with interrupts off.
 */
#ifndef KERNEL_ARCH_X86_64_TRAP_H
#define KERNEL_ARCH_X86_64_TRAP_H

#include "kernel/arch/x86/64/fault.h"

void trap_in_user(u64 vector, u64 error);
void trap_in_idle(u64 vector);
NORETURN void trap_in_kernel(const struct kernel_trap *trap);

/* The other processors are stopped with non-maskable interrupts: this one is told to halt. */
void trap_request_halt(u32 cpu);

#endif
