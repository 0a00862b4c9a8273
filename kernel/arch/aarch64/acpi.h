/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what ACPI tells the kernel, where there is no device tree.
 */
#ifndef KERNEL_ARCH_AARCH64_ACPI_H
#define KERNEL_ARCH_AARCH64_ACPI_H

#include "boot/boot_info.h"
#include "kernel/arch/aarch64/acpi/tables.h"

/* Reads the tables, if there is no tree. Needs the direct map; the info is not checked yet. */
void acpi_learn(const struct boot_info *info);

extern struct arm_facts acpi_facts;

#endif
