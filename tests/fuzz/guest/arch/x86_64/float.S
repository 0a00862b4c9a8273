/* SPDX-License-Identifier: Apache-2.0
 *
 * One use of floating point.
 */
	.text
	.globl use_float
	.type use_float, @function
use_float:
	endbr64
	pxor %xmm0, %xmm0
	ret
	.section .note.GNU-stack, "", @progbits
