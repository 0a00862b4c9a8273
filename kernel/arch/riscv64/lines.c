/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the lines of devices. See lines.h. Implements the lines of kernel/hal/irq.h.
 */
#include "kernel/arch/riscv64/lines.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/irq.h"

static const struct lines *controller;  /* null: there is none */
static u32 line_count;

static bool is_line(u32 line) { return line != LINE_NONE && line < line_count; }

void lines_start(void)
{
	bool old = riscv64_platform.controller_kind == CONTROLLER_PLIC;
	u32 lines = old ? plic_start() : aplic_start();

	if (lines == 0)
		return;
	controller = old ? &plic_lines : &aplic_lines;
	line_count = lines + 1;
}

void lines_enable_cpu(void)
{
	if (controller != nullptr && *ELEM(riscv64_platform.context, hal_this_cpu()->arch.id) != CONTEXT_NONE)
		controller->enable_cpu();
}

u32 lines_take(void)
{
	u32 line = controller != nullptr ? controller->take() : LINE_NONE;

	/* What a device wrote before its interrupt is seen behind it. */
	riscv64_device_fence();
	return is_line(line) ? line : LINE_NONE;
}

u32 hal_irq_count(void) { return line_count; }

void hal_irq_mask(u32 line)
{
	if (!is_line(line))
		return;
	controller->mask(line);
	riscv64_device_fence();
}

void hal_irq_unmask(u32 line)
{
	if (!is_line(line))
		return;
	riscv64_device_fence();
	controller->unmask(line);
}

bool hal_irq_enable(u32 line, u32 cpu)
{
	if (!is_line(line) || cpu >= cpu_count() || *ELEM(riscv64_platform.context, cpu) == CONTEXT_NONE ||
	    !controller->route(line, cpu))
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
