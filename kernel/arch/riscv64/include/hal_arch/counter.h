/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the real-time counter and who compares with it. See kernel/arch/common/tree/clock.h.
 * SPEC: RISC-V Unprivileged ISA 20191213, 10.1; RISC-V "stimecmp / vstimecmp" Extension (Sstc) 1.0
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_COUNTER_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_COUNTER_H

#include "kernel/arch/riscv64/features.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/sbi.h"

static FORCE_INLINE u64 counter_ticks(void) { return CSR_READ(time); }

/* The comparator by its number, as assemblers know it by name only with the extension. */
static FORCE_INLINE void counter_alarm(u64 at_ticks)
{
	if (LIKELY(riscv64_features.sstc))
		CSR_WRITE(0x14d, at_ticks);
	else
		sbi_set_timer(at_ticks);
}

static FORCE_INLINE void counter_no_alarm(void) { counter_alarm(U64_MAX); }

#endif
