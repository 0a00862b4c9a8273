/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaving a loader for the kernel, with whatever the MMU is doing. This code is mapped where it runs,
 * before and after. SPEC: Arm ARM (DDI 0487), D1.4 "Exceptions", D24.2 (registers by name).
 */
#include "boot/common/arch/aarch64/format.h"

	.text
/* void machine_enter(u64 root, u64 entry, u64 info, u64 stack) */
	.globl machine_enter
machine_enter:
	msr daifset, #15
	mrs x4, CurrentEL
	cmp x4, #(2 << 2)
	b.ne at_el1

	/* From EL2 to EL1: 64 bits there, counters and timers open, nothing trapped, stage 2 off. */
	mov x4, #(1 << 31)
	msr hcr_el2, x4
	mov x4, #3
	msr cnthctl_el2, x4
	msr cntvoff_el2, xzr
	mov x4, #0x33ff
	msr cptr_el2, x4
	msr hstr_el2, xzr
	msr vttbr_el2, xzr
	mrs x4, midr_el1
	msr vpidr_el2, x4
	mrs x4, mpidr_el1
	msr vmpidr_el2, x4
	mrs x4, id_aa64pfr0_el1
	ubfx x4, x4, #24, #4            /* the interrupt controller's registers: a GICv3 has them */
	cbz x4, 1f
	mrs x4, S3_4_C12_C9_5           /* ICC_SRE_EL2: enable them, for EL1 too */
	mov x5, #9
	orr x4, x4, x5
	msr S3_4_C12_C9_5, x4
	isb
1:	ldr x4, =SCTLR_ONES
	msr sctlr_el1, x4
	mov x4, #0x3c5                  /* EL1 on its own stack, all interrupts masked */
	msr spsr_el2, x4
	adr x4, at_el1
	msr elr_el2, x4
	eret

at_el1:
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
