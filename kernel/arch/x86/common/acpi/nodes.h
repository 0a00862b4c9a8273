/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: which memory node a processor belongs to.
 */
#ifndef KERNEL_ARCH_X86_COMMON_ACPI_NODES_H
#define KERNEL_ARCH_X86_COMMON_ACPI_NODES_H

#include "lib/acpi/acpi.h"

/* The node of the memory that the affinity table has near the processor; 0 if it does not say, or
 * if no usable memory is there. */
u32 acpi_cpu_node(struct span affinity, const struct boot_info *info, u32 apic_id);

#endif
