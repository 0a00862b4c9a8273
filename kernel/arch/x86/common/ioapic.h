/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: the I/O interrupt controllers, which carry device lines to processors.
 * SPEC: Intel 82093AA data sheet.
 */
#ifndef KERNEL_ARCH_X86_COMMON_IOAPIC_H
#define KERNEL_ARCH_X86_COMMON_IOAPIC_H

#include "lib/base/safe.h"

/* Takes the controllers that ACPI named, and masks all lines. */
void ioapic_find(void);

/* A line's interrupt arrived: masks the line. True if the core is to be told; false if the line
 * was masked, and the interrupt is kept until it is unmasked. */
[[nodiscard]] bool ioapic_arrived(u32 line);

#endif
