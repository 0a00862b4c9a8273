/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what ACPI tells the kernel. Finding the tables is lib/acpi's part, reading them acpi/'s.
 */
#include "kernel/arch/aarch64/acpi.h"
#include "kernel/arch/common/tree/tree.h"
#include "kernel/raw/frame_access.h"
#include "lib/acpi/nodes.h"

struct arm_facts acpi_facts;

static struct span view(u64 at, u64 bytes) { return boot_bytes((paddr_t){ at }, bytes); }

static void read_table(struct span table)
{
	if (acpi_table_is(table, span_text("APIC")))
		arm_read_madt(table, &acpi_facts);
	else if (acpi_table_is(table, span_text("GTDT")))
		arm_read_gtdt(table, &acpi_facts);
	else if (acpi_table_is(table, span_text("FACP")))
		arm_read_fadt(table, &acpi_facts);
	else if (acpi_table_is(table, span_text("SPCR")))
		arm_read_spcr(table, &acpi_facts);
}

void acpi_learn(const struct boot_info *info)
{
	struct acpi_walk walk;
	struct span table;
	struct fdt fdt;
	u64 at;

	if (info->region_count > BOOT_REGIONS_MAX || tree_open(info, &fdt) || acpi_walk_start(info, view, &walk) != ACPI_GOOD)
		return;
	acpi_facts.found = true;
	while (acpi_walk_next(&walk, &at))
		if (acpi_table_at(info, view, at, &table) == ACPI_GOOD)
			read_table(table);
	if (acpi_find(info, view, span_text("SRAT"), &table) != ACPI_GOOD)
		return;
	for (u32 i = 0; i < acpi_facts.cpu_count; i++)
		*ELEM(acpi_facts.node, i) = acpi_cpu_node(table, info, *ELEM(acpi_facts.uid, i));
}
