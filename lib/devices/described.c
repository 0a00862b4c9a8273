/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of fixed layout. See described.h.
 */
#include "lib/devices/described.h"

enum : u64 { MADT_ENTRIES = 44, MCFG_ENTRIES = 44, MCFG_BYTES = 16, HPET_ADDRESS = 44, FADT_DSDT = 40, FADT_X_DSDT = 140 };
enum : u8 { MADT_IOAPIC = 1, MADT_OVERRIDE = 2, MADT_DISTRIBUTOR = 0x0c, MADT_REDISTRIBUTORS = 0x0e };

/* The next entry of a type, with at least so many bytes; the walk goes only forward. */
static bool next_entry(struct span madt, u64 *at, u8 type, u64 least, struct span *out)
{
	while (span_has(madt, *at, 2)) {
		u64 bytes = span_u8(madt, *at + 1), here = *at;

		if (bytes < 2 || !span_sub(madt, here, bytes, out))
			return false;
		*at += bytes;
		if (span_u8(*out, 0) == type && bytes >= least)
			return true;
	}
	return false;
}

u32 acpi_isa_line(struct span madt, u32 isa)
{
	u64 at = MADT_ENTRIES;
	struct span entry;

	while (next_entry(madt, &at, MADT_OVERRIDE, 10, &entry))
		if (span_u8(entry, 3) == isa)
			return span_le32(entry, 4);
	return isa;
}

bool acpi_local_apic(struct span madt, u64 *address)
{
	if (!span_has(madt, 36, 4))
		return false;
	*address = span_le32(madt, 36);
	return *address != 0;
}

bool acpi_ioapic(struct span madt, u32 index, u64 *address)
{
	u64 at = MADT_ENTRIES;
	struct span entry;

	for (u32 i = 0; next_entry(madt, &at, MADT_IOAPIC, 12, &entry); i++) {
		*address = span_le32(entry, 4);
		if (i == index)
			return true;
	}
	return false;
}

bool acpi_gic(struct span madt, u32 index, u64 *address, u64 *bytes)
{
	enum : u64 { DISTRIBUTOR_BYTES = 64u << 10 };
	u64 at = MADT_ENTRIES, from = MADT_ENTRIES;
	struct span entry;
	u32 i = 0;

	while (next_entry(madt, &at, MADT_DISTRIBUTOR, 24, &entry)) {
		*address = span_le64(entry, 8);
		*bytes = DISTRIBUTOR_BYTES;
		if (i++ == index)
			return true;
	}
	while (next_entry(madt, &from, MADT_REDISTRIBUTORS, 16, &entry)) {
		*address = span_le64(entry, 4);
		*bytes = span_le32(entry, 12);
		if (i++ == index)
			return true;
	}
	return false;
}

bool acpi_hpet(struct span hpet, u64 *address)
{
	if (!span_has(hpet, HPET_ADDRESS, 8))
		return false;
	*address = span_le64(hpet, HPET_ADDRESS);
	return *address != 0;
}

bool acpi_ecam(struct span mcfg, u32 index, struct acpi_ecam *out)
{
	u64 at = MCFG_ENTRIES + (u64)index * MCFG_BYTES, end;

	if (!span_has(mcfg, at, MCFG_BYTES))
		return false;
	*out = (struct acpi_ecam){ .base = span_le64(mcfg, at), .segment = span_le16(mcfg, at + 8),
		.first_bus = span_u8(mcfg, at + 10), .last_bus = span_u8(mcfg, at + 11) };
	return out->base % (1u << 20) == 0 && out->first_bus <= out->last_bus && !ckd_add(&end, out->base, 256ull << 20);
}

u64 acpi_dsdt(struct span fadt)
{
	u64 address = span_has(fadt, FADT_X_DSDT, 8) ? span_le64(fadt, FADT_X_DSDT) : 0;

	return address == 0 && span_has(fadt, FADT_DSDT, 4) ? span_le32(fadt, FADT_DSDT) : address;
}
