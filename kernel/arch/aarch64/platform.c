/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: finding out about the machine, from the device tree or ACPI. See platform.h.
 * SPEC: Linux, Documentation/devicetree/bindings:
 * interrupt-controller/arm,gic-v3.yaml, arm,gic.yaml, timer/arm,arch_timer.yaml
 */
#include "kernel/arch/aarch64/platform.h"
#include "kernel/arch/aarch64/acpi.h"
#include "kernel/arch/aarch64/gic.h"
#include "kernel/arch/common/tree/start.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"

enum : u32 { TIMER_VIRTUAL = 2 /* third of the node's interrupts */, CELLS = 3, KIND_PRIVATE = 1, PRIVATE_FIRST = 16,
	PRIVATE_COUNT = 16, TIMER_LINE_USUAL = 27 };

struct aarch64_platform aarch64_platform;

static void find_cpus(const struct fdt *fdt, const struct boot_info *info)
{
	struct aarch64_platform *p = &aarch64_platform;
	struct fdt_node node = {};
	u64 affinity = 0;

	while (tree_next_cpu(fdt, &node, &affinity)) {
		bool boot = affinity == p->affinity[0];
		bool startable = span_equal(fdt_text(fdt, &node, span_text("enable-method")), span_text("psci"));

		if (boot)
			p->node[0] = tree_cpu_node(fdt, info, &node);
		if (boot || !startable || start_cpu_count == CPUS_MAX)
			continue;
		*ELEM(p->node, start_cpu_count) = tree_cpu_node(fdt, info, &node);
		*ELEM(p->affinity, start_cpu_count++) = affinity;
	}
}

static void find_timer(const struct fdt *fdt)
{
	struct fdt_node node = {};
	struct span value;
	u32 kind = 0, number = 0;

	aarch64_platform.timer_line = TIMER_LINE_USUAL;
	if (fdt_next_compatible(fdt, span_text("arm,armv8-timer"), &node) &&
	    fdt_property(fdt, &node, span_text("interrupts"), &value) && fdt_cell(value, TIMER_VIRTUAL * CELLS, &kind) &&
	    fdt_cell(value, TIMER_VIRTUAL * CELLS + 1, &number) && kind == KIND_PRIVATE && number < PRIVATE_COUNT)
		aarch64_platform.timer_line = PRIVATE_FIRST + number;
}

static bool find_controller(const struct fdt *fdt, struct span compatible, struct fdt_node *node)
{
	*node = (struct fdt_node){};
	return fdt_next_compatible(fdt, compatible, node);
}

static void find_gic(const struct fdt *fdt)
{
	struct aarch64_platform *p = &aarch64_platform;
	struct fdt_node node;

	p->gic_v3 = find_controller(fdt, span_text("arm,gic-v3"), &node);
	if (!p->gic_v3 && !find_controller(fdt, span_text("arm,cortex-a15-gic"), &node) &&
	    !find_controller(fdt, span_text("arm,gic-400"), &node))
		return;
	for (u32 i = 0; i < ARRAY_LEN(p->gic); i++)
		if (!fdt_reg(fdt, &node, i, ELEM(p->gic, i)))
			p->gic[i] = (struct fdt_range){};
}

static struct fdt_range as_range(struct arm_range range) { return (struct fdt_range){ range.base, range.bytes }; }

static void take_acpi(void)
{
	struct aarch64_platform *p = &aarch64_platform;

	for (u32 i = 0; i < acpi_facts.cpu_count; i++) {
		u64 affinity = *ELEM(acpi_facts.affinity, i);
		bool boot = affinity == p->affinity[0];

		if (boot)
			p->node[0] = *ELEM(acpi_facts.node, i);
		if (boot || !acpi_facts.psci || start_cpu_count == CPUS_MAX)
			continue;
		*ELEM(p->node, start_cpu_count) = *ELEM(acpi_facts.node, i);
		*ELEM(p->affinity, start_cpu_count++) = affinity;
	}
	p->timer_line = acpi_facts.timer_line != 0 ? acpi_facts.timer_line : (u32)TIMER_LINE_USUAL;
	p->gic_v3 = acpi_facts.gic_version >= 3;
	if (acpi_facts.gic_version < 2)
		return;
	p->gic[0] = as_range(acpi_facts.distributor);
	p->gic[1] = p->gic_v3 ? as_range(acpi_facts.redistributors) : (struct fdt_range){ .base = acpi_facts.interface };
}

void platform_find(const struct boot_info *info)
{
	struct aarch64_platform *p = &aarch64_platform;
	struct fdt fdt;

	p->kernel_offset = info->kernel_phys - info->kernel_virt;
	p->affinity[0] = core_boot_cpu.arch.affinity;
	if (acpi_facts.found)
		take_acpi();
	if (!tree_open(info, &fdt))
		return;
	find_cpus(&fdt, info);
	find_timer(&fdt);
	find_gic(&fdt);
}

void hal_boot_platform(const struct boot_info *info)
{
	(void)info;
	gic_find();
	gic_enable_cpu();
}

u32 hal_cpu_node(u32 id) { return *ELEM(aarch64_platform.node, id); }
