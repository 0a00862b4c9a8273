/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes of processors. See nodes.h.
 *
 * WHY through memory: the loader numbered the nodes, and refuses tables that contradict themselves.
 * What it said of memory is the truth; the table only tells which memory is near.
 */
#include "lib/acpi/nodes.h"
#include "lib/acpi/affinity.h"

static bool find_domain(struct span affinity, u32 cpu, u32 *domain)
{
	u64 at = 0;
	struct acpi_affinity entry = acpi_affinity_next(affinity, &at);

	while (entry.kind != ACPI_AFFINITY_END) {
		if (entry.kind == ACPI_AFFINITY_CPU && entry.cpu == cpu) {
			*domain = entry.domain;
			return true;
		}
		entry = acpi_affinity_next(affinity, &at);
	}
	return false;
}

/* The node of the first memory in the range that has one. */
static bool node_in_range(const struct boot_info *info, u64 base, u64 end, u32 *node)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);

		if (boot_region_allocatable(region) && region->base < end && base < region->base + region->bytes) {
			*node = region->node;
			return true;
		}
	}
	return false;
}

u32 acpi_cpu_node(struct span affinity, const struct boot_info *info, u32 cpu)
{
	u32 domain = 0, node = 0;
	u64 at = 0;

	if (!find_domain(affinity, cpu, &domain))
		return 0;
	struct acpi_affinity entry = acpi_affinity_next(affinity, &at);

	while (entry.kind != ACPI_AFFINITY_END) {
		if (entry.kind == ACPI_AFFINITY_MEMORY && entry.domain == domain &&
		    node_in_range(info, entry.base, entry.end, &node))
			return node;
		entry = acpi_affinity_next(affinity, &at);
	}
	return 0;
}
