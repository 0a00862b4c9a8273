/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: finding out about the machine, from the device tree. See platform.h.
 * SPEC: Linux, Documentation/devicetree/bindings: riscv/cpus.yaml, interrupt-controller/riscv,cpu-intc.yaml,
 * interrupt-controller/sifive,plic-1.0.0.yaml
 */
#include "kernel/arch/riscv64/platform.h"
#include "kernel/arch/common/tree/start.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/cpu.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/arch/riscv64/trap.h"
#include "kernel/hal/boot.h"

struct riscv64_platform riscv64_platform;

u64 platform_counter_hz(const struct boot_info *info)
{
	struct fdt fdt;
	struct fdt_node node;

	return tree_open(info, &fdt) && fdt_at_path(&fdt, span_text("/cpus"), &node) ?
		fdt_u32(&fdt, &node, span_text("timebase-frequency"), 0) : 0;
}

/* The handle of the interrupt controller inside the processor's node. */
static u32 controller_in(const struct fdt *fdt, const struct fdt_node *cpu)
{
	struct fdt_node node = *cpu;

	while (fdt_next(fdt, &node) && node.depth > cpu->depth)
		if (fdt_is(fdt, &node, span_text("riscv,cpu-intc")))
			return fdt_u32(fdt, &node, span_text("phandle"), 0);
	return 0;
}

static void find_cpus(const struct fdt *fdt)
{
	struct riscv64_platform *p = &riscv64_platform;
	struct fdt_node node = {};
	u64 hart = 0;

	while (tree_next_cpu(fdt, &node, &hart)) {
		u32 id = hart == p->hart[0] ? 0 : start_cpu_count;

		if (id == CPUS_MAX)
			continue;
		*ELEM(p->hart, id) = hart;
		*ELEM(p->phandle, id) = controller_in(fdt, &node);
		if (id != 0)
			start_cpu_count++;
	}
}

static void note_context(u32 phandle, u32 context)
{
	for (u32 i = 0; i < start_cpu_count; i++)
		if (phandle != 0 && riscv64_platform.phandle[i] == phandle)
			riscv64_platform.context[i] = context;
}

bool platform_contexts(struct span pairs)
{
	u32 phandle = 0, interrupt = 0;
	bool found = false;

	for (u32 i = 0; fdt_cell(pairs, 2 * i, &phandle) && fdt_cell(pairs, 2 * i + 1, &interrupt); i++)
		if (interrupt == INTERRUPT_EXTERNAL) {
			note_context(phandle, i);
			found = true;
		}
	return found;
}

static void find_plic(const struct fdt *fdt)
{
	struct riscv64_platform *p = &riscv64_platform;
	struct fdt_node node = {};
	struct span pairs;

	if (!fdt_next_compatible(fdt, span_text("sifive,plic-1.0.0"), &node)) {
		node = (struct fdt_node){};
		if (!fdt_next_compatible(fdt, span_text("riscv,plic0"), &node))
			return;
	}
	if (!fdt_reg(fdt, &node, 0, &p->controller) || !fdt_property(fdt, &node, span_text("interrupts-extended"), &pairs) ||
	    !platform_contexts(pairs))
		return;
	p->lines = fdt_u32(fdt, &node, span_text("riscv,ndev"), 0);
	p->controller_kind = CONTROLLER_PLIC;
}

void platform_find(const struct boot_info *info)
{
	struct riscv64_platform *p = &riscv64_platform;
	struct fdt fdt;

	p->kernel_offset = info->kernel_phys - info->kernel_virt;
	p->hart[0] = riscv64_boot_hart;
	for (u32 i = 0; i < CPUS_MAX; i++)
		p->context[i] = CONTEXT_NONE;
	if (!tree_open(info, &fdt))
		return;
	find_cpus(&fdt);
	find_plic(&fdt);
	if (p->controller_kind == CONTROLLER_NONE)
		platform_find_aia(&fdt);
}

void hal_boot_platform(const struct boot_info *info)
{
	(void)info;
	lines_start();
	lines_enable_cpu();
}

/* WHY always 0: loaders do not read the nodes of a device tree. */
u32 hal_cpu_node(u32 id)
{
	(void)id;
	return 0;
}
