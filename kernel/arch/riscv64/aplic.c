/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the advanced interrupt controller for lines, which interrupts processors itself or sends them messages
 * (imsic.h); a line's message has the line's number. Firmware has given the lines and the way of messages to this domain.
 * SPEC: RISC-V AIA 1.0, 4.5 "Memory-mapped control region for an interrupt domain", 4.8.1, 4.9 "Interrupt delivery"
 */
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/imsic.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/core/cpu/cpu.h"

enum : u64 {
	DOMAIN = 0, SOURCE = 0, SET_WAITING = 0x1cdc, INPUT = 0x1d00, SET_ENABLED = 0x1edc, CLEAR_ENABLED = 0x1fdc,
	TARGET = 0x3000, LINE_STEP = 4,
	CONTEXT = 0x4000, CONTEXT_STEP = 32, DELIVERY = 0, THRESHOLD = 8, CLAIM = 0x1c,
};
enum : u32 {
	LINES_MAX = 1023, DOMAIN_ON = 1u << 8, DOMAIN_MESSAGES = 1u << 2, SOURCE_HIGH = 6, TARGET_SHIFT = 18, PRIORITY = 1,
	CLAIM_SHIFT = 16,
};

static u64 base;  /* virtual address */

static bool by_messages(void) { return riscv64_platform.controller_kind == CONTROLLER_APLIC_MESSAGES; }

static void aplic_mask(u32 line) { mmio_write32(base + CLEAR_ENABLED, line); }

static bool is_up(u32 line) { return (mmio_read32(base + INPUT + line / 32 * 4) >> line % 32 & 1) != 0; }

/* WHY more than that: by messages, a line is sent when it rises. One that has stayed up is sent once more here (4.9.2
 * "Special consideration for level-sensitive interrupt sources"). WHY the look: QEMU 7.2 would send one that is down
 * too. */
static void aplic_unmask(u32 line)
{
	mmio_write32(base + SET_ENABLED, line);
	if (by_messages() && is_up(line))
		mmio_write32(base + SET_WAITING, line);
}

u32 aplic_start(void)
{
	const struct riscv64_platform *p = &riscv64_platform;
	u32 lines = (u32)min_u64(p->lines, LINES_MAX), messages = by_messages() ? (u32)DOMAIN_MESSAGES : 0;

	base = tree_mapped(&p->controller);
	if (base == 0 || p->controller.bytes < CONTEXT)
		return 0;
	mmio_write32(base + DOMAIN, messages);
	for (u32 line = 1; line <= lines; line++) {
		aplic_mask(line);
		mmio_write32(base + SOURCE + LINE_STEP * line, SOURCE_HIGH);
	}
	mmio_write32(base + DOMAIN, messages | DOMAIN_ON);
	return lines;
}

static bool context_is_there(u32 context)
{
	return CONTEXT + CONTEXT_STEP * (context + 1ull) <= riscv64_platform.controller.bytes;
}

static void aplic_enable_cpu(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u32 context = *ELEM(riscv64_platform.context, cpu->id);

	if (by_messages()) {
		imsic_enable_cpu(riscv64_platform.lines);
		return;
	}
	if (!context_is_there(context))
		return;
	cpu->line_context = base + CONTEXT + CONTEXT_STEP * context;
	mmio_write32(cpu->line_context + THRESHOLD, 0);
	mmio_write32(cpu->line_context + DELIVERY, 1);
}

static u32 aplic_take(void)
{
	const struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u32 line = LINE_NONE;

	if (by_messages())
		line = imsic_take();
	else if (cpu->line_context != 0)
		line = mmio_read32(cpu->line_context + CLAIM) >> CLAIM_SHIFT;
	if (line != LINE_NONE)
		aplic_mask(line);
	return line;
}

static bool aplic_route(u32 line, u32 cpu)
{
	u32 context = *ELEM(riscv64_platform.context, cpu);

	if (!by_messages() && !context_is_there(context))
		return false;
	mmio_write32(base + TARGET + LINE_STEP * line, context << TARGET_SHIFT | (by_messages() ? line : (u32)PRIORITY));
	return true;
}

const struct lines aplic_lines = {
	.enable_cpu = aplic_enable_cpu, .take = aplic_take, .mask = aplic_mask, .unmask = aplic_unmask, .route = aplic_route,
};
