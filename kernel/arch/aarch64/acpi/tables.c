/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: reading ACPI tables. See tables.h.
 */
#include "kernel/arch/aarch64/acpi/tables.h"

enum : u64 { DISTRIBUTOR_BYTES = 64u << 10, CPU_BYTES = 76 /* of an entry, up to its affinity's end */ };
enum : u8 { MADT_CPU = 0x0b, MADT_DISTRIBUTOR = 0x0c, MADT_REDISTRIBUTORS = 0x0e };
enum : u32 { PRIVATE_FIRST = 16, PRIVATE_END = 32 };

/* ---- MADT. SPEC: ACPI 6.5, 5.2.12.14 "GICC", 5.2.12.15 "GICD", 5.2.12.17 "GICR" ---- */

static void add_cpu(struct arm_facts *facts, struct span entry)
{
	/* Bit 0: enabled. */
	if ((span_le32(entry, 12) & 1) == 0 || facts->cpu_count == ARM_CPUS_MAX)
		return;
	if (facts->cpu_count == 0)
		facts->interface = span_le64(entry, 32);
	*ELEM(facts->uid, facts->cpu_count) = span_le32(entry, 8);
	*ELEM(facts->affinity, facts->cpu_count++) = span_le64(entry, 68);
}

static void madt_entry(struct arm_facts *facts, struct span entry)
{
	switch (span_u8(entry, 0)) {
	case MADT_CPU:
		if (span_len(entry) >= CPU_BYTES)
			add_cpu(facts, entry);
		break;
	case MADT_DISTRIBUTOR:
		if (span_len(entry) < 24)
			break;
		facts->distributor = (struct arm_range){ span_le64(entry, 8), DISTRIBUTOR_BYTES };
		facts->gic_version = span_u8(entry, 20);
		break;
	case MADT_REDISTRIBUTORS:
		if (span_len(entry) >= 16 && facts->redistributors.base == 0)
			facts->redistributors = (struct arm_range){ span_le64(entry, 4), span_le32(entry, 12) };
		break;
	default:
		break;
	}
}

void arm_read_madt(struct span table, struct arm_facts *facts)
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

/* SPEC: ACPI 6.5, 5.2.24 "Generic Timer Description Table": the virtual timer's interrupt */
void arm_read_gtdt(struct span table, struct arm_facts *facts)
{
	u32 line = span_has(table, 64, 4) ? span_le32(table, 64) : 0;

	if (line >= PRIVATE_FIRST && line < PRIVATE_END)
		facts->timer_line = line;
}

/* SPEC: ACPI 6.5, 5.2.9.4 "ARM Architecture Boot Flags" */
void arm_read_fadt(struct span table, struct arm_facts *facts)
{
	u32 flags = span_has(table, 129, 2) ? span_le16(table, 129) : 0;

	facts->psci = (flags & 1) != 0;
	facts->psci_by_hvc = (flags & 2) != 0;
}

/* SPEC: Microsoft, Serial Port Console Redirection Table: kind of interface, its registers as a generic address; Debug
 * Port Table 2, table 3 (kinds) */
void arm_read_spcr(struct span table, struct arm_facts *facts)
{
	enum : u32 { KIND_PL011 = 3, IN_MEMORY = 0 };

	if (span_has(table, 40, 12) && span_u8(table, 36) == KIND_PL011 && span_u8(table, 40) == IN_MEMORY)
		facts->pl011 = span_le64(table, 44);
}
