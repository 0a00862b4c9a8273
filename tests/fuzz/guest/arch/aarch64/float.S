/* SPDX-License-Identifier: Apache-2.0
 *
 * One use of floating point.
 */
	.arch_extension fp
	.arch_extension simd
	.text
	.globl use_float
	.type use_float, %function
use_float:
	bti c
	movi v0.2d, #0
	ret
	.section .note.GNU-stack, "", %progbits
