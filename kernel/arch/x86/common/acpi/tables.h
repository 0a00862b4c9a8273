/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: what the kernel wants to know from ACPI tables. Pure functions over bytes that may say
 * anything: they check lengths and checksums and never read outside their span. Tested on
 * the host. SPEC: ACPI 6.5; IA-PC HPET 1.0a.
 */
#ifndef KERNEL_ARCH_X86_COMMON_ACPI_TABLES_H
#define KERNEL_ARCH_X86_COMMON_ACPI_TABLES_H

#include "lib/base/span.h"

enum : u32 {
	ACPI_HEADER_BYTES = 36,
	ACPI_TABLE_BYTES_MAX = 4u << 20,
	ACPI_CPUS_MAX = 32,
	ACPI_IOAPICS_MAX = 8,
	ACPI_OVERRIDES_MAX = 32,
};

struct acpi_ioapic { u64 address; u32 first_line; };
struct acpi_override { u32 isa, line; bool active_low, level; };

/* A register by address: SPEC: ACPI 6.5, 5.2.3.2 "Generic Address Structure". */
enum acpi_space : u32 { ACPI_SPACE_MEMORY = 0, ACPI_SPACE_PORT = 1, ACPI_SPACE_NONE = 0xff };
struct acpi_register { enum acpi_space space; u64 address; };

struct acpi_facts {
	u32 cpu_count, cpus_left_out;
	u32 apic_id[ACPI_CPUS_MAX];
	u32 ioapic_count;
	struct acpi_ioapic ioapic[ACPI_IOAPICS_MAX];
	u32 override_count;
	struct acpi_override override[ACPI_OVERRIDES_MAX];

	u64 hpet;             /* physical address; 0: none */
	u32 pm_timer;         /* port; 0: none */
	bool pm_timer_32;     /* counts 32 bits, else 24 */
	u32 pm1a_control, pm1b_control; /* ports; 0: none */
	struct acpi_register reset, sleep;
	u8 reset_value;
	bool can_sleep;       /* the \_S5 package was found */
	u8 sleep_type_a, sleep_type_b;
	u64 dsdt;             /* physical address; 0: none */
};

struct acpi_root { u64 address; u32 entry_bytes; };

/* The root pointer: up to 36 bytes. */
[[nodiscard]] bool acpi_read_root(struct span bytes, struct acpi_root *out);

/* True if the span is exactly one table: its length field and checksum are right. */
[[nodiscard]] bool acpi_table_valid(struct span table);
bool acpi_table_is(struct span table, struct span signature);

/* Entries of the root table: count, and the address of one. */
u32 acpi_root_entries(struct span table, u32 entry_bytes);
u64 acpi_root_entry(struct span table, u32 entry_bytes, u32 index);

/* Each takes a valid table and adds what it says. */
void acpi_read_madt(struct span table, struct acpi_facts *facts);
void acpi_read_fadt(struct span table, struct acpi_facts *facts);
void acpi_read_hpet(struct span table, struct acpi_facts *facts);
void acpi_read_sleep(struct span table, struct acpi_facts *facts); /* DSDT or SSDT */

#endif
