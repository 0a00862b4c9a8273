/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what the kernel wants to know from ACPI tables, which lib/acpi finds. Pure functions over bytes that may
 * say anything: they check lengths and never read outside their span. Tested on the host.
 * SPEC: ACPI 6.5; Microsoft, Serial Port Console Redirection Table
 */
#ifndef KERNEL_ARCH_AARCH64_ACPI_TABLES_H
#define KERNEL_ARCH_AARCH64_ACPI_TABLES_H

#include "lib/acpi/acpi.h"

enum : u32 { ARM_CPUS_MAX = 32 };

struct arm_range { u64 base, bytes; };

struct arm_facts {
	bool found;                         /* there are such tables; else the rest is zero */
	u32 cpu_count;
	u64 affinity[ARM_CPUS_MAX];
	u32 uid[ARM_CPUS_MAX];              /* by which the table of nodes names them */
	u32 node[ARM_CPUS_MAX];
	u32 gic_version;                    /* 0: there is none that is known */
	struct arm_range distributor, redistributors;
	u64 interface;                      /* of version 2; the first processor's, which is everybody's */
	u32 timer_line;                     /* private interrupt of the virtual timer; 0: not told */
	bool psci, psci_by_hvc;
	u64 pl011;                          /* the console's registers; 0: none of this kind */
};

/* Each takes a valid table and adds what it says. */
void arm_read_madt(struct span table, struct arm_facts *facts);
void arm_read_gtdt(struct span table, struct arm_facts *facts);
void arm_read_fadt(struct span table, struct arm_facts *facts);
void arm_read_spcr(struct span table, struct arm_facts *facts);

#endif
