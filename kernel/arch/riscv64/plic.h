/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the platform-level interrupt controller. SPEC: RISC-V Platform-Level Interrupt Controller 1.0.0
 */
#ifndef KERNEL_ARCH_RISCV64_PLIC_H
#define KERNEL_ARCH_RISCV64_PLIC_H

#include "lib/base/safe.h"

enum : u32 { PLIC_NONE = 0 /* no line: nothing to take */ };

void plic_find(void);        /* takes the controller over, all lines masked; boot processor */
void plic_enable_cpu(void);  /* this processor takes interrupts of lines that are routed to it */

/* Takes the interrupt that waits; ends it. */
u32 plic_take(void);
void plic_end(u32 line);

#endif
