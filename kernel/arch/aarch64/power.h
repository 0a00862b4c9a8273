/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: firmware's power control (PSCI).
 */
#ifndef KERNEL_ARCH_AARCH64_POWER_H
#define KERNEL_ARCH_AARCH64_POWER_H

#include "lib/fdt/fdt.h"

/* By which instruction firmware is called. */
enum power_method : u32 { POWER_NONE, POWER_BY_HVC, POWER_BY_SMC };

void power_find(const struct fdt *fdt);

/* Starts a processor at a physical address, with its argument in x0 and the MMU off. False: firmware refuses. */
[[nodiscard]] bool power_start_cpu(u64 affinity, u64 entry, u64 argument);

#endif
