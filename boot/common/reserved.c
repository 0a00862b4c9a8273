/* SPDX-License-Identifier: Apache-2.0
 *
 * Reservations. SPEC: Devicetree Specification 0.4, 3.5 "/reserved-memory Node", 5.3 "Memory Reservation Block"
 */
#include "boot/common/reserved.h"

static void set_all(const struct fdt *fdt, const struct fdt_node *node, struct memory_map *map)
{
	struct fdt_range range;

	for (u32 i = 0; fdt_reg(fdt, node, i, &range); i++)
		memory_map_set(map, range.base, range.bytes, BOOT_MEMORY_RESERVED);
}

void reserved_apply(const struct fdt *fdt, struct memory_map *map)
{
	struct fdt_node node = {};
	struct fdt_range range;
	u32 depth = 0; /* of the parent of reservations while the walk is below it */

	while (fdt_next(fdt, &node)) {
		if (node.depth <= depth)
			depth = 0;
		if (depth != 0)
			set_all(fdt, &node, map);
		else if (node.depth == 1 && span_equal(fdt_name(fdt, &node), span_text("reserved-memory")))
			depth = node.depth;
	}
	for (u32 i = 0; fdt_reservation(fdt, i, &range); i++)
		memory_map_set(map, range.base, range.bytes, BOOT_MEMORY_RESERVED);
}
