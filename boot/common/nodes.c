/* SPDX-License-Identifier: Apache-2.0
 *
 * From proximity domains to nodes. See nodes.h.
 */
#include "boot/common/nodes.h"

#include "lib/acpi/affinity.h"

enum : u64 { NO_DOMAIN = 1ull << 32 };

static bool overlap(u64 base, u64 end, u64 other_base, u64 other_end)
{
	return base < other_end && other_base < end;
}

static bool holds_memory(const struct boot_info *info, const struct node_range *range)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);
		if (boot_region_allocatable(region) &&
		    overlap(range->base, range->end, region->base, region->base + region->bytes))
			return true;
	}
	return false;
}

static enum nodes_problem range_add(struct node_map *nodes, const struct node_range *range)
{
	for (u32 i = 0; i < nodes->count; i++) {
		const struct node_range *other = ELEM(nodes->range, i);
		if (other->domain != range->domain && overlap(range->base, range->end, other->base, other->end))
			return NODES_OVERLAP;
	}
	if (nodes->count == NODE_RANGES_MAX)
		return NODES_TOO_MANY_RANGES;
	nodes->range[nodes->count] = *range;
	nodes->count++;
	return NODES_OK;
}

/* A range that somebody names, of any length. */
static enum nodes_problem range_take(u64 base, u64 end, u32 domain, const struct boot_info *info, struct node_map *nodes)
{
	/* A page over a border is the lower range's. */
	struct node_range range = { .base = page_ceil(min_u64(base, MEMORY_TOP_MAX)), .end = page_ceil(min_u64(end, MEMORY_TOP_MAX)),
		.domain = domain };

	return range.base < range.end && holds_memory(info, &range) ? range_add(nodes, &range) : NODES_OK;
}

/* The lowest domain that is not below `from`. */
static u64 domain_next(const struct node_map *nodes, u64 from)
{
	u64 least = NO_DOMAIN;
	for (u32 i = 0; i < nodes->count; i++) {
		u64 domain = nodes->range[i].domain;
		if (domain >= from)
			least = min_u64(least, domain);
	}
	return least;
}

/* How many nodes there are. */
static u32 number(struct node_map *nodes)
{
	u32 node = 0;
	for (u64 domain = domain_next(nodes, 0); domain != NO_DOMAIN; domain = domain_next(nodes, domain + 1)) {
		for (u32 i = 0; i < nodes->count; i++) {
			if (nodes->range[i].domain == domain)
				nodes->range[i].node = node;
		}
		node++;
	}
	return node;
}

/* With a problem there is one node. */
static enum nodes_problem settle(enum nodes_problem problem, struct node_map *nodes)
{
	if (problem == NODES_OK && number(nodes) > BOOT_NODES_MAX)
		problem = NODES_TOO_MANY;
	if (problem != NODES_OK)
		nodes->count = 0;
	return problem;
}

static enum nodes_problem entry_take(const struct acpi_affinity *entry, const struct boot_info *info, struct node_map *nodes)
{
	switch (entry->kind) {
	case ACPI_AFFINITY_DAMAGED: return NODES_DAMAGED;
	case ACPI_AFFINITY_WRAPS: return NODES_WRAP;
	case ACPI_AFFINITY_MEMORY: return range_take(entry->base, entry->end, entry->domain, info, nodes);
	case ACPI_AFFINITY_CPU:
	case ACPI_AFFINITY_END: break;
	}
	return NODES_OK;
}

enum nodes_problem nodes_read(struct span table, const struct boot_info *info, struct node_map *nodes)
{
	enum nodes_problem problem = NODES_OK;
	struct acpi_affinity entry;
	u64 at = 0;

	nodes->count = 0;
	do {
		entry = acpi_affinity_next(table, &at);
		problem = entry_take(&entry, info, nodes);
	} while (problem == NODES_OK && entry.kind != ACPI_AFFINITY_END);
	return settle(problem, nodes);
}

static enum nodes_problem memory_take(const struct fdt *fdt, const struct fdt_node *node, const struct boot_info *info,
	struct node_map *nodes)
{
	enum nodes_problem problem = NODES_OK;
	struct fdt_range range;
	u32 domain = 0;

	if (!fdt_domain(fdt, node, &domain))
		return NODES_OK;
	for (u32 i = 0; problem == NODES_OK && fdt_reg(fdt, node, i, &range); i++) {
		u64 end = 0;
		bool wraps = ckd_add(&end, range.base, range.bytes);

		problem = wraps ? NODES_WRAP : range_take(range.base, end, domain, info, nodes);
	}
	return problem;
}

enum nodes_problem nodes_read_tree(const struct fdt *fdt, const struct boot_info *info, struct node_map *nodes)
{
	enum nodes_problem problem = NODES_OK;
	struct fdt_node node = {};

	nodes->count = 0;
	while (problem == NODES_OK && fdt_next_memory(fdt, &node))
		problem = memory_take(fdt, &node, info, nodes);
	return settle(problem, nodes);
}

bool nodes_apply(const struct node_map *nodes, struct memory_map *memory)
{
	if (memory->count + 2 * nodes->count > MEMORY_MAP_MAX)
		return false;
	for (u32 i = 0; i < nodes->count; i++) {
		const struct node_range *range = ELEM(nodes->range, i);
		memory_map_set_node(memory, range->base, range->end, range->node);
	}
	return true;
}

/* What is wrong with the source, to follow its name. */
static struct span problem_text(enum nodes_problem problem)
{
	switch (problem) {
	case NODES_OK: return span_text("is good");
	case NODES_DAMAGED: return span_text("has an entry whose length cannot be");
	case NODES_WRAP: return span_text("has a range of memory that reaches beyond 64 bits of address");
	case NODES_OVERLAP: return span_text("has ranges of two nodes that overlap");
	case NODES_TOO_MANY_RANGES: return span_text("has more than 64 ranges of memory");
	case NODES_TOO_MANY: return span_text("has more than 8 nodes with memory");
	case NODES_NO_ROOM: return span_text("cuts the memory map into more than 2048 ranges");
	case NODES_NO_TABLE: return span_text("has a wrong length or checksum, or a table that leads to it has");
	case NODES_PROBLEMS: break;
	}
	return span_text("has an unknown problem");
}

void nodes_explain(struct text *out, struct span source, enum nodes_problem problem)
{
	text_add_span(out, source);
	text_add(out, " ");
	text_add_span(out, problem_text(problem));
	text_add(out, "; going on as if all memory were equally near");
}
