/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the generic interrupt controller, version 2 or 3. SPEC: Arm GICv3 and GICv4 architecture
 * specification (IHI 0069); Arm GIC architecture specification, version 2 (IHI 0048).
 */
#ifndef KERNEL_ARCH_AARCH64_GIC_H
#define KERNEL_ARCH_AARCH64_GIC_H

#include "lib/base/safe.h"

/* Interrupts between processors. */
enum gic_own : u32 { GIC_RESCHEDULE = 0, GIC_HALT = 1 };
enum : u32 { GIC_SHARED_FIRST = 32, GIC_NONE = 1020 /* and above: nothing to take */ };

void gic_find(void);        /* takes the controller over, all lines masked; boot processor */
void gic_enable_cpu(void);  /* this processor takes interrupts: its timer's and other processors' */

/* Takes the interrupt that waits: its number, and what gic_end wants. */
struct gic_taken { u32 line, token; };
struct gic_taken gic_take(void);
void gic_end(struct gic_taken taken);

void gic_send(u32 cpu, enum gic_own which);

#endif
