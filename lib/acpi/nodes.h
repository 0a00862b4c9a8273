/* SPDX-License-Identifier: Apache-2.0
 *
 * Which memory node a processor belongs to.
 */
#ifndef LIB_ACPI_NODES_H
#define LIB_ACPI_NODES_H

#include "lib/acpi/acpi.h"

/* The node of the memory that the affinity table has near the processor, which is named as there; 0 if it does not say,
 * or if no usable memory is there. */
u32 acpi_cpu_node(struct span affinity, const struct boot_info *info, u32 cpu);

#endif
