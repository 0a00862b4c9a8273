/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the platform-level interrupt controller, the oldest kind. SPEC: RISC-V PLIC 1.0.0
 *
 * A line is masked by its priority, which is a register of its own: 0 never interrupts. What is routed where are bits
 * of a word for each processor, and what ends an interrupt is ignored where its bit is not set: so they stay set.
 */
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/core/cpu/cpu.h"

/* SPEC: RISC-V PLIC 1.0.0, chapter 3 "Memory Map" */
enum : u64 {
	PRIORITY = 0, PRIORITY_STEP = 4, ENABLE = 0x2000, ENABLE_STEP = 0x80, CONTEXT = 0x200000, CONTEXT_STEP = 0x1000,
	THRESHOLD = 0, CLAIM = 4,
};
enum : u32 { LINES_MAX = 1023, MASKED = 0, OPEN = 1 };

static u64 base;  /* virtual address */
static u32 line_count;
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

static bool context_is_there(u32 context)
{
	return CONTEXT + CONTEXT_STEP * (context + 1ull) <= riscv64_platform.controller.bytes;
}

static void plic_mask(u32 line) { mmio_write32(base + PRIORITY + PRIORITY_STEP * line, MASKED); }
static void plic_unmask(u32 line) { mmio_write32(base + PRIORITY + PRIORITY_STEP * line, OPEN); }

u32 plic_start(void)
{
	u32 lines = (u32)min_u64(riscv64_platform.lines, LINES_MAX);

	base = tree_mapped(&riscv64_platform.controller);
	if (base == 0)
		return 0;
	line_count = lines + 1;
	for (u32 line = 1; line < line_count; line++)
		plic_mask(line);
	return lines;
}

static void plic_enable_cpu(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u32 context = *ELEM(riscv64_platform.context, cpu->id);

	if (!context_is_there(context))
		return;
	cpu->line_context = base + CONTEXT + CONTEXT_STEP * context;
	cpu->line_enable = base + ENABLE + ENABLE_STEP * context;
	for (u32 line = 0; line < line_count; line += 32)
		mmio_write32(cpu->line_enable + line / 32 * 4, 0);
	mmio_write32(cpu->line_context + THRESHOLD, 0);
}

static u32 plic_take(void)
{
	u64 context = hal_this_cpu()->arch.line_context;
	u32 line = context != 0 ? mmio_read32(context + CLAIM) : (u32)LINE_NONE;

	if (line == LINE_NONE)
		return LINE_NONE;
	plic_mask(line);
	riscv64_device_fence();
	mmio_write32(context + CLAIM, line);
	return line;
}

static void route(const struct hal_cpu *cpu, u32 line, bool here)
{
	u64 at = cpu->line_enable + line / 32 * 4;
	u32 bit = 1u << line % 32;

	mmio_write32(at, here ? mmio_read32(at) | bit : mmio_read32(at) & ~bit);
}

static bool plic_route(u32 line, u32 cpu)
{
	if (cpu_at(cpu)->arch.line_context == 0)
		return false;
	lock();
	for (u32 i = 0; i < cpu_count(); i++)
		if (cpu_at(i)->arch.line_context != 0)
			route(&cpu_at(i)->arch, line, i == cpu);
	unlock();
	return true;
}

const struct lines plic_lines = {
	.enable_cpu = plic_enable_cpu, .take = plic_take, .mask = plic_mask, .unmask = plic_unmask, .route = plic_route,
};
