/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: finding ACPI tables in memory. Addresses in tables are not trusted: only ranges that the
 * boot information calls RAM are read, so that no device register is touched by a wrong one.
 */
#include "kernel/arch/x86/common/acpi.h"
#include "kernel/raw/frame_access.h"

enum : u32 { TABLES_MAX = 256 };

static bool readable_kind(u32 kind) { return kind != BOOT_MEMORY_MMIO && kind < BOOT_MEMORY_KINDS; }

/* The range lies in regions of RAM, which may be several in a row. */
static bool is_ram(const struct boot_info *info, u64 at, u64 bytes)
{
	u64 end;

	if (ckd_add(&end, at, bytes) || end > info->direct_bytes)
		return false;
	for (u32 step = 0; step <= info->region_count && at < end; step++) {
		u64 reached = at;

		for (u32 i = 0; i < info->region_count; i++) {
			const struct boot_region *region = ELEM(info->region, i);

			if (readable_kind(region->kind) && region->base <= at && at - region->base < region->bytes)
				reached = region->base + region->bytes;
		}
		if (reached == at)
			return false;
		at = reached;
	}
	return at >= end;
}

static bool table_at(const struct boot_info *info, u64 at, struct span *out)
{
	if (at == 0 || !is_ram(info, at, ACPI_HEADER_BYTES))
		return false;
	u64 bytes = span_le32(boot_bytes((paddr_t){ at }, ACPI_HEADER_BYTES), 4);

	if (bytes < ACPI_HEADER_BYTES || bytes > ACPI_TABLE_BYTES_MAX || !is_ram(info, at, bytes))
		return false;
	*out = boot_bytes((paddr_t){ at }, bytes);
	return acpi_table_valid(*out);
}

static void read_table(struct span table, struct acpi_facts *facts)
{
	if (acpi_table_is(table, span_text("APIC")))
		acpi_read_madt(table, facts);
	else if (acpi_table_is(table, span_text("FACP")))
		acpi_read_fadt(table, facts);
	else if (acpi_table_is(table, span_text("HPET")))
		acpi_read_hpet(table, facts);
}

void acpi_find(const struct boot_info *info, struct acpi_facts *facts)
{
	struct acpi_root root;
	struct span table;
	u64 readable = is_ram(info, info->rsdp, 36) ? 36 : is_ram(info, info->rsdp, 20) ? 20 : 0;

	*facts = (struct acpi_facts){ .reset.space = ACPI_SPACE_NONE, .sleep.space = ACPI_SPACE_NONE };
	if (info->rsdp == 0 || readable == 0 || !acpi_read_root(boot_bytes((paddr_t){ info->rsdp }, readable), &root))
		return;
	if (!table_at(info, root.address, &table))
		return;
	struct span list = table;
	u32 count = acpi_root_entries(list, root.entry_bytes);

	for (u32 i = 0; i < count && i < TABLES_MAX; i++)
		if (table_at(info, acpi_root_entry(list, root.entry_bytes, i), &table))
			read_table(table, facts);
	if (table_at(info, facts->dsdt, &table))
		acpi_read_sleep(table, facts);
}
