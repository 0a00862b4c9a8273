/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: what every switch of threads does, inline because calls would be a good part of it.
 * See kernel/hal/mmu.h, kernel/hal/frame.h and kernel/hal/time.h.
 */
#ifndef HAL_ARCH_SWITCH_H
#define HAL_ARCH_SWITCH_H

#include "hal_arch/cpu.h"
#include "hal_arch/mmu.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/atomic.h"

enum : u32 { X86_MSR_FS_BASE = 0xc0000100 };

static FORCE_INLINE void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space)
{
	if (cpu->space == space)
		return;
	/* Loading the root forgets all that was cached before, and orders the store before the use. */
	atomic_store(&cpu->space, space);
	x86_write_cr3(space->root.v);
}

extern u64 x86_ns_per_tick; /* 32 fraction bits; 0 until measured, and then time stands at 0 */

static FORCE_INLINE u64 hal_clock_here(const struct hal_cpu *cpu)
{
	return (u64)((unsigned __int128)(x86_read_tsc() - cpu->tsc_base) * x86_ns_per_tick >> 32);
}

static FORCE_INLINE void hal_tls_load(uaddr_t tls) { x86_write_msr(X86_MSR_FS_BASE, tls.v); }

#endif
