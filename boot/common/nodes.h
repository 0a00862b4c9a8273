/* SPDX-License-Identifier: Apache-2.0
 *
 * Which memory belongs to which NUMA node, as the firmware's affinity table or the device tree says. Both are
 * hostile: what contradicts itself is refused as a whole, and then there is one node.
 *
 * INV: NODE-RANGES  ranges are of whole pages, not empty, and those of different nodes do not
 *                   overlap; nodes are numbered from 0 without gaps, in the order of their domains
 */
#ifndef BOOT_COMMON_NODES_H
#define BOOT_COMMON_NODES_H

#include "boot/common/memory_map.h"
#include "lib/base/text.h"
#include "lib/fdt/fdt.h"

enum : u32 { NODE_RANGES_MAX = 64 };

enum nodes_problem : u32 {
	NODES_OK,
	NODES_DAMAGED,
	NODES_WRAP,
	NODES_OVERLAP,
	NODES_TOO_MANY_RANGES,
	NODES_TOO_MANY,
	NODES_NO_ROOM,      /* nodes_apply's */
	NODES_NO_TABLE,     /* of whoever looks for the table: it, or one on the way to it, is damaged */
	NODES_PROBLEMS,
};

struct node_range {
	u64 base, end;
	u32 domain, node;
};

struct node_map {
	u32 count; /* 0: one node */
	struct node_range range[NODE_RANGES_MAX];
};

/* Reads a valid affinity table. Only ranges that hold allocatable memory of the boot info's regions
 * count: others are for memory that may be plugged in one day. With a problem the map is empty. */
[[nodiscard]] enum nodes_problem nodes_read(struct span table, const struct boot_info *info, struct node_map *nodes);

/* The same from the memory that a device tree describes, as far as it says what is near. */
[[nodiscard]] enum nodes_problem nodes_read_tree(const struct fdt *fdt, const struct boot_info *info, struct node_map *nodes);

/* Gives the memory its nodes. False, and nothing was done, if the list of memory has no room for it. */
[[nodiscard]] bool nodes_apply(const struct node_map *nodes, struct memory_map *memory);

/* A sentence: that there is one node, because the source has this problem. */
void nodes_explain(struct text *out, struct span source, enum nodes_problem problem);

#endif
