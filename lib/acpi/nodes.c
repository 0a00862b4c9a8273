/* SPDX-License-Identifier: Apache-2.0
 *
 * Nodes of processors. See nodes.h.
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

u32 acpi_cpu_node(struct span affinity, const struct boot_info *info, u32 cpu)
{
	u32 domain = 0, node = 0;
	u64 at = 0;

	if (!find_domain(affinity, cpu, &domain))
		return 0;
	struct acpi_affinity entry = acpi_affinity_next(affinity, &at);

	while (entry.kind != ACPI_AFFINITY_END) {
		if (entry.kind == ACPI_AFFINITY_MEMORY && entry.domain == domain &&
		    boot_node_in(info, entry.base, entry.end, &node))
			return node;
		entry = acpi_affinity_next(affinity, &at);
	}
	return 0;
}
