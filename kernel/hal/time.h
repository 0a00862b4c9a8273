/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the clock and the one-shot timer of each processor.
 */
#ifndef KERNEL_HAL_TIME_H
#define KERNEL_HAL_TIME_H

#include "lib/base/addr.h"

/* Any processor, any lock held, no waiting. Nanoseconds since the kernel's entry. Monotonic on each processor,
 * and across them as far as the hardware's counters agree; about 15 instructions. */
u64 hal_clock_ns(void);

/* The same for who has the processor's struct at hand: inline, in hal_arch/switch.h, for switches read the clock.
 *     static u64 hal_clock_here(const struct hal_cpu *cpu); */

/* For this processor, with interrupts off; about 20 instructions. Interrupts it once at or soon after the time;
 * replaces an earlier request. A time in the past fires at once; U64_MAX disarms. The handler calls
 * core_timer(). */
void hal_timer_arm(u64 at_ns);

/* Nanoseconds from the loader's start to the kernel's entry; 0 if not known. */
u64 hal_boot_ns(void);

#endif
