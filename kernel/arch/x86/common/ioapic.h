/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: the I/O interrupt controllers, which carry device lines to processors.
 * SPEC: Intel 82093AA data sheet.
 */
#ifndef KERNEL_ARCH_X86_COMMON_IOAPIC_H
#define KERNEL_ARCH_X86_COMMON_IOAPIC_H

/* Takes the controllers that ACPI named, and masks all lines. */
void ioapic_find(void);

#endif
