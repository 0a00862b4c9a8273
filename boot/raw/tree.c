/* SPDX-License-Identifier: Apache-2.0
 *
 * What the device tree tells the loader. SPEC: Devicetree Specification 0.4, chapter 3 "Device node
 * requirements" (/memory, /reserved-memory, /chosen); Linux, Documentation/devicetree/bindings/chosen.txt
 */
#include "boot/common/layout.h"
#include "boot/common/reserved.h"
#include "boot/common/seed.h"
#include "boot/machine/machine.h"
#include "boot/raw/load.h"

enum : u32 { MACHINE_WORDS = 8, CLOCK_WORDS = 16 };

static struct fdt open_tree(struct load_plan *plan)
{
	struct fdt fdt;

	plan->tree.bytes = plan->tree.address % 8 == 0 && plan->tree.address != 0 ?
		fdt_total_bytes(span_of(load_memory(plan->tree.address, FDT_HEADER_BYTES))) : 0;
	if (plan->tree.bytes == 0 || !fdt_open(span_of(load_memory(plan->tree.address, plan->tree.bytes)), &fdt))
		load_problem(span_text("whoever started it gave no device tree, or a damaged one"));
	return fdt;
}

static void find_console(const struct fdt *fdt)
{
	struct fdt_node node;
	struct fdt_range range;

	machine_serial_set(fdt_console(fdt, &node) && fdt_reg(fdt, &node, 0, &range) ? range.base : 0);
	machine_serial_start();
}

/* ---- memory ---- */

static void read_memory(struct load_plan *plan, const struct fdt *fdt)
{
	struct fdt_node node = {};
	struct fdt_range range;

	while (fdt_next_memory(fdt, &node))
		for (u32 i = 0; fdt_reg(fdt, &node, i, &range); i++)
			memory_map_set(&plan->map, range.base, range.bytes, BOOT_MEMORY_USABLE);
	reserved_apply(fdt, &plan->map);
	memory_map_set(&plan->map, 0, PAGE_BYTES, BOOT_MEMORY_RESERVED); /* an address of 0 means "none" */
}

/* ---- what was chosen for us ---- */

/* A number of one or two cells. */
static u64 number(const struct fdt *fdt, const struct fdt_node *node, struct span name)
{
	struct span value;
	u32 high = 0, low = 0;

	if (!fdt_property(fdt, node, name, &value) || !fdt_cell(value, 0, &low))
		return 0;
	if (!fdt_cell(value, 1, &high))
		return low;
	return (u64)low << 32 | high;
}

static void read_chosen(struct load_plan *plan, const struct fdt *fdt)
{
	struct fdt_node node;

	if (!fdt_at_path(fdt, span_text("/chosen"), &node))
		load_problem(span_text("the device tree has no /chosen, which tells where the bundle is (QEMU: -initrd)"));
	plan->bundle.address = number(fdt, &node, span_text("linux,initrd-start"));
	u64 end = number(fdt, &node, span_text("linux,initrd-end"));

	plan->bundle.bytes = end > plan->bundle.address ? end - plan->bundle.address : 0;
	if (command_line_set(&plan->info, fdt_text(fdt, &node, span_text("bootargs"))) != COMMAND_LINE_OK)
		load_problem(span_text("the command line (bootargs) is longer than 511 characters or not printable ASCII"));
	plan->randomize = !command_line_has(&plan->info, span_text("nokaslr"));
}

static void collect_random(struct load_plan *plan, const struct fdt *fdt)
{
	seed_absorb_tree(&plan->random, fdt);
	for (u32 i = 0; i < MACHINE_WORDS; i++) {
		u64 word = 0;

		if (machine_random(&word))
			random_absorb(&plan->random, word, true);
	}
	for (u32 i = 0; i < CLOCK_WORDS; i++)
		random_absorb(&plan->random, machine_ticks(), false);
	seed_draw(&plan->random, &plan->info);
}

void load_read_tree(struct load_plan *plan)
{
	struct fdt fdt = open_tree(plan);

	find_console(&fdt);
	read_memory(plan, &fdt);
	memory_map_set(&plan->map, plan->tree.address, plan->tree.bytes, BOOT_MEMORY_ACPI);
	memory_map_set(&plan->map, plan->self.address, plan->self.bytes, BOOT_MEMORY_LOADER);
	plan->info.dtb = plan->tree.address;
	read_chosen(plan, &fdt);
	collect_random(plan, &fdt);
}

/* ---- nodes ---- */

void load_find_nodes(struct load_plan *plan)
{
	struct fdt fdt = open_tree(plan);
	enum nodes_problem problem = nodes_read_tree(&fdt, &plan->info, &plan->nodes);

	if (problem == NODES_OK && !nodes_apply(&plan->nodes, &plan->map))
		problem = NODES_NO_ROOM;
	if (problem == NODES_OK)
		return;
	TEXT_BUFFER(text, 192);
	nodes_explain(&text, span_text("the device tree"), problem);
	load_message(text_span(&text));
}
