/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as the firmware's affinity table or as a device tree, over a memory map that the
 * first of them make. Nodes have no gaps; the map stays in order, and no memory is lost or changes its kind.
 */
#include "boot/common/nodes.h"
#include "lib/base/fuzz/fuzz.h"

enum : u64 { MAP_BYTES = 24, PIECES = 8 };

static struct memory_map map;
static struct boot_info info;
static struct node_map nodes;

/* Three bytes a piece: where, how much, what. */
static void make_map(struct span input)
{
	map = (struct memory_map){};
	for (u64 i = 0; i < PIECES; i++)
		memory_map_set(&map, (u64)span_u8(input, i * 3) << 20, (u64)span_u8(input, i * 3 + 1) << 18,
			(enum boot_memory)(span_u8(input, i * 3 + 2) % BOOT_MEMORY_KINDS));
	(void)memory_map_write(&map, &info);
}

static u64 bytes_of_kind(u32 kind)
{
	u64 bytes = 0;
	for (u32 i = 0; i < map.count; i++)
		bytes += map.range[i].kind == kind ? map.range[i].bytes : 0;
	return bytes;
}

static void check_nodes(void)
{
	u32 highest = 0, seen = 0;
	for (u32 i = 0; i < nodes.count; i++) {
		const struct node_range *range = ELEM(nodes.range, i);
		INVARIANT(range->base < range->end && page_aligned(range->base | range->end), "NODE-RANGES");
		INVARIANT(range->node < BOOT_NODES_MAX, "NODE-RANGES: a number too high");
		highest = range->node > highest ? range->node : highest;
		seen |= 1u << range->node;
	}
	INVARIANT(nodes.count == 0 || seen == (2u << highest) - 1, "NODE-RANGES: a gap in the numbers");
}

static void check_map(void)
{
	u64 end = 0;
	for (u32 i = 0; i < map.count; i++) {
		const struct boot_region *range = ELEM(map.range, i);
		INVARIANT(range->base >= end && range->bytes != 0 && page_aligned(range->base | range->bytes), "MAP-ORDER");
		end = range->base + range->bytes;
		for (u32 j = 0; j < nodes.count; j++) {
			const struct node_range *node = ELEM(nodes.range, j);
			bool touched = node->base < end && range->base < node->end;
			INVARIANT(!boot_region_allocatable(range) || !touched || range->node == node->node, "MAP-NODE");
		}
	}
}

static enum nodes_problem read(struct span bytes)
{
	struct fdt fdt;
	return fdt_open(bytes, &fdt) ? nodes_read_tree(&fdt, &info, &nodes) : nodes_read(bytes, &info, &nodes);
}

void fuzz_one(struct span input)
{
	u64 before[BOOT_MEMORY_KINDS] = {};
	if (span_len(input) < MAP_BYTES)
		return;
	make_map(input);
	for (u32 kind = 0; kind < BOOT_MEMORY_KINDS; kind++)
		before[kind] = bytes_of_kind(kind);
	enum nodes_problem problem = read(span_from(input, MAP_BYTES));
	INVARIANT(problem < NODES_PROBLEMS && (problem == NODES_OK || nodes.count == 0), "NODE-PROBLEM");
	check_nodes();
	INVARIANT(nodes_apply(&nodes, &map) && !map.full, "MAP-ROOM");
	check_map();
	for (u32 kind = 0; kind < BOOT_MEMORY_KINDS; kind++)
		INVARIANT(before[kind] == bytes_of_kind(kind), "MAP-LOSS");
}
