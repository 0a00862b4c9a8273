/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: floating point and vector state. User mode's use of it traps while the running thread has no
 * state; the kernel's never does, and it uses none but here.
 * SPEC: Arm ARM (DDI 0487), D24.2 CPACR_EL1; A1.5 "Floating-point support".
 */
#include "kernel/arch/aarch64/fpu.h"
#include "kernel/arch/aarch64/instructions.h"

static_assert(__builtin_offsetof(struct hal_fpu, control) == 512 && __builtin_offsetof(struct hal_fpu, status) == 520);

/* Registers of zeros, rounding to nearest, no exceptions. */
static const struct hal_fpu clean;

void hal_fpu_init(struct hal_fpu *fpu) { *fpu = clean; }

void fpu_trap_user(void) { SYSTEM_WRITE(cpacr_el1, CPACR_KERNEL_ONLY); }

void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to)
{
	if (from != nullptr)
		fpu_save(from);
	/* Without a next one, nothing of the last thread stays in the registers. */
	fpu_load(to != nullptr ? to : &clean);
	SYSTEM_WRITE(cpacr_el1, to != nullptr ? CPACR_OPEN : CPACR_KERNEL_ONLY);
}
