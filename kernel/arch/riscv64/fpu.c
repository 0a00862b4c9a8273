/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: floating point state. User mode's use of it traps while the running thread has no state; the kernel
 * uses none but here.
 */
#include "kernel/arch/riscv64/fpu.h"
#include "kernel/arch/riscv64/instructions.h"

static_assert(__builtin_offsetof(struct hal_fpu, control) == 256);

/* Registers of zeros, rounding to nearest, no exceptions. */
static const struct hal_fpu clean;

void hal_fpu_init(struct hal_fpu *fpu) { *fpu = clean; }

void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to)
{
	/* What it has not changed since it was loaded is in memory as it is. */
	if (from != nullptr && (CSR_READ(sstatus) & STATUS_FLOATS) == STATUS_FLOATS_DIRTY)
		fpu_save(from);
	CSR_SET(sstatus, STATUS_FLOATS_CLEAN);
	/* Without a next one, nothing of the last thread stays in the registers. */
	fpu_load(to != nullptr ? to : &clean);
	CSR_CLEAR(sstatus, STATUS_FLOATS);
	if (to != nullptr)
		CSR_SET(sstatus, STATUS_FLOATS_CLEAN);
}
