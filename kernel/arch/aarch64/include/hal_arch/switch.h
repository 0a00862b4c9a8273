/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what every switch of threads does, inline because calls would be a good part of it.
 * See kernel/hal/mmu.h, kernel/hal/frame.h and kernel/hal/time.h.
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_SWITCH_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_SWITCH_H

#include "hal_arch/cpu.h"
#include "hal_arch/mmu.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/common/tree/clock.h"
#include "kernel/hal/atomic.h"

/* For spaces that have no id of their own, with a key or without. */
void aarch64_activate_shared(u64 key_low, u64 key_high);

/* WHY no barrier: the kernel reaches nothing through these tables, and the return to user mode waits
 * for the register (SPEC: Arm ARM, D1.4.4 "Context synchronization events"). */
static FORCE_INLINE void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space)
{
	const u64 ttbr = space->ttbr;

	if (cpu->ttbr == ttbr)
		return;
	/* WHY loaded before they are needed: two at a time. */
	const u64 low = space->key_low, high = space->key_high;

	cpu->ttbr = ttbr;
	SYSTEM_WRITE(ttbr0_el1, ttbr);
	if (LIKELY(low != 0))
		aarch64_load_key(low, high);
	else if (UNLIKELY(space->asid == 0))
		aarch64_activate_shared(space->key_rare, high);
}

static FORCE_INLINE u64 hal_clock_here(const struct hal_cpu *cpu)
{
	(void)cpu;
	return clock_ns();
}

static FORCE_INLINE void hal_tls_load(uaddr_t tls) { SYSTEM_WRITE(tpidr_el0, tls.v); }

#endif
