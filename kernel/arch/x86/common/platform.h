/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: what was found out about the machine at boot, and the order of finding it.
 */
#ifndef KERNEL_ARCH_X86_COMMON_PLATFORM_H
#define KERNEL_ARCH_X86_COMMON_PLATFORM_H

#include "kernel/arch/x86/common/acpi.h"

/* Written once on the boot processor, before others run. */
struct x86_platform {
	struct acpi_facts acpi;
	u32 cpu_count;
	u32 apic_id[ACPI_CPUS_MAX];  /* index = processor number; 0 is the boot processor */
	u32 node[ACPI_CPUS_MAX];     /* the same index */
};
extern struct x86_platform x86_platform;

/* Reads the tables and numbers the processors. Called when the direct map stands. */
void x86_platform_find(const struct boot_info *info);

#endif
