/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: reading ACPI tables. See tables.h.
 */
#include "kernel/arch/x86/common/acpi/tables.h"

/* ---- MADT. SPEC: ACPI 6.5, 5.2.12 ---- */

enum : u8 { MADT_APIC = 0, MADT_IOAPIC = 1, MADT_OVERRIDE = 2, MADT_X2APIC = 9 };

static void add_cpu(struct acpi_facts *facts, u32 apic_id, u32 flags)
{
	/* Bit 0: enabled. A processor that could only be added later is none yet. */
	if ((flags & 1) == 0)
		return;
	for (u32 i = 0; i < facts->cpu_count; i++)
		if (facts->apic_id[i] == apic_id)
			return;
	if (facts->cpu_count == ACPI_CPUS_MAX) {
		facts->cpus_left_out++;
		return;
	}
	facts->apic_id[facts->cpu_count++] = apic_id;
}

static void add_ioapic(struct acpi_facts *facts, struct span entry)
{
	if (facts->ioapic_count == ACPI_IOAPICS_MAX)
		return;
	facts->ioapic[facts->ioapic_count++] = (struct acpi_ioapic){
		.address = span_le32(entry, 4),
		.first_line = span_le32(entry, 8),
	};
}

/* Polarity and trigger: 0 means as the bus does, which for ISA is high, edge. */
static void add_override(struct acpi_facts *facts, struct span entry)
{
	u32 flags = span_le16(entry, 8);

	if (facts->override_count == ACPI_OVERRIDES_MAX)
		return;
	facts->override[facts->override_count++] = (struct acpi_override){
		.isa = span_u8(entry, 3),
		.line = span_le32(entry, 4),
		.active_low = (flags & 3) == 3,
		.level = (flags >> 2 & 3) == 3,
	};
}

static void madt_entry(struct acpi_facts *facts, struct span entry)
{
	switch (span_u8(entry, 0)) {
	case MADT_APIC:
		/* 255 is the broadcast address, so no processor's. */
		if (span_len(entry) >= 8 && span_u8(entry, 3) != 0xff)
			add_cpu(facts, span_u8(entry, 3), span_le32(entry, 4));
		break;
	case MADT_X2APIC:
		if (span_len(entry) >= 16 && span_le32(entry, 4) != U32_MAX)
			add_cpu(facts, span_le32(entry, 4), span_le32(entry, 8));
		break;
	case MADT_IOAPIC:
		if (span_len(entry) >= 12)
			add_ioapic(facts, entry);
		break;
	case MADT_OVERRIDE:
		if (span_len(entry) >= 10)
			add_override(facts, entry);
		break;
	default:
		break;
	}
}

void acpi_read_madt(struct span table, struct acpi_facts *facts)
{
	u64 at = 44;
	struct span entry;

	while (span_has(table, at, 2)) {
		u64 bytes = span_u8(table, at + 1);

		if (bytes < 2 || !span_sub(table, at, bytes, &entry))
			return;
		madt_entry(facts, entry);
		at += bytes;
	}
}

/* ---- FADT. SPEC: ACPI 6.5, 5.2.9. Older ones are shorter: a field that is not there is 0. ---- */

static u64 field(struct span table, usize at, usize bytes)
{
	return span_has(table, at, bytes) ? span_le(table, at, bytes) : 0;
}

static struct acpi_register generic_register(struct span table, usize at)
{
	struct acpi_register r = { .space = ACPI_SPACE_NONE };

	if (field(table, at + 4, 8) == 0)
		return r;
	r.address = field(table, at + 4, 8);
	switch (field(table, at, 1)) {
	case 0: r.space = ACPI_SPACE_MEMORY; break;
	case 1: r.space = r.address <= 0xffff ? ACPI_SPACE_PORT : ACPI_SPACE_NONE; break;
	default: break;
	}
	return r;
}

/* The extended form of a port register wins over the old one if it names a port. */
static u32 port_register(struct span table, usize old, usize extended)
{
	struct acpi_register r = generic_register(table, extended);

	if (r.space == ACPI_SPACE_PORT)
		return (u32)r.address;
	u64 port = field(table, old, 4);

	return port <= 0xffff ? (u32)port : 0;
}

void acpi_read_fadt(struct span table, struct acpi_facts *facts)
{
	u32 flags = (u32)field(table, 112, 4);

	facts->pm1a_control = port_register(table, 64, 172);
	facts->pm1b_control = port_register(table, 68, 184);
	facts->pm_timer = port_register(table, 76, 208);
	facts->pm_timer_32 = (flags >> 8 & 1) != 0;
	facts->reset = (flags >> 10 & 1) != 0 ? generic_register(table, 116)
					       : (struct acpi_register){ .space = ACPI_SPACE_NONE };
	facts->reset_value = (u8)field(table, 128, 1);
	facts->sleep = generic_register(table, 244);
	facts->dsdt = field(table, 140, 8) != 0 ? field(table, 140, 8) : field(table, 40, 4);
}

void acpi_read_hpet(struct span table, struct acpi_facts *facts)
{
	struct acpi_register r = generic_register(table, 40);

	if (r.space == ACPI_SPACE_MEMORY && facts->hpet == 0)
		facts->hpet = r.address;
}

/* ---- \_S5: Name (_S5, Package { type a, type b, ... }). SPEC: ACPI 6.5, 7.4.2; 20.2 for the bytes ---- */

enum : u8 { AML_BYTE = 0x0a, AML_NAME = 0x08, AML_PACKAGE = 0x12 };

/* A small integer at *at: ZeroOp, OneOp or a byte constant. */
static bool aml_small(struct span table, u64 *at, u8 *out)
{
	if (!span_has(table, *at, 2))
		return false;
	if (span_u8(table, *at) == AML_BYTE) {
		*out = span_u8(table, *at + 1);
		*at += 2;
		return true;
	}
	*out = span_u8(table, *at);
	*at += 1;
	return *out <= 1;
}

/* `at` is behind the name. The package's length takes one byte and as many more as its upper two bits say. */
static bool sleep_package(struct span table, u64 at, struct acpi_facts *facts)
{
	u8 a, b;

	if (!span_has(table, at, 2) || span_u8(table, at) != AML_PACKAGE)
		return false;
	at += 2 + (span_u8(table, at + 1) >> 6);
	if (!span_has(table, at, 1) || span_u8(table, at) < 2)
		return false;
	at++;
	if (!aml_small(table, &at, &a) || !aml_small(table, &at, &b))
		return false;
	facts->sleep_type_a = a & 7;
	facts->sleep_type_b = b & 7;
	facts->can_sleep = true;
	return true;
}

void acpi_read_sleep(struct span table, struct acpi_facts *facts)
{
	usize at = ACPI_HEADER_BYTES;

	for (;;) {
		at = span_find(table, at, '_');
		if (!span_has(table, at, 4))
			return;
		if (span_le32(table, at) == 0x5f35535fu && /* _S5_ */
		    (span_u8(table, at - 1) == AML_NAME ||
		     (span_u8(table, at - 1) == '\\' && span_u8(table, at - 2) == AML_NAME)) &&
		    sleep_package(table, at + 4, facts))
			return;
		at++;
	}
}
