/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: floating point registers. See tests/conform/floats.h.
 */
	.text
	.globl floats_fill
	.type floats_fill, @function
floats_fill:
	endbr64
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movq %rdi, %xmm\n
	incq %rdi
	.endr
	ret
	.size floats_fill, . - floats_fill

	.globl floats_differ
	.type floats_differ, @function
floats_differ:
	endbr64
	xorl %eax, %eax
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movq %xmm\n, %rcx
	xorq %rdi, %rcx
	orq %rcx, %rax
	addq %rsi, %rdi
	.endr
	ret
	.size floats_differ, . - floats_differ

	.section .note.GNU-stack, "", @progbits
