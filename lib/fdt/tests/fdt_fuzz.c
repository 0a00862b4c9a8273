/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as a device tree. The header is mended, since otherwise nearly every input
 * would end there; every walk ends, and all that is asked of a node is answered from inside the tree.
 */
#include "lib/base/fuzz/fuzz.h"
#include "lib/fdt/lines.h"
#include "lib/fdt/tests/builder.h"

static struct tree_builder b;

static void look_at(const struct fdt *fdt, const struct fdt_node *node)
{
	struct fdt_range range;

	INVARIANT(node->depth <= FDT_DEPTH_MAX, "FDT-DEPTH");
	(void)fdt_is(fdt, node, span_text("a"));
	(void)fdt_enabled(fdt, node);
	for (u32 i = 0; fdt_reg(fdt, node, i, &range); i++)
		INVARIANT(i <= TREE_BYTES, "FDT-REG");
}

static void look_at_controllers(const struct fdt *fdt, struct span blob)
{
	struct fdt_controller controller = {};
	u32 count = 0;

	while (fdt_next_controller(fdt, &controller)) {
		INVARIANT(controller.lines <= FDT_LINES_MAX && count++ <= span_len(blob) / 4, "FDT-LINES");
		(void)fdt_pair_of(&controller, 1);
		if (controller.kind == FDT_APLIC_MESSAGES)
			(void)fdt_message_index(fdt, &controller, 1);
	}
}

static void look_around(struct span blob)
{
	struct fdt fdt;
	struct fdt_node node = {};
	struct fdt_range range;
	u32 nodes = 0;

	if (!fdt_open(blob, &fdt))
		return;
	while (fdt_next(&fdt, &node)) {
		look_at(&fdt, &node);
		INVARIANT(nodes++ <= span_len(blob) / 4, "FDT-STEPS");
	}
	for (u32 i = 0; fdt_reservation(&fdt, i, &range); i++)
		INVARIANT(i <= span_len(blob), "FDT-RESERVATIONS");
	(void)fdt_console(&fdt, &node);
	look_at_controllers(&fdt, blob);
	(void)fdt_at_path(&fdt, span_text("/a/b"), &node);
}

void fuzz_one(struct span input)
{
	struct span body = span_first(input, TREE_STRINGS_AT - TREE_STRUCTURE_AT - 8);

	look_around(input);
	tree_begin(&b);
	span_copy(mspan_from(MSPAN_OF_ARRAY(b.bytes), b.used), body);
	b.used += span_len(body) & ~(usize)3;
	span_copy(mspan_from(MSPAN_OF_ARRAY(b.bytes), TREE_STRINGS_AT),
		  span_text("reg\0ranges\0compatible\0status\0#address-cells\0#size-cells\0stdout-path\0interrupts-extended\0"
			    "msi-parent\0phandle\0riscv,ndev\0riscv,num-sources\0riscv,hart-index-bits"));
	b.strings = TREE_STRINGS_AT + 200;
	look_around(span_of(tree_finish(&b)));
}
