/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaving a loader for the kernel, with whatever the MMU is doing. This code is mapped where it runs,
 * before and after. SPEC: Arm ARM (DDI 0487), D1.4 "Exceptions", D24.2 (registers by name).
 */
#include "boot/common/arch/aarch64/leave_el2.h"

	.text
/* void machine_enter(u64 root, u64 entry, u64 info, u64 stack) */
	.globl machine_enter
machine_enter:
	msr daifset, #15
	/* What is fetched with the MMU off comes from memory itself. */
	adr x4, machine_enter
	adr x5, machine_enter_end
1:	dc civac, x4
	add x4, x4, #16
	cmp x4, x5
	b.lo 1b
	dsb sy
	leave_el2 leave

leave:
	dsb sy
	mrs x4, sctlr_el1
	ldr x5, =(SCTLR_MMU | SCTLR_CACHES | SCTLR_WXN)
	bic x4, x4, x5
	msr sctlr_el1, x4
	isb
	tlbi vmalle1
	ic iallu
	ldr x4, =MAIR_VALUE
	msr mair_el1, x4
	ldr x4, =TCR_VALUE
	mrs x5, id_aa64mmfr0_el1
	and x5, x5, #0xf
	cmp x5, #TCR_IPS_48
	mov x6, #TCR_IPS_48
	csel x5, x5, x6, lo
	orr x4, x4, x5, lsl #TCR_IPS_SHIFT
	msr tcr_el1, x4
	msr ttbr1_el1, x0
	add x0, x0, #4096
	msr ttbr0_el1, x0
	dsb sy
	isb
	ldr x4, =SCTLR_VALUE
	msr sctlr_el1, x4
	isb
	mov sp, x3
	mov x0, x2
	mov x29, xzr
	mov x30, xzr
	br x1
	.ltorg
machine_enter_end:
