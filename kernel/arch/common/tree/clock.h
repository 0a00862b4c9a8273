/* SPDX-License-Identifier: Apache-2.0
 *
 * Clock and timer on a counter whose frequency somebody tells, that counts alike on all processors, and with
 * which each processor compares one number. The architecture defines, in hal_arch/counter.h, inline:
 *     u64 counter_ticks(void)             the counter, not read ahead of what stands before
 *     void counter_alarm(u64 at_ticks)    the timer's interrupt comes when the counter is there, or past it
 *     void counter_no_alarm(void)         it does not come
 */
#ifndef KERNEL_ARCH_COMMON_TREE_CLOCK_H
#define KERNEL_ARCH_COMMON_TREE_CLOCK_H

#include "boot/boot_info.h"
#include "hal_arch/counter.h"
#include "kernel/arch/common/rate.h"

/* The counter at the kernel's entry; entry code writes it. */
extern u64 clock_entry_ticks;
extern struct rate clock_rate; /* 0 until clock_start: time stands */

/* hal_clock_ns, inline for switches of threads. */
static FORCE_INLINE u64 clock_ns(void) { return rate_ns(&clock_rate, counter_ticks() - clock_entry_ticks); }

/* From now on time passes. */
void clock_start(const struct boot_info *info, u64 hz);

/* The timer's interrupt came: no more of them until it is armed again. True if the time asked for is reached. */
[[nodiscard]] bool clock_timer_fired(void);

#endif
