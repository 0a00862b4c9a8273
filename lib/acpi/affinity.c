/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the affinity table, entry by entry. See affinity.h.
 */
#include "lib/acpi/affinity.h"

enum : u8 { ENTRY_APIC = 0, ENTRY_MEMORY = 1, ENTRY_X2APIC = 2, ENTRY_GICC = 3 };
enum : u64 { ENTRIES_AT = 48, APIC_BYTES = 16, MEMORY_BYTES = 40, X2APIC_BYTES = 24, GICC_BYTES = 18, REVISION_AT = 8 };
enum : u32 { ENABLED = 1 };

/* The first revision had 8 bits for a domain, and the others were reserved. */
static u32 domain_of(struct span table, u32 domain)
{
	return span_u8(table, REVISION_AT) < 2 ? domain & 0xff : domain;
}

static struct acpi_affinity read_memory(struct span table, struct span entry)
{
	struct acpi_affinity out = { .domain = domain_of(table, span_le32(entry, 2)), .base = span_le64(entry, 8) };
	u64 bytes = span_le64(entry, 16);

	if ((span_le32(entry, 28) & ENABLED) == 0 || bytes == 0)
		return out;
	out.kind = ckd_add(&out.end, out.base, bytes) ? ACPI_AFFINITY_WRAPS : ACPI_AFFINITY_MEMORY;
	return out;
}

static struct acpi_affinity read_apic(struct span table, struct span entry)
{
	u32 domain = span_u8(entry, 2) | (u32)span_le(entry, 9, 3) << 8;
	bool enabled = (span_le32(entry, 4) & ENABLED) != 0;

	return (struct acpi_affinity){ .kind = enabled ? ACPI_AFFINITY_CPU : ACPI_AFFINITY_END,
		.domain = domain_of(table, domain), .cpu = span_u8(entry, 3) };
}

static struct acpi_affinity read_x2apic(struct span table, struct span entry)
{
	bool enabled = (span_le32(entry, 12) & ENABLED) != 0;

	return (struct acpi_affinity){ .kind = enabled ? ACPI_AFFINITY_CPU : ACPI_AFFINITY_END,
		.domain = domain_of(table, span_le32(entry, 4)), .cpu = span_le32(entry, 8) };
}

static struct acpi_affinity read_gicc(struct span table, struct span entry)
{
	bool enabled = (span_le32(entry, 10) & ENABLED) != 0;

	return (struct acpi_affinity){ .kind = enabled ? ACPI_AFFINITY_CPU : ACPI_AFFINITY_END,
		.domain = domain_of(table, span_le32(entry, 2)), .cpu = span_le32(entry, 6) };
}

static u64 least_bytes(u8 type)
{
	switch (type) {
	case ENTRY_APIC: return APIC_BYTES;
	case ENTRY_MEMORY: return MEMORY_BYTES;
	case ENTRY_X2APIC: return X2APIC_BYTES;
	case ENTRY_GICC: return GICC_BYTES;
	default: return 2;
	}
}

/* END for an entry that says nothing. */
static struct acpi_affinity read_entry(struct span table, struct span entry)
{
	switch (span_u8(entry, 0)) {
	case ENTRY_APIC: return read_apic(table, entry);
	case ENTRY_MEMORY: return read_memory(table, entry);
	case ENTRY_X2APIC: return read_x2apic(table, entry);
	case ENTRY_GICC: return read_gicc(table, entry);
	default: return (struct acpi_affinity){};
	}
}

struct acpi_affinity acpi_affinity_next(struct span table, u64 *at)
{
	*at = max_u64(*at, ENTRIES_AT);
	while (*at < span_len(table)) {
		struct span entry;
		u64 bytes = span_has(table, *at, 2) ? span_u8(table, *at + 1) : 0;

		if (bytes < 2 || bytes < least_bytes(span_u8(table, *at)) || !span_sub(table, *at, bytes, &entry)) {
			*at = span_len(table);
			return (struct acpi_affinity){ .kind = ACPI_AFFINITY_DAMAGED };
		}
		*at += bytes;
		struct acpi_affinity out = read_entry(table, entry);

		if (out.kind != ACPI_AFFINITY_END)
			return out;
	}
	return (struct acpi_affinity){};
}
