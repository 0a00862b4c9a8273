/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the platform-level interrupt controller, the oldest kind. SPEC: RISC-V PLIC 1.0.0
 *
 * A line is masked by its priority, which is a register of its own: 0 never interrupts. What is routed where are bits
 * of a word for each processor, and what ends an interrupt is ignored where its bit is not set: so they stay set.
 */
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/core/cpu/cpu.h"

/* SPEC: RISC-V PLIC 1.0.0, chapter 3 "Memory Map" */
enum : u64 {
	PRIORITY = 0, PRIORITY_STEP = 4, ENABLE = 0x2000, ENABLE_STEP = 0x80, CONTEXT = 0x200000, CONTEXT_STEP = 0x1000,
	THRESHOLD = 0, CLAIM = 4,
};
enum : u32 { MASKED = 0, OPEN = 1 };

/* Guards words of enable bits, which are read and written. Taken for a few instructions, under any lock. */
static u32 busy;

static void lock(void)
{
	while (atomic_exchange(&busy, 1u) != 0)
		hal_relax();
}

static void unlock(void)
{
	riscv64_device_fence();
	atomic_store_release(&busy, 0u);
}

static bool plic_has_context(const struct controller *c, u32 context)
{
	return CONTEXT + CONTEXT_STEP * (context + 1ull) <= c->registers.bytes;
}

static void plic_mask(const struct controller *c, u32 line) { mmio_write32(c->base + PRIORITY + PRIORITY_STEP * line, MASKED); }
static void plic_unmask(const struct controller *c, u32 line) { mmio_write32(c->base + PRIORITY + PRIORITY_STEP * line, OPEN); }

/* Where the bit of the line is that lets it interrupt there. */
static u64 enable_of(const struct controller *c, u32 context, u32 line)
{
	return c->base + ENABLE + ENABLE_STEP * context + line / 32 * 4;
}

static bool plic_start(const struct controller *c)
{
	if (c->registers.bytes < CONTEXT)
		return false;
	for (u32 line = 1; line <= c->line_count; line++)
		plic_mask(c, line);
	return true;
}

static void plic_enable_cpu(const struct controller *c, u32 context)
{
	for (u32 line = 0; line <= c->line_count; line += 32)
		mmio_write32(enable_of(c, context, line), 0);
	mmio_write32(c->base + CONTEXT + CONTEXT_STEP * context + THRESHOLD, 0);
}

static u32 plic_take(const struct controller *c, u32 context)
{
	u64 claim = c->base + CONTEXT + CONTEXT_STEP * context + CLAIM;
	u32 line = mmio_read32(claim);

	if (line == LINE_NONE || line > c->line_count)
		return LINE_NONE;
	plic_mask(c, line);
	riscv64_device_fence();
	mmio_write32(claim, line);
	return c->first + line;
}

static void route(u64 at, u32 line, bool here)
{
	u32 bit = 1u << line % 32;

	mmio_write32(at, here ? mmio_read32(at) | bit : mmio_read32(at) & ~bit);
}

static bool plic_route(const struct controller *c, u32 line, u32 cpu)
{
	lock();
	for (u32 i = 0; i < cpu_count(); i++)
		if (*ELEM(c->context, i) != CONTEXT_NONE)
			route(enable_of(c, *ELEM(c->context, i), line), line, i == cpu);
	unlock();
	return true;
}

const struct lines plic_lines = {
	.start = plic_start, .has_context = plic_has_context, .enable_cpu = plic_enable_cpu, .take = plic_take, .mask = plic_mask,
	.unmask = plic_unmask, .route = plic_route,
};
