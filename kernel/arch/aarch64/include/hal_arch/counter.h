/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the generic timer's virtual counter. See kernel/arch/common/tree/clock.h.
 * SPEC: Arm ARM (DDI 0487), D12 "The Generic Timer in AArch64 state".
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_COUNTER_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_COUNTER_H

#include "kernel/arch/aarch64/instructions.h"

enum : u64 { COUNTER_TIMER_ON = 1 };

/* WHY the barrier: the counter may be read ahead of what stands before (SPEC: Arm ARM, D12.1.2). */
static FORCE_INLINE u64 counter_ticks(void)
{
	aarch64_isb();
	return SYSTEM_READ(cntvct_el0);
}

static FORCE_INLINE void counter_alarm(u64 at_ticks)
{
	SYSTEM_WRITE(cntv_cval_el0, at_ticks);
	SYSTEM_WRITE(cntv_ctl_el0, COUNTER_TIMER_ON);
}

static FORCE_INLINE void counter_no_alarm(void) { SYSTEM_WRITE(cntv_ctl_el0, 0); }

#endif
