/* SPDX-License-Identifier: Apache-2.0
 *
 * The System Resource Affinity Table: which memory and which processors are near each other. It
 * names the nodes by proximity domains, numbers without order or limit.
 *
 * SPEC: ACPI 6.5, 5.2.16.
 */
#ifndef LIB_ACPI_AFFINITY_H
#define LIB_ACPI_AFFINITY_H

#include "lib/base/span.h"

enum acpi_affinity_kind : u32 {
	ACPI_AFFINITY_END,
	ACPI_AFFINITY_MEMORY,
	ACPI_AFFINITY_CPU,
	ACPI_AFFINITY_DAMAGED, /* an entry whose length cannot be; nothing follows */
	ACPI_AFFINITY_WRAPS,   /* a range of memory that reaches beyond 64 bits */
};

struct acpi_affinity {
	enum acpi_affinity_kind kind;
	u32 domain;
	u32 cpu;        /* a processor: the number of its APIC; where there are none, the one that the MADT gives it */
	u64 base, end;  /* of memory, not empty */
};

/* The next entry that is enabled and of a kind above. `at` begins as 0 and is this function's own. The
 * table is valid. */
struct acpi_affinity acpi_affinity_next(struct span table, u64 *at);

#endif
