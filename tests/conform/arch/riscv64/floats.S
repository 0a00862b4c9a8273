/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: f0 to f31 with all 64 bits, fcsr. See tests/conform/floats.h.
 * SPEC: RISC-V Unprivileged ISA 20191213, 11.2 "Floating-Point Control and Status Register"
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

	/* Flags of exceptions, and a rounding mode that there is. */
	.globl floats_control_fill
	.type floats_control_fill, @function
floats_control_fill:
	andi a0, a0, 0x7f
	fscsr a0
	ret
	.size floats_control_fill, . - floats_control_fill

	.globl floats_control
	.type floats_control, @function
floats_control:
	frcsr a0
	ret
	.size floats_control, . - floats_control

	.globl floats_control_new
	.type floats_control_new, @function
floats_control_new:
	li a0, 0
	ret
	.size floats_control_new, . - floats_control_new

	.section .note.GNU-stack, "", @progbits
