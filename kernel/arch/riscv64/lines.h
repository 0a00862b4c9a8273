/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the lines of devices, whichever controller the machine has for them. lines.c implements kernel/hal/irq.h with
 * the functions of the one that was found.
 */
#ifndef KERNEL_ARCH_RISCV64_LINES_H
#define KERNEL_ARCH_RISCV64_LINES_H

#include "lib/base/safe.h"

enum : u32 { LINE_NONE = 0 /* no line: nothing to take */ };

/* Lines are those of the controller when one of these is called. */
struct lines {
	void (*enable_cpu)(void);           /* this processor takes interrupts of lines that are routed to it */
	u32 (*take)(void);                  /* takes the interrupt that waits, masks its line and ends it */
	void (*mask)(u32 line);
	void (*unmask)(u32 line);
	bool (*route)(u32 line, u32 cpu);   /* false: it cannot go there */
};

extern const struct lines plic_lines;
extern const struct lines aplic_lines;

/* Take the controller over, all lines masked; how many lines there are, 0: none can be used. Boot processor. */
u32 plic_start(void);
u32 aplic_start(void);

/* Finds the controller; then the same for this processor. */
void lines_start(void);
void lines_enable_cpu(void);

u32 lines_take(void);

#endif
