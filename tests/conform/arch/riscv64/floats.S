/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: floating point registers. See tests/conform/floats.h.
 */
	.option arch, +d
	.text
	.globl floats_fill
	.type floats_fill, @function
floats_fill:
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmv.d.x f\n, a0
	addi a0, a0, 1
	.endr
	ret
	.size floats_fill, . - floats_fill

	.globl floats_differ
	.type floats_differ, @function
floats_differ:
	li a2, 0
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmv.x.d a3, f\n
	xor a3, a3, a0
	or a2, a2, a3
	add a0, a0, a1
	.endr
	mv a0, a2
	ret
	.size floats_differ, . - floats_differ

	.section .note.GNU-stack, "", @progbits
