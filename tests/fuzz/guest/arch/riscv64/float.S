/* SPDX-License-Identifier: Apache-2.0
 *
 * One use of floating point.
 */
	.option arch, +d
	.text
	.globl use_float
	.type use_float, %function
use_float:
	fmv.d.x ft0, zero
	ret
	.section .note.GNU-stack, "", %progbits
