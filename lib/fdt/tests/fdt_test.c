/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of lib/fdt: a small machine's tree, and spoilt ones.
 */
#include "lib/elf/tests/report.h"
#include "lib/fdt/fdt.h"
#include "lib/fdt/tests/builder.h"

static struct tree_builder b;

static struct mspan machine(void)
{
	tree_begin(&b);
	tree_node(&b, span_text(""));
	tree_cells(&b, span_text("#address-cells"), 1, 2, 0, 0, 0);
	tree_cells(&b, span_text("#size-cells"), 1, 2, 0, 0, 0);
	tree_node(&b, span_text("memory@40000000"));
	tree_text(&b, span_text("device_type"), span_text("memory"));
	tree_cells(&b, span_text("reg"), 4, 1, 0x40000000, 0, 0x8000000);
	tree_end_node(&b);
	tree_node(&b, span_text("bus@1000"));
	tree_cells(&b, span_text("#address-cells"), 1, 1, 0, 0, 0);
	tree_cells(&b, span_text("#size-cells"), 1, 1, 0, 0, 0);
	tree_property(&b, span_text("ranges"), span_empty());
	tree_node(&b, span_text("serial@9000000"));
	tree_property(&b, span_text("compatible"), span_text("arm,pl011\0arm,primecell\0"));
	tree_cells(&b, span_text("reg"), 4, 0x9000000, 0x1000, 0x9001000, 0x10);
	tree_end_node(&b);
	tree_node(&b, span_text("serial@9100000"));
	tree_property(&b, span_text("compatible"), span_text("arm,pl011\0"));
	tree_text(&b, span_text("status"), span_text("disabled"));
	tree_end_node(&b);
	tree_end_node(&b);
	tree_node(&b, span_text("far"));
	tree_cells(&b, span_text("#address-cells"), 1, 1, 0, 0, 0);
	tree_cells(&b, span_text("#size-cells"), 1, 1, 0, 0, 0);
	tree_node(&b, span_text("device@0"));
	tree_cells(&b, span_text("reg"), 2, 0, 0x1000, 0, 0);
	tree_end_node(&b);
	tree_end_node(&b);
	tree_node(&b, span_text("aliases"));
	tree_text(&b, span_text("serial0"), span_text("/bus@1000/serial@9000000"));
	tree_end_node(&b);
	tree_node(&b, span_text("chosen"));
	tree_text(&b, span_text("stdout-path"), span_text("serial0:115200n8"));
	tree_end_node(&b);
	tree_end_node(&b);
	return tree_finish(&b);
}

static void the_tree_is_walked(struct report *r)
{
	struct fdt fdt;
	struct fdt_node node = {};
	u32 nodes = 0, deepest = 0;

	report_case(r, span_text("a right tree is taken"), fdt_open(span_of(machine()), &fdt));
	while (fdt_next(&fdt, &node)) {
		nodes++;
		deepest = (u32)max_u64(deepest, node.depth);
	}
	report_case(r, span_text("every node is met once, parents first"), nodes == 9 && deepest == 2);
}

static void nodes_are_found(struct report *r)
{
	struct fdt fdt;
	struct fdt_node node = {};
	struct fdt_range range;

	report_case(r, span_text("the tree opens again"), fdt_open(span_of(machine()), &fdt));
	report_case(r, span_text("a node is found by what it is compatible with"),
		    fdt_next_compatible(&fdt, span_text("arm,primecell"), &node) &&
			    span_equal(fdt_name(&fdt, &node), span_text("serial@9000000")));
	report_case(r, span_text("its second registers are read with its bus' sizes"),
		    fdt_reg(&fdt, &node, 1, &range) && range.base == 0x9001000 && range.bytes == 0x10);
	report_case(r, span_text("there is no third range"), !fdt_reg(&fdt, &node, 2, &range));
	report_case(r, span_text("a disabled node is not found"), !fdt_next_compatible(&fdt, span_text("arm,pl011"), &node));
	report_case(r, span_text("a path is followed without unit addresses"), fdt_at_path(&fdt, span_text("/bus/serial"), &node));
	report_case(r, span_text("a path that does not exist is not followed"),
		    !fdt_at_path(&fdt, span_text("/memory/serial@9000000"), &node));
	report_case(r, span_text("the console is found by its alias"),
		    fdt_console(&fdt, &node) && span_equal(fdt_name(&fdt, &node), span_text("serial@9000000")));
	report_case(r, span_text("addresses of 64 bits are read"), fdt_at_path(&fdt, span_text("/memory"), &node) &&
		    fdt_reg(&fdt, &node, 0, &range) && range.base == 0x140000000 && range.bytes == 0x8000000);
	report_case(r, span_text("addresses behind a bus that translates are not given out"),
		    fdt_at_path(&fdt, span_text("/far/device"), &node) && !fdt_reg(&fdt, &node, 0, &range));
}

static bool opens_with(usize at, u32 value)
{
	struct mspan tree = machine();
	struct fdt fdt;

	tree_put32(tree, at, value);
	return fdt_open(span_of(tree), &fdt);
}

static void spoilt_headers_are_refused(struct report *r)
{
	struct fdt fdt;

	report_case(r, span_text("a wrong magic number"), !opens_with(0, 0xd00dfeee));
	report_case(r, span_text("a length beyond the bytes"), !opens_with(4, TREE_BYTES + 1));
	report_case(r, span_text("a length that cannot be"), !opens_with(4, 0xffffffff));
	report_case(r, span_text("a structure block outside"), !opens_with(8, TREE_BYTES));
	report_case(r, span_text("a structure block that is not aligned"), !opens_with(8, TREE_STRUCTURE_AT + 1));
	report_case(r, span_text("a strings block outside"), !opens_with(32, TREE_BYTES));
	report_case(r, span_text("an old version"), !opens_with(20, 16));
	report_case(r, span_text("a version that is not compatible"), !opens_with(24, 18));
	report_case(r, span_text("less than a header"), !fdt_open(span_first(span_of(machine()), 39), &fdt));
}

/* Cells that say more than an address can have, and nodes deeper than a walk goes. */
static void spoilt_nodes_end_the_walk(struct report *r)
{
	struct fdt fdt;
	struct fdt_node node = {};
	struct fdt_range range;
	u32 nodes = 0;

	tree_begin(&b);
	tree_node(&b, span_text(""));
	tree_cells(&b, span_text("#address-cells"), 1, 77, 0, 0, 0);
	tree_node(&b, span_text("child"));
	tree_cells(&b, span_text("reg"), 4, 1, 2, 3, 4);
	tree_end_node(&b);
	tree_end_node(&b);
	report_case(r, span_text("a tree with wild cells opens"), fdt_open(span_of(tree_finish(&b)), &fdt));
	report_case(r, span_text("its registers are not read"),
		    fdt_at_path(&fdt, span_text("/child"), &node) && !fdt_reg(&fdt, &node, 0, &range));
	tree_begin(&b);
	for (u32 i = 0; i < 2 * FDT_DEPTH_MAX; i++)
		tree_node(&b, span_text("n"));
	node = (struct fdt_node){};
	report_case(r, span_text("a deep tree opens"), fdt_open(span_of(tree_finish(&b)), &fdt));
	while (fdt_next(&fdt, &node))
		nodes++;
	report_case(r, span_text("a walk ends at the greatest depth"), nodes == FDT_DEPTH_MAX + 1);
}

int main(void)
{
	struct report report = {};

	the_tree_is_walked(&report);
	nodes_are_found(&report);
	spoilt_headers_are_refused(&report);
	spoilt_nodes_end_the_walk(&report);
	return report_end(&report);
}
