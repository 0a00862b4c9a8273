/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: the clock, which is the time stamp counter, and the timer of each processor.
 */
#ifndef KERNEL_ARCH_X86_COMMON_CLOCK_H
#define KERNEL_ARCH_X86_COMMON_CLOCK_H

#include "boot/boot_info.h"

/* The counter at the kernel's entry; entry code writes it. */
extern u64 x86_entry_tsc;

/* Measures the counter and the timer against a clock of known frequency, about 100 us. */
void clock_calibrate(const struct boot_info *info);

/* The timer's interrupt came: true if the time asked for is reached. Else the timer, which
 * cannot count so far in one go, was started again. */
[[nodiscard]] bool clock_timer_fired(void);

/* Waits; for starting processors. */
void clock_wait_ns(u64 ns);

#endif
