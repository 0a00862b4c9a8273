/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the advanced interrupt controller for lines, which interrupts processors itself or sends them messages
 * (imsic.h); a line's message has the kernel's number of the line. Firmware has given the lines and the way of messages to
 * this domain.
 * SPEC: RISC-V AIA 1.0, 4.5 "Memory-mapped control region for an interrupt domain", 4.8.1, 4.9 "Interrupt delivery"
 */
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/riscv64/imsic.h"
#include "kernel/arch/riscv64/lines.h"

enum : u64 {
	DOMAIN = 0, SOURCE = 0, SET_WAITING = 0x1cdc, INPUT = 0x1d00, SET_ENABLED = 0x1edc, CLEAR_ENABLED = 0x1fdc,
	TARGET = 0x3000, LINE_STEP = 4,
	CONTEXT = 0x4000, CONTEXT_STEP = 32, DELIVERY = 0, THRESHOLD = 8, CLAIM = 0x1c,
};
enum : u32 {
	TARGETS_MAX = 0x3fff, DOMAIN_ON = 1u << 8, DOMAIN_MESSAGES = 1u << 2, SOURCE_HIGH = 6, TARGET_SHIFT = 18, PRIORITY = 1,
	CLAIM_SHIFT = 16,
};

static void aplic_mask(const struct controller *c, u32 line) { mmio_write32(c->base + CLEAR_ENABLED, line); }
static void aplic_unmask(const struct controller *c, u32 line) { mmio_write32(c->base + SET_ENABLED, line); }

static bool start(const struct controller *c, u32 how)
{
	if (c->registers.bytes < CONTEXT)
		return false;
	mmio_write32(c->base + DOMAIN, how);
	for (u32 line = 1; line <= c->line_count; line++) {
		aplic_mask(c, line);
		mmio_write32(c->base + SOURCE + LINE_STEP * line, SOURCE_HIGH);
	}
	mmio_write32(c->base + DOMAIN, how | DOMAIN_ON);
	return true;
}

static void set_target(const struct controller *c, u32 line, u32 context, u32 what)
{
	mmio_write32(c->base + TARGET + LINE_STEP * line, context << TARGET_SHIFT | what);
}

/* ---- by wire ---- */

static bool aplic_has_context(const struct controller *c, u32 context)
{
	return CONTEXT + CONTEXT_STEP * (context + 1ull) <= c->registers.bytes;
}

static bool aplic_start(const struct controller *c) { return start(c, 0); }

static u64 registers_of(const struct controller *c, u32 context) { return c->base + CONTEXT + CONTEXT_STEP * context; }

static void aplic_enable_cpu(const struct controller *c, u32 context)
{
	mmio_write32(registers_of(c, context) + THRESHOLD, 0);
	mmio_write32(registers_of(c, context) + DELIVERY, 1);
}

static u32 aplic_take(const struct controller *c, u32 context)
{
	u32 line = mmio_read32(registers_of(c, context) + CLAIM) >> CLAIM_SHIFT;

	if (line == LINE_NONE || line > c->line_count)
		return LINE_NONE;
	aplic_mask(c, line);
	return c->first + line;
}

static bool aplic_route(const struct controller *c, u32 line, u32 cpu)
{
	set_target(c, line, *ELEM(c->context, cpu), PRIORITY);
	return true;
}

const struct lines aplic_lines = {
	.start = aplic_start, .has_context = aplic_has_context, .enable_cpu = aplic_enable_cpu, .take = aplic_take,
	.mask = aplic_mask, .unmask = aplic_unmask, .route = aplic_route,
};

/* ---- by message ---- */

static bool message_has_context(const struct controller *c, u32 context)
{
	(void)c;
	return context <= TARGETS_MAX;
}

static bool message_start(const struct controller *c) { return start(c, DOMAIN_MESSAGES); }

static bool is_up(const struct controller *c, u32 line)
{
	return (mmio_read32(c->base + INPUT + line / 32 * 4) >> line % 32 & 1) != 0;
}

/* WHY more than that: by messages, a line is sent when it rises. One that has stayed up is sent once more here (4.9.2
 * "Special consideration for level-sensitive interrupt sources"). WHY the look: QEMU 7.2 would send one that is down
 * too. */
static void message_unmask(const struct controller *c, u32 line)
{
	aplic_unmask(c, line);
	if (is_up(c, line))
		mmio_write32(c->base + SET_WAITING, line);
}

static void message_enable_cpu(const struct controller *c, u32 context)
{
	(void)context;
	imsic_enable_cpu(c->messages);
}

/* It may come from another controller that sends messages. */
static u32 message_take(const struct controller *c, u32 context)
{
	u32 line = imsic_take();
	const struct controller *from = lines_controller(line);

	(void)c;
	(void)context;
	if (from == nullptr)
		return LINE_NONE;
	aplic_mask(from, line - from->first);
	return line;
}

static bool message_route(const struct controller *c, u32 line, u32 cpu)
{
	if (c->first + line > c->messages)
		return false;
	set_target(c, line, *ELEM(c->context, cpu), c->first + line);
	return true;
}

const struct lines message_lines = {
	.start = message_start, .has_context = message_has_context, .enable_cpu = message_enable_cpu, .take = message_take,
	.mask = aplic_mask, .unmask = message_unmask, .route = message_route,
};
