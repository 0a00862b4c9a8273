/* SPDX-License-Identifier: Apache-2.0
 *
 * From the firmware's affinity table to nodes in the memory map.
 */
#include "boot/common/nodes.h"
#include "boot/common/tests/tests.h"
#include "lib/acpi/tests/builder.h"
#include "lib/fdt/tests/builder.h"

enum : u64 { MIB = 1ull << 20 };
enum : u32 { ENABLED = 1 };

static struct memory_map map;
static struct boot_info info;
static struct node_map nodes;
static struct builder b;
static struct tree_builder tree;

/* 64 MiB with a hole, the system image and the loader across 32 MiB. */
static void make_memory(void)
{
	map = (struct memory_map){};
	memory_map_set(&map, PAGE_BYTES, MIB - PAGE_BYTES, BOOT_MEMORY_USABLE);
	memory_map_set(&map, 2 * MIB, 62 * MIB, BOOT_MEMORY_USABLE);
	memory_map_set(&map, 31 * MIB, 2 * MIB, BOOT_MEMORY_IMAGE);
	memory_map_set(&map, 40 * MIB, 8 * MIB, BOOT_MEMORY_LOADER);
	(void)memory_map_write(&map, &info);
}

static enum nodes_problem read(void)
{
	return nodes_read(span_of(builder_finish(&b)), &info, &nodes);
}

/* Memory, domain by domain, as the table says. */
static bool apply(void)
{
	bool ok = read() == NODES_OK && nodes_apply(&nodes, &map);
	(void)memory_map_write(&map, &info);
	return ok;
}

static bool region_is(u32 index, u64 base, u64 end, u32 kind, u32 node)
{
	const struct boot_region *region = ELEM(info.region, index);
	return index < info.region_count && region->base == base && region->base + region->bytes == end &&
		region->kind == kind && region->node == node;
}

static void regions_are_split_at_borders(struct report *report)
{
	make_memory();
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 0, 0, 640 << 10, ENABLED);
	builder_put_memory(&b, 0, MIB, 31 * MIB, ENABLED);
	builder_put_memory(&b, 1, 32 * MIB, 12 * MIB, ENABLED);
	builder_put_memory(&b, 2, 44 * MIB, 20 * MIB, ENABLED);
	bool ok = apply();
	report_case(report, span_text("memory gets its nodes, what is not in the table node 0"), ok &&
			region_is(0, PAGE_BYTES, MIB, BOOT_MEMORY_USABLE, 0) &&
			region_is(1, 2 * MIB, 31 * MIB, BOOT_MEMORY_USABLE, 0));
	report_case(report, span_text("what the kernel wants in one piece stays in one"),
		region_is(2, 31 * MIB, 33 * MIB, BOOT_MEMORY_IMAGE, 0));
	report_case(report, span_text("a region across a border is split there"), info.region_count == 7 &&
			region_is(3, 33 * MIB, 40 * MIB, BOOT_MEMORY_USABLE, 1) &&
			region_is(4, 40 * MIB, 44 * MIB, BOOT_MEMORY_LOADER, 1) &&
			region_is(5, 44 * MIB, 48 * MIB, BOOT_MEMORY_LOADER, 2) &&
			region_is(6, 48 * MIB, 64 * MIB, BOOT_MEMORY_USABLE, 2));
}

static void domains_become_dense_numbers(struct report *report)
{
	make_memory();
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 4000000000u, 2 * MIB, 8 * MIB, ENABLED);
	builder_put_memory(&b, 5, 100 * MIB, MIB, ENABLED | 2); /* nothing plugged in */
	builder_put_memory(&b, 17, 10 * MIB, 54 * MIB, ENABLED);
	builder_put_memory(&b, 2, 10 * MIB, 54 * MIB, 0);
	bool ok = apply();
	report_case(report, span_text("nodes are numbered in the order of their domains; domains without memory have none"), ok &&
			nodes.count == 2 && region_is(1, 2 * MIB, 10 * MIB, BOOT_MEMORY_USABLE, 1) &&
			region_is(2, 10 * MIB, 31 * MIB, BOOT_MEMORY_USABLE, 0));
}

