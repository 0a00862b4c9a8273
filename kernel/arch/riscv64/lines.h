/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the lines of devices, whichever controllers the machine has for them, and however many. lines.c implements
 * kernel/hal/irq.h with the functions of the one whose a line is. The kernel's numbers of lines are those of lib/fdt/lines.h.
 */
#ifndef KERNEL_ARCH_RISCV64_LINES_H
#define KERNEL_ARCH_RISCV64_LINES_H

#include "kernel/hal/cpu.h"
#include "lib/fdt/lines.h"

enum : u32 { LINE_NONE = 0 /* no line: nothing to take */, CONTEXT_NONE = U32_MAX, CONTROLLERS_MAX = 8 /* one for each node */ };

struct controller {
	enum fdt_controller_kind kind;
	u32 first, line_count;       /* its line n is the kernel's first + n */
	u32 messages;                /* processors tell as many apart; 0: it sends none */
	struct fdt_range registers;
	u64 base;                    /* of these, virtual address */
	u32 context[CPUS_MAX];       /* of each processor there; CONTEXT_NONE: it cannot be interrupted from there */
};

/* What a kind of controller does. Lines are those of the controller, but what was taken is the kernel's number. */
struct lines {
	bool (*start)(const struct controller *c);                    /* all lines masked; false: it cannot be used. Boot processor */
	bool (*has_context)(const struct controller *c, u32 context); /* whether the controller can have it */
	void (*enable_cpu)(const struct controller *c, u32 context);  /* this processor takes interrupts that are routed to it */
	u32 (*take)(const struct controller *c, u32 context);         /* takes the interrupt that waits, masks its line and ends it */
	void (*mask)(const struct controller *c, u32 line);
	void (*unmask)(const struct controller *c, u32 line);
	bool (*route)(const struct controller *c, u32 line, u32 cpu); /* false: it cannot go there */
};

extern const struct lines plic_lines;
extern const struct lines aplic_lines;
extern const struct lines message_lines;

/* The controller whose line this is; null: it is no line. */
const struct controller *lines_controller(u32 line);

/* Takes all controllers over that were found; then the same for this processor. */
void lines_start(void);
void lines_enable_cpu(void);

u32 lines_take(void);

#endif
