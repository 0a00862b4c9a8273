/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the lines of devices. See lines.h. Implements the lines of kernel/hal/irq.h.
 */
#include "kernel/arch/riscv64/lines.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/irq.h"

static u32 line_count;  /* lines are below it */

static const struct controller *controller_at(u32 index) { return ELEM(riscv64_platform.controller, index); }

const struct controller *lines_controller(u32 line)
{
	for (u32 i = 0; i < riscv64_platform.controller_count; i++) {
		const struct controller *c = controller_at(i);

		if (line > c->first && line - c->first <= c->line_count)
			return c;
	}
	return nullptr;
}

static const struct lines *functions_of(const struct controller *c)
{
	switch (c->kind) {
	case FDT_APLIC: return &aplic_lines;
	case FDT_APLIC_MESSAGES: return &message_lines;
	case FDT_PLIC: break;
	}
	return &plic_lines;
}

/* One that cannot be used keeps its numbers, which are no lines then. */
static void start(struct controller *c)
{
	c->base = tree_mapped(&c->registers);
	for (u32 cpu = 0; cpu < CPUS_MAX; cpu++)
		if (!functions_of(c)->has_context(c, *ELEM(c->context, cpu)))
			*ELEM(c->context, cpu) = CONTEXT_NONE;
	if (c->base == 0 || !functions_of(c)->start(c))
		c->line_count = 0;
	else
		line_count = c->first + c->line_count + 1;
}

void lines_start(void)
{
	for (u32 i = 0; i < riscv64_platform.controller_count; i++)
		start(ELEM(riscv64_platform.controller, i));
}

/* Where this processor is interrupted from that controller; CONTEXT_NONE: nowhere. */
static u32 context_here(const struct controller *c)
{
	return c->line_count != 0 ? *ELEM(c->context, hal_this_cpu()->arch.id) : (u32)CONTEXT_NONE;
}

void lines_enable_cpu(void)
{
	for (u32 i = 0; i < riscv64_platform.controller_count; i++) {
		const struct controller *c = controller_at(i);
		u32 context = context_here(c);

		if (context != CONTEXT_NONE)
			functions_of(c)->enable_cpu(c, context);
	}
}

u32 lines_take(void)
{
	u32 line = LINE_NONE;

	for (u32 i = 0; i < riscv64_platform.controller_count && line == LINE_NONE; i++) {
		const struct controller *c = controller_at(i);
		u32 context = context_here(c);

		if (context != CONTEXT_NONE)
			line = functions_of(c)->take(c, context);
	}
	/* What a device wrote before its interrupt is seen behind it. */
	riscv64_device_fence();
	return line;
}

u32 hal_irq_count(void) { return line_count; }

void hal_irq_mask(u32 line)
{
	const struct controller *c = lines_controller(line);

	if (c == nullptr)
		return;
	functions_of(c)->mask(c, line - c->first);
	riscv64_device_fence();
}

void hal_irq_unmask(u32 line)
{
	const struct controller *c = lines_controller(line);

	if (c == nullptr)
		return;
	riscv64_device_fence();
	functions_of(c)->unmask(c, line - c->first);
}

/* Where a controller is not connected to the processor, the first is taken that it is connected to. */
static u32 reached(const struct controller *c, u32 cpu)
{
	if (*ELEM(c->context, cpu) != CONTEXT_NONE)
		return cpu;
	for (u32 i = 0; i < cpu_count(); i++)
		if (*ELEM(c->context, i) != CONTEXT_NONE)
			return i;
	return CPUS_MAX;
}

bool hal_irq_enable(u32 line, u32 cpu)
{
	const struct controller *c = lines_controller(line);
	u32 to = c != nullptr && cpu < cpu_count() ? reached(c, cpu) : (u32)CPUS_MAX;

	if (to == CPUS_MAX || !functions_of(c)->route(c, line - c->first, to))
		return false;
	hal_irq_unmask(line);
	return true;
}

/* WHY none: with AIA, too, messages of the controller for wires are all that is set up. */
bool hal_irq_message(u32 line, u64 *address, u32 *data)
{
	(void)line;
	(void)address;
	(void)data;
	return false;
}

/* WHY not: what stands before a PLIC knows its line, and an APLIC was told once that all are levels. */
bool hal_irq_edge(u32 line)
{
	(void)line;
	return false;
}
