/* SPDX-License-Identifier: Apache-2.0
 *
 * From the root pointer to the tables. See acpi.h.
 */
#include "lib/acpi/acpi.h"

enum : u32 { TABLES_MAX = 256, ROOT_BYTES = 36, ROOT_BYTES_OLD = 20 };

static bool readable_kind(u32 kind) { return kind != BOOT_MEMORY_MMIO && kind < BOOT_MEMORY_KINDS; }

bool acpi_readable(const struct boot_info *info, u64 at, u64 bytes)
{
	u64 end;

	if (ckd_add(&end, at, bytes) || end > info->direct_bytes)
		return false;
	/* The range may reach over several regions in a row. */
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

static bool sums_to_zero(struct span bytes)
{
	u32 sum = 0;

	for (usize i = 0; i < span_len(bytes); i++)
		sum += span_u8(bytes, i);
	return (sum & 0xff) == 0;
}

/* SPEC: ACPI 6.5, 5.2.5.3 "RSDP Structure". */
bool acpi_read_root(struct span bytes, struct acpi_root *out)
{
	struct span first;

	if (!span_sub(bytes, 0, ROOT_BYTES_OLD, &first) || !span_starts_with(first, span_text("RSD PTR ")) ||
	    !sums_to_zero(first))
		return false;
	if (span_u8(first, 15) >= 2 && span_has(bytes, 0, ROOT_BYTES) && span_le32(bytes, 20) == ROOT_BYTES &&
	    sums_to_zero(span_first(bytes, ROOT_BYTES)) && span_le64(bytes, 24) != 0) {
		*out = (struct acpi_root){ .address = span_le64(bytes, 24), .entry_bytes = 8 };
		return true;
	}
	*out = (struct acpi_root){ .address = span_le32(first, 16), .entry_bytes = 4 };
	return out->address != 0;
}

bool acpi_table_valid(struct span table)
{
	return span_len(table) >= ACPI_HEADER_BYTES && span_le32(table, 4) == span_len(table) && sums_to_zero(table);
}

bool acpi_table_is(struct span table, struct span signature) { return span_starts_with(table, signature); }

u32 acpi_root_entries(struct span table, u32 entry_bytes)
{
	return (u32)((span_len(table) - ACPI_HEADER_BYTES) / entry_bytes);
}

u64 acpi_root_entry(struct span table, u32 entry_bytes, u32 index)
{
	return span_le(table, ACPI_HEADER_BYTES + (u64)index * entry_bytes, entry_bytes);
}

enum acpi_found acpi_table_at(const struct boot_info *info, acpi_view *view, u64 at, struct span *out)
{
	if (at == 0 || !acpi_readable(info, at, ACPI_HEADER_BYTES))
		return ACPI_ABSENT;
	u64 bytes = span_le32(view(at, ACPI_HEADER_BYTES), 4);

	if (bytes < ACPI_HEADER_BYTES || bytes > ACPI_TABLE_BYTES_MAX || !acpi_readable(info, at, bytes) ||
	    !acpi_table_valid(view(at, bytes)))
		return ACPI_DAMAGED;
	*out = view(at, bytes);
	return ACPI_GOOD;
}

enum acpi_found acpi_walk_start(const struct boot_info *info, acpi_view *view, struct acpi_walk *walk)
{
	struct acpi_root root;
	u64 bytes = acpi_readable(info, info->rsdp, ROOT_BYTES) ? ROOT_BYTES : ROOT_BYTES_OLD;

	*walk = (struct acpi_walk){};
	if (info->rsdp == 0 || !acpi_readable(info, info->rsdp, bytes))
		return ACPI_ABSENT;
	if (!acpi_read_root(view(info->rsdp, bytes), &root))
		return ACPI_DAMAGED;
	enum acpi_found found = acpi_table_at(info, view, root.address, &walk->list);

	if (found != ACPI_GOOD)
		return ACPI_DAMAGED;
	walk->entry_bytes = root.entry_bytes;
	walk->count = (u32)min_u64(acpi_root_entries(walk->list, root.entry_bytes), TABLES_MAX);
	return ACPI_GOOD;
}

bool acpi_walk_next(struct acpi_walk *walk, u64 *at)
{
	if (walk->next >= walk->count)
		return false;
	*at = acpi_root_entry(walk->list, walk->entry_bytes, walk->next);
	walk->next++;
	return true;
}

enum acpi_found acpi_find(const struct boot_info *info, acpi_view *view, struct span signature, struct span *out)
{
	struct acpi_walk walk;
	enum acpi_found found = acpi_walk_start(info, view, &walk);
	u64 at;

	if (found != ACPI_GOOD)
		return found;
	while (acpi_walk_next(&walk, &at)) {
		found = acpi_table_at(info, view, at, out);
		if (found != ACPI_ABSENT && acpi_table_is(view(at, ACPI_HEADER_BYTES), signature))
			return found;
	}
	return ACPI_ABSENT;
}
