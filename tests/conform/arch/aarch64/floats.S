/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: floating point registers. See tests/conform/floats.h.
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
	.endr
	ret
	.size floats_fill, . - floats_fill

	.globl floats_differ
	.type floats_differ, %function
floats_differ:
	bti c
	mov x2, xzr
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmov x3, d\n
	eor x3, x3, x0
	orr x2, x2, x3
	add x0, x0, x1
	.endr
	mov x0, x2
	ret
	.size floats_differ, . - floats_differ

	.section .note.GNU-stack, "", %progbits
