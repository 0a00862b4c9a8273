/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: for assembly: down from EL2, where machines with virtualization start, to EL1 with the MMU off.
 * SPEC: Arm ARM (DDI 0487), D24.2 (registers by name), D1.4.5 "Exception return".
 */
#ifndef BOOT_COMMON_ARCH_AARCH64_LEAVE_EL2_H
#define BOOT_COMMON_ARCH_AARCH64_LEAVE_EL2_H

#include "boot/common/arch/aarch64/format.h"

#define HCR_VALUE (1 << 31 | 1 << 41 | 1 << 40) /* RW; API, APK */

/* Goes on at `to', at EL1; at once if the processor is there. Uses x4 and x5. EL1 has 64 bits, its counters and
 * timers, and the interrupt controller's registers; nothing is trapped, signing of addresses neither (API, APK: without effect
 * where there is none), and addresses are not translated again. */
.macro leave_el2 to
	mrs x4, CurrentEL
	cmp x4, #(2 << 2)
	b.ne \to
	ldr x4, =HCR_VALUE
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
	ubfx x4, x4, #24, #4            /* a GICv3 has system registers */
	cbz x4, 1f
	mrs x4, S3_4_C12_C9_5           /* ICC_SRE_EL2 */
	mov x5, #9
	orr x4, x4, x5
	msr S3_4_C12_C9_5, x4
	isb
1:	ldr x4, =SCTLR_ONES
	msr sctlr_el1, x4
	mov x4, #0x3c5                  /* EL1 on its own stack, all interrupts masked */
	msr spsr_el2, x4
	adr x4, \to
	msr elr_el2, x4
	eret
.endm

#endif
