/* SPDX-License-Identifier: Apache-2.0
 *
 * The device tree in memory. See tree.h. SPEC: Devicetree Specification 0.4, 3.8 "/cpus"
 */
#include "kernel/arch/common/tree/tree.h"
#include "kernel/arch/common/ram.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"

enum : u64 { DEVICES_END = 4ull << 30 };

bool tree_open(const struct boot_info *info, struct fdt *out)
{
	u64 bytes;

	if (info->dtb == 0 || info->region_count > BOOT_REGIONS_MAX || !ram_has(info, info->dtb, FDT_HEADER_BYTES))
		return false;
	bytes = fdt_total_bytes(boot_bytes((paddr_t){ info->dtb }, FDT_HEADER_BYTES));
	return bytes != 0 && ram_has(info, info->dtb, bytes) && fdt_open(boot_bytes((paddr_t){ info->dtb }, bytes), out);
}

/* One or two cells. */
static bool number_of(const struct fdt *fdt, const struct fdt_node *node, u64 *number)
{
	struct span reg;
	u32 first = 0, second = 0;

	if (!fdt_property(fdt, node, span_text("reg"), &reg) || !fdt_cell(reg, 0, &first))
		return false;
	*number = fdt_cell(reg, 1, &second) ? (u64)first << 32 | second : first;
	return true;
}

bool tree_next_cpu(const struct fdt *fdt, struct fdt_node *node, u64 *number)
{
	while (fdt_next(fdt, node))
		if (span_equal(fdt_text(fdt, node, span_text("device_type")), span_text("cpu")) && fdt_enabled(fdt, node) &&
		    number_of(fdt, node, number))
			return true;
	return false;
}

/* The node of the first usable memory that a node of the tree describes. */
static bool node_of_memory(const struct fdt *fdt, const struct boot_info *info, const struct fdt_node *memory, u32 *node)
{
	struct fdt_range range;
	u64 end = 0;

	for (u32 i = 0; fdt_reg(fdt, memory, i, &range); i++)
		if (!ckd_add(&end, range.base, range.bytes) && boot_node_in(info, range.base, end, node))
			return true;
	return false;
}

u32 tree_cpu_node(const struct fdt *fdt, const struct boot_info *info, const struct fdt_node *cpu)
{
	struct fdt_node memory = {};
	u32 near = 0, domain = 0, node = 0;

	if (!fdt_domain(fdt, cpu, &near))
		return 0;
	while (fdt_next_memory(fdt, &memory))
		if (fdt_domain(fdt, &memory, &domain) && domain == near && node_of_memory(fdt, info, &memory, &node))
			return node;
	return 0;
}

u64 tree_mapped(const struct fdt_range *range)
{
	return range->base != 0 && range->base < DEVICES_END ? hal_direct((paddr_t){ range->base }).v : 0;
}

u64 tree_console(const struct boot_info *info, struct span compatible)
{
	struct fdt fdt;
	struct fdt_node node;
	struct fdt_range range;

	if (!tree_open(info, &fdt) || !fdt_console(&fdt, &node) || !fdt_is(&fdt, &node, compatible) ||
	    !fdt_reg(&fdt, &node, 0, &range))
		return 0;
	return tree_mapped(&range);
}
