/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: what every switch of threads does, inline because calls would be a good part of it.
 * See kernel/hal/mmu.h and kernel/hal/frame.h.
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

static FORCE_INLINE void hal_tls_load(uaddr_t tls) { x86_write_msr(X86_MSR_FS_BASE, tls.v); }

#endif