static void one_domain_changes_nothing(struct report *report)
{
	make_memory();
	u32 count = info.region_count;
	builder_begin_affinity(&b, 1);
	builder_put_memory(&b, 9, 0, 20 * MIB, ENABLED);
	builder_put_memory(&b, 9, 10 * MIB, 54 * MIB, ENABLED); /* overlaps, but says the same */
	report_case(report, span_text("with one domain the map stays as it is"), apply() && info.region_count == count);
}

static void borders_inside_a_page_are_rounded(struct report *report)
{
	make_memory();
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 0, 0, 10 * MIB + 5, ENABLED);
	builder_put_memory(&b, 1, 10 * MIB + 5, U64_MAX - 10 * MIB - 5, ENABLED);
	report_case(report, span_text("a page over a border is the lower node's; a range may reach beyond all memory"), apply() &&
			region_is(1, 2 * MIB, 10 * MIB + PAGE_BYTES, BOOT_MEMORY_USABLE, 0) &&
			region_is(2, 10 * MIB + PAGE_BYTES, 31 * MIB, BOOT_MEMORY_USABLE, 1));
}

static void a_range_inside_a_page_is_none(struct report *report)
{
	make_memory();
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 3, 10 * MIB + 1, 7, ENABLED);
	builder_put_memory(&b, 4, U64_MAX - MIB, MIB, ENABLED);
	report_case(report, span_text("what holds no whole page, or lies above all memory, is no node's"),
		read() == NODES_OK && nodes.count == 0);
}

static bool refused(enum nodes_problem problem)
{
	return read() == problem && nodes.count == 0;
}

static void tables_that_contradict_themselves_are_refused(struct report *report)
{
	make_memory();
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 0, 2 * MIB, 8 * MIB, ENABLED);
	builder_put_memory(&b, 1, 9 * MIB, 8 * MIB, ENABLED);
	report_case(report, span_text("nodes that overlap are refused"), refused(NODES_OVERLAP));
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 0, 2 * MIB, 8 * MIB, ENABLED);
	builder_put_memory(&b, 1, 20 * MIB, U64_MAX, ENABLED);
	report_case(report, span_text("a range that wraps is refused"), refused(NODES_WRAP));
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 0, 2 * MIB, 8 * MIB, ENABLED);
	builder_put(&b, 0x0101, 2);
	report_case(report, span_text("an entry of impossible length is refused"), refused(NODES_DAMAGED));
}

static void put_many(u32 count, u32 domains)
{
	builder_begin_affinity(&b, 3);
	for (u32 i = 0; i < count; i++)
		builder_put_memory(&b, i % domains, 2 * MIB + (u64)i * PAGE_BYTES, PAGE_BYTES, ENABLED);
}

static void tables_that_say_too_much_are_refused(struct report *report)
{
	make_memory();
	put_many(NODE_RANGES_MAX + 1, 2);
	report_case(report, span_text("too many ranges are refused"), refused(NODES_TOO_MANY_RANGES));
	put_many(BOOT_NODES_MAX + 1, BOOT_NODES_MAX + 1);
	report_case(report, span_text("too many nodes are refused"), refused(NODES_TOO_MANY));
	put_many(NODE_RANGES_MAX, BOOT_NODES_MAX);
	report_case(report, span_text("as many as can be are taken"),
		apply() && info.region_count == 6 + NODE_RANGES_MAX && info.region[3].node == 2);
}

static void a_full_map_stays_as_it_is(struct report *report)
{
	make_memory();
	put_many(2, 2);
	bool ok = read() == NODES_OK;
	map = (struct memory_map){};
	for (u64 i = 0; i < MEMORY_MAP_MAX - 3; i++)
		memory_map_set(&map, i * 2 * PAGE_BYTES, PAGE_BYTES, BOOT_MEMORY_USABLE);
	report_case(report, span_text("a map without room for splits is left alone"),
		ok && !nodes_apply(&nodes, &map) && map.count == MEMORY_MAP_MAX - 3 && !map.full);
}

