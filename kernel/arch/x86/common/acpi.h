/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: what ACPI tells the kernel.
 */
#ifndef KERNEL_ARCH_X86_COMMON_ACPI_H
#define KERNEL_ARCH_X86_COMMON_ACPI_H

#include "boot/boot_info.h"
#include "kernel/arch/x86/common/acpi/tables.h"

/* What the tables say; all zero without tables. Needs the direct map. */
void acpi_learn(const struct boot_info *info, struct acpi_facts *facts);

#endif
