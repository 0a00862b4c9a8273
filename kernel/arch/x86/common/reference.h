/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: counters whose frequency is known: HPET, ACPI timer, or the old interval timer.
 */
#ifndef KERNEL_ARCH_X86_COMMON_REFERENCE_H
#define KERNEL_ARCH_X86_COMMON_REFERENCE_H

#include "kernel/arch/x86/common/acpi/tables.h"

struct reference {
	u64 (*read)(void);
	u64 mask;        /* the counter wraps at mask + 1 */
	u64 period_fs;   /* femtoseconds a tick */
};

/* The best one that counts; read is null if none does. */
struct reference reference_find(const struct acpi_facts *acpi);

#endif
