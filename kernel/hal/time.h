/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the clock and the one-shot timer of each processor.
 */
#ifndef KERNEL_HAL_TIME_H
#define KERNEL_HAL_TIME_H

#include "lib/base/addr.h"

/* Pre: behind hal_boot_early; any processor, any lock held.
 * Post: nanoseconds since the kernel's entry; 0 until hal_boot_platform, where the clock is measured. Monotonic on each
 *     processor, and across them as far as the hardware's counters agree.
 * Order: none: the counter may be read before or after what stands beside it.
 * Cost: constant: about 15 instructions, no waiting. */
u64 hal_clock_ns(void);

/* The same for who has the processor's struct at hand: inline, in hal_arch/switch.h, for switches read the clock.
 *     static u64 hal_clock_here(const struct hal_cpu *cpu);
 * Pre: `cpu` is this processor's, behind hal_boot_early.
 * Post: as hal_clock_ns.
 * Order: none, as hal_clock_ns.
 * Cost: constant: about 10 instructions, no waiting. */

/* Pre: behind hal_boot_platform; interrupts off.
 * Post: core_timer is called on this processor, once, at or soon after the time; an earlier request is replaced. A time in
 *     the past fires at once; U64_MAX disarms.
 * Order: none: for this processor only.
 * Cost: constant: about 20 instructions and one register of the timer, or a call of firmware. */
void hal_timer_arm(u64 at_ns);

/* Pre: behind hal_boot_platform.
 * Post: nanoseconds from the loader's start to the kernel's entry; 0 if not known. It does not change.
 * Order: none.
 * Cost: constant. */
u64 hal_boot_ns(void);

#endif
