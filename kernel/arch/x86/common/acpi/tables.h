/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: what the kernel wants to know from ACPI tables, which lib/acpi finds. Pure functions over
 * bytes that may say anything: they check lengths and never read outside their span. Tested on
 * the host. SPEC: ACPI 6.5; IA-PC HPET 1.0a.
 */
#ifndef KERNEL_ARCH_X86_COMMON_ACPI_TABLES_H
#define KERNEL_ARCH_X86_COMMON_ACPI_TABLES_H

#include "lib/acpi/acpi.h"

enum : u32 {
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
	u32 node[ACPI_CPUS_MAX];  /* of the processor at the same place */
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
	u64 dsdt, affinity;   /* physical addresses of tables; 0: none */
};

/* Each takes a valid table and adds what it says. */
void acpi_read_madt(struct span table, struct acpi_facts *facts);
void acpi_read_fadt(struct span table, struct acpi_facts *facts);
void acpi_read_hpet(struct span table, struct acpi_facts *facts);
void acpi_read_sleep(struct span table, struct acpi_facts *facts); /* DSDT or SSDT */

#endif
