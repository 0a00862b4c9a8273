/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: finding out about the machine, from the device tree. See platform.h.
 * SPEC: Linux, Documentation/devicetree/bindings: riscv/cpus.yaml, interrupt-controller/riscv,cpu-intc.yaml
 */
#include "kernel/arch/riscv64/platform.h"
#include "kernel/arch/common/tree/start.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/riscv64/cpu.h"
#include "kernel/arch/riscv64/lines.h"
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

static void find_cpus(const struct fdt *fdt, const struct boot_info *info)
{
	struct riscv64_platform *p = &riscv64_platform;
	struct fdt_node node = {};
	u64 hart = 0;

	while (tree_next_cpu(fdt, &node, &hart)) {
		u32 id = hart == p->hart[0] ? 0 : start_cpu_count;

		if (id == CPUS_MAX)
			continue;
		*ELEM(p->hart, id) = hart;
		*ELEM(p->node, id) = tree_cpu_node(fdt, info, &node);
		*ELEM(p->phandle, id) = controller_in(fdt, &node);
		if (id != 0)
			start_cpu_count++;
	}
}

static u32 context_of(const struct fdt *fdt, const struct fdt_controller *found, u32 phandle)
{
	u32 pair = fdt_pair_of(found, phandle);

	static_assert(FDT_PAIR_NONE == CONTEXT_NONE);
	return found->kind == FDT_APLIC_MESSAGES && pair != FDT_PAIR_NONE ? fdt_message_index(fdt, found, pair) : pair;
}

static void note_controller(const struct fdt *fdt, const struct fdt_controller *found, struct controller *c)
{
	*c = (struct controller){ .kind = found->kind, .first = found->first, .line_count = found->lines,
		.messages = found->kind == FDT_APLIC_MESSAGES ? fdt_messages(fdt, found) : 0 };
	for (u32 i = 0; i < CPUS_MAX; i++)
		*ELEM(c->context, i) = context_of(fdt, found, *ELEM(riscv64_platform.phandle, i));
	if (!fdt_reg(fdt, &found->node, 0, &c->registers))
		c->registers = (struct fdt_range){};
}

static void find_controllers(const struct fdt *fdt)
{
	struct riscv64_platform *p = &riscv64_platform;
	struct fdt_controller found = {};

	while (p->controller_count < CONTROLLERS_MAX && fdt_next_controller(fdt, &found))
		note_controller(fdt, &found, ELEM(p->controller, p->controller_count++));
}

void platform_find(const struct boot_info *info)
{
	struct riscv64_platform *p = &riscv64_platform;
	struct fdt fdt;

	p->kernel_offset = info->kernel_phys - info->kernel_virt;
	p->hart[0] = riscv64_boot_hart;
	if (!tree_open(info, &fdt))
		return;
	find_cpus(&fdt, info);
	find_controllers(&fdt);
}

void hal_boot_platform(const struct boot_info *info)
{
	(void)info;
	lines_start();
	lines_enable_cpu();
}

u32 hal_cpu_node(u32 id) { return *ELEM(riscv64_platform.node, id); }
