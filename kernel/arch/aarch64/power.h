/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: firmware's power control (PSCI).
 */
#ifndef KERNEL_ARCH_AARCH64_POWER_H
#define KERNEL_ARCH_AARCH64_POWER_H

#include "boot/boot_info.h"

/* By which instruction firmware is called. */
enum power_method : u32 { POWER_NONE, POWER_BY_HVC, POWER_BY_SMC };

/* From now on the machine can be turned off. The info is not checked yet. */
void power_find(const struct boot_info *info);

/* Starts a processor at a physical address, with its argument in x0 and the MMU off. False: firmware refuses. */
[[nodiscard]] bool power_start_cpu(u64 affinity, u64 entry, u64 argument);

#endif