enum : u32 { NO_NODE = U32_MAX };

/* A node of the tree for so much memory, with a number or without one. */
static void put_tree_memory(u32 domain, u64 base, u64 bytes)
{
	tree_node(&tree, span_text("memory"));
	tree_text(&tree, span_text("device_type"), span_text("memory"));
	tree_cells(&tree, span_text("reg"), 4, (u32)(base >> 32), (u32)base, (u32)(bytes >> 32), (u32)bytes);
	if (domain != NO_NODE)
		tree_cells(&tree, span_text("numa-node-id"), 1, domain, 0, 0, 0);
	tree_end_node(&tree);
}

static void begin_tree(void)
{
	make_memory();
	tree_begin(&tree);
	tree_node(&tree, span_text(""));
	tree_cells(&tree, span_text("#address-cells"), 1, 2, 0, 0, 0);
	tree_cells(&tree, span_text("#size-cells"), 1, 2, 0, 0, 0);
}

static enum nodes_problem read_tree(void)
{
	struct fdt fdt;

	tree_end_node(&tree);
	INVARIANT(fdt_open(span_of(tree_finish(&tree)), &fdt), "the test's tree is whole");
	return nodes_read_tree(&fdt, &info, &nodes);
}

static bool tree_gives_none(enum nodes_problem problem) { return read_tree() == problem && nodes.count == 0; }

static void a_device_tree_tells_nodes(struct report *report)
{
	begin_tree();
	put_tree_memory(NO_NODE, 0, 10 * MIB);
	put_tree_memory(3, 34 * MIB, 30 * MIB);
	put_tree_memory(0, 10 * MIB, 24 * MIB);
	bool ok = read_tree() == NODES_OK && nodes_apply(&nodes, &map);

	(void)memory_map_write(&map, &info);
	report_case(report, span_text("a device tree's memory gets its nodes, what has no number node 0"), ok && nodes.count == 2 &&
			region_is(1, 2 * MIB, 31 * MIB, BOOT_MEMORY_USABLE, 0) && region_is(3, 33 * MIB, 34 * MIB, BOOT_MEMORY_USABLE, 0) &&
			region_is(4, 34 * MIB, 40 * MIB, BOOT_MEMORY_USABLE, 1) && region_is(5, 40 * MIB, 48 * MIB, BOOT_MEMORY_LOADER, 1));
	begin_tree();
	put_tree_memory(NO_NODE, 0, 64 * MIB);
	report_case(report, span_text("a device tree without numbers has one node"), tree_gives_none(NODES_OK));
}

static void trees_that_contradict_themselves_are_refused(struct report *report)
{
	begin_tree();
	put_tree_memory(0, 2 * MIB, 20 * MIB);
	put_tree_memory(1, 21 * MIB, 20 * MIB);
	report_case(report, span_text("nodes of a device tree that overlap are refused"), tree_gives_none(NODES_OVERLAP));
	begin_tree();
	put_tree_memory(0, 2 * MIB, 20 * MIB);
	put_tree_memory(1, 22 * MIB, U64_MAX - MIB);
	report_case(report, span_text("memory of a device tree that wraps is refused"), tree_gives_none(NODES_WRAP));
	begin_tree();
	for (u32 i = 0; i <= BOOT_NODES_MAX; i++)
		put_tree_memory(i, (2 + (u64)i) * MIB, MIB);
	report_case(report, span_text("too many nodes of a device tree are refused"), tree_gives_none(NODES_TOO_MANY));
}

void nodes_tests(struct report *report)
{
	regions_are_split_at_borders(report);
	domains_become_dense_numbers(report);
	one_domain_changes_nothing(report);
	borders_inside_a_page_are_rounded(report);
	a_range_inside_a_page_is_none(report);
	tables_that_contradict_themselves_are_refused(report);
	tables_that_say_too_much_are_refused(report);
	a_full_map_stays_as_it_is(report);
	a_device_tree_tells_nodes(report);
	trees_that_contradict_themselves_are_refused(report);
}
