/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: what ACPI tells the kernel. Finding the tables is lib/acpi's part, reading them acpi/'s.
 */
#include "kernel/arch/x86/common/acpi.h"
#include "kernel/raw/frame_access.h"
#include "lib/acpi/nodes.h"

static struct span view(u64 at, u64 bytes) { return boot_bytes((paddr_t){ at }, bytes); }

static void read_table(struct span table, u64 at, struct acpi_facts *facts)
{
	if (acpi_table_is(table, span_text("APIC")))
		acpi_read_madt(table, facts);
	else if (acpi_table_is(table, span_text("FACP")))
		acpi_read_fadt(table, facts);
	else if (acpi_table_is(table, span_text("HPET")))
		acpi_read_hpet(table, facts);
	else if (acpi_table_is(table, span_text("SRAT")) && facts->affinity == 0)
		facts->affinity = at;
}

void acpi_learn(const struct boot_info *info, struct acpi_facts *facts)
{
	struct acpi_walk walk;
	struct span table;
	u64 at;

	*facts = (struct acpi_facts){ .reset.space = ACPI_SPACE_NONE, .sleep.space = ACPI_SPACE_NONE };
	if (acpi_walk_start(info, view, &walk) != ACPI_GOOD)
		return;
	while (acpi_walk_next(&walk, &at))
		if (acpi_table_at(info, view, at, &table) == ACPI_GOOD)
			read_table(table, at, facts);
	if (acpi_table_at(info, view, facts->dsdt, &table) == ACPI_GOOD)
		acpi_read_sleep(table, facts);
	if (acpi_table_at(info, view, facts->affinity, &table) != ACPI_GOOD)
		return;
	for (u32 i = 0; i < facts->cpu_count; i++)
		*ELEM(facts->node, i) = acpi_cpu_node(table, info, *ELEM(facts->apic_id, i));
}
