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

static enum nodes_problem entry_take(const struct acpi_affinity *entry, const struct boot_info *info, struct node_map *nodes)
{
	switch (entry->kind) {
	case ACPI_AFFINITY_DAMAGED:
		return NODES_DAMAGED;
	case ACPI_AFFINITY_WRAPS:
		return NODES_WRAP;
	case ACPI_AFFINITY_MEMORY: {
		/* A page over a border is the lower range's. */
		struct node_range range = { .base = page_ceil(min_u64(entry->base, MEMORY_TOP_MAX)),
			.end = page_ceil(min_u64(entry->end, MEMORY_TOP_MAX)), .domain = entry->domain };
		bool counts = range.base < range.end && holds_memory(info, &range);
		return counts ? range_add(nodes, &range) : NODES_OK;
	}
	case ACPI_AFFINITY_CPU:
	case ACPI_AFFINITY_END:
		break;
	}
	return NODES_OK;
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

static enum nodes_problem read(struct span table, const struct boot_info *info, struct node_map *nodes)
{
	u64 at = 0;
	struct acpi_affinity entry = acpi_affinity_next(table, &at);
	while (entry.kind != ACPI_AFFINITY_END) {
		enum nodes_problem problem = entry_take(&entry, info, nodes);
		if (problem != NODES_OK)
			return problem;
		entry = acpi_affinity_next(table, &at);
	}
	return number(nodes) > BOOT_NODES_MAX ? NODES_TOO_MANY : NODES_OK;
}

enum nodes_problem nodes_read(struct span table, const struct boot_info *info, struct node_map *nodes)
{
	nodes->count = 0;
	enum nodes_problem problem = read(table, info, nodes);
	if (problem != NODES_OK)
		nodes->count = 0;
	return problem;
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

const char *nodes_problem_text(enum nodes_problem problem)
{
	switch (problem) {
	case NODES_OK:
		return "is good";
	case NODES_DAMAGED:
		return "has an entry whose length cannot be";
	case NODES_WRAP:
		return "has a range of memory that reaches beyond 64 bits of address";
	case NODES_OVERLAP:
		return "has ranges of two nodes that overlap";
	case NODES_TOO_MANY_RANGES:
		return "has more than 64 ranges of memory";
	case NODES_TOO_MANY:
		return "has more than 8 nodes with memory";
	case NODES_PROBLEMS:
		break;
	}
	return "has an unknown problem";
}
