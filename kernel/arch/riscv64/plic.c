/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the interrupt controller. See plic.h. Implements the lines of kernel/hal/irq.h.
 *
 * A line is masked by its priority, which is a register of its own: 0 never interrupts. What is routed where are bits
 * of a word for each processor, and what ends an interrupt is ignored where its bit is not set: so they stay set.
 */
#include "kernel/arch/riscv64/plic.h"
#include "kernel/arch/common/mmio.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/irq.h"

/* SPEC: RISC-V PLIC 1.0.0, chapter 3 "Memory Map" */
enum : u64 {
	PRIORITY = 0, PRIORITY_STEP = 4, ENABLE = 0x2000, ENABLE_STEP = 0x80, CONTEXT = 0x200000, CONTEXT_STEP = 0x1000,
	THRESHOLD = 0, CLAIM = 4,
};
enum : u32 { LINES_MAX = 1023, MASKED = 0, OPEN = 1 };

static u64 base;  /* virtual address; 0: there is none */
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
	return context != CONTEXT_NONE && CONTEXT + CONTEXT_STEP * (context + 1ull) <= riscv64_platform.plic.bytes;
}

static void find_context(struct hal_cpu *cpu)
{
	u32 context = *ELEM(riscv64_platform.context, cpu->id);

	if (base == 0 || !context_is_there(context))
		return;
	cpu->plic_context = base + CONTEXT + CONTEXT_STEP * context;
	cpu->plic_enable = base + ENABLE + ENABLE_STEP * context;
}

void plic_find(void)
{
	base = tree_mapped(&riscv64_platform.plic);
	if (base == 0)
		return;
	line_count = (u32)min_u64(riscv64_platform.plic_lines, LINES_MAX) + 1;
	for (u32 line = 1; line < line_count; line++)
		mmio_write32(base + PRIORITY + PRIORITY_STEP * line, MASKED);
}

void plic_enable_cpu(void)
{
	struct hal_cpu *cpu = &hal_this_cpu()->arch;

	find_context(cpu);
	if (cpu->plic_context == 0)
		return;
	for (u32 line = 0; line < line_count; line += 32)
		mmio_write32(cpu->plic_enable + line / 32 * 4, 0);
	mmio_write32(cpu->plic_context + THRESHOLD, 0);
}

u32 plic_take(void)
{
	const struct hal_cpu *cpu = &hal_this_cpu()->arch;
	u32 line = cpu->plic_context != 0 ? mmio_read32(cpu->plic_context + CLAIM) : PLIC_NONE;

	/* What a device wrote before its interrupt is seen behind it. */
	riscv64_device_fence();
	return line;
}

void plic_end(u32 line) { mmio_write32(hal_this_cpu()->arch.plic_context + CLAIM, line); }

/* ---- the devices' lines ---- */

u32 hal_irq_count(void) { return line_count; }

static bool is_line(u32 line) { return line != PLIC_NONE && line < line_count; }

void hal_irq_mask(u32 line)
{
	if (!is_line(line))
		return;
	mmio_write32(base + PRIORITY + PRIORITY_STEP * line, MASKED);
	riscv64_device_fence();
}

void hal_irq_unmask(u32 line)
{
	if (!is_line(line))
		return;
	riscv64_device_fence();
	mmio_write32(base + PRIORITY + PRIORITY_STEP * line, OPEN);
}

static void route(const struct hal_cpu *cpu, u32 line, bool here)
{
	u64 at = cpu->plic_enable + line / 32 * 4;
	u32 bit = 1u << line % 32;

	mmio_write32(at, here ? mmio_read32(at) | bit : mmio_read32(at) & ~bit);
}

bool hal_irq_enable(u32 line, u32 cpu)
{
	if (!is_line(line) || cpu >= cpu_count() || cpu_at(cpu)->arch.plic_context == 0)
		return false;
	lock();
	for (u32 i = 0; i < cpu_count(); i++)
		if (cpu_at(i)->arch.plic_context != 0)
			route(&cpu_at(i)->arch, line, i == cpu);
	unlock();
	hal_irq_unmask(line);
	return true;
}
