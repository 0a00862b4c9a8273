/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the clock and the timer of each processor: the generic timer's virtual counter.
 */
#ifndef KERNEL_ARCH_AARCH64_CLOCK_H
#define KERNEL_ARCH_AARCH64_CLOCK_H

#include "boot/boot_info.h"

/* The counter at the kernel's entry; entry code writes it. */
extern u64 aarch64_entry_ticks;

/* From now on time passes. */
void clock_start(const struct boot_info *info);

/* The timer's interrupt came: no more of them until it is armed again. True if the time asked for is reached. */
[[nodiscard]] bool clock_timer_fired(void);

#endif
