/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: what every switch of threads does, inline because calls would be a good part of it.
 * See kernel/hal/mmu.h, kernel/hal/frame.h and kernel/hal/time.h.
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_SWITCH_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_SWITCH_H

#include "hal_arch/cpu.h"
#include "hal_arch/mmu.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/common/tree/clock.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/hal/atomic.h"

/* The space is new on this processor, was changed since it was here last, or has no id of its own. */
void riscv64_meet_space(struct hal_cpu *cpu, struct hal_space *space);

/* WHY no flush otherwise: the kernel reaches nothing through the lower half, and whoever changes the space asks those
 * that use it, and takes it from what the others know. The fence: one of the two is seen. */
static FORCE_INLINE void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space)
{
	if (cpu->space == space)
		return;
	atomic_store(&cpu->space, space);
	atomic_fence();
	if (UNLIKELY((atomic_load(&space->known) & cpu->bit) == 0))
		riscv64_meet_space(cpu, space);
	else
		CSR_WRITE(satp, space->satp);
}

static FORCE_INLINE u64 hal_clock_here(const struct hal_cpu *cpu)
{
	(void)cpu;
	return clock_ns();
}

/* The thread pointer is a register like others: it is in the frame that this processor goes on with. */
UNSAFE_BEGIN("SAFETY: writes one member of the frame that this processor's struct cpu names, as the offsets have it");
static FORCE_INLINE void hal_tls_load(uaddr_t tls)
{
	u64 frame;

	__asm__ volatile("ld %0, %2(tp)\n\tsd %1, %3(%0)"
			 : "=&r"(frame) : "r"(tls.v), "i"(CPU_FRAME), "i"(FRAME_TP) : "memory");
}
UNSAFE_END();

#endif
