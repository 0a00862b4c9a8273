/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: v0 to v31 with all 128 bits, FPCR, FPSR. See tests/conform/floats.h.
 * SPEC: Arm ARM (DDI 0487), C5.2 "FPCR", "FPSR"
 */
	.arch_extension fp
	.arch_extension simd
	.text
	.globl floats_fill
	.type floats_fill, %function
floats_fill:
	bti c
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmov d\n, x0
	add x0, x0, #1
	mov v\n\().d[1], x0
	add x0, x0, #1
	.endr
	ret
	.size floats_fill, . - floats_fill

	.globl floats_differ
	.type floats_differ, %function
floats_differ:
	bti c
	mov x2, xzr
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.irp half, 0, 1
	mov x3, v\n\().d[\half]
	eor x3, x3, x0
	orr x2, x2, x3
	add x0, x0, x1
	.endr
	.endr
	mov x0, x2
	ret
	.size floats_differ, . - floats_differ

	/* Flags of exceptions in FPSR; rounding, flushing, default NaN and half precision in FPCR. Nothing traps. */
	.globl floats_control_fill
	.type floats_control_fill, %function
floats_control_fill:
	bti c
	and x1, x0, #0x1f
	msr fpsr, x1
	lsl x0, x1, #22
	msr fpcr, x0
	orr x0, x1, x0, lsl #32
	ret
	.size floats_control_fill, . - floats_control_fill

	.globl floats_control
	.type floats_control, %function
floats_control:
	bti c
	mrs x1, fpsr
	mrs x0, fpcr
	orr x0, x1, x0, lsl #32
	ret
	.size floats_control, . - floats_control

	.globl floats_control_new
	.type floats_control_new, %function
floats_control_new:
	bti c
	mov x0, xzr
	ret
	.size floats_control_new, . - floats_control_new

	.section .note.GNU-stack, "", %progbits
