/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: nothing is signed. See tests/conform/signatures.h.
 */
	.text
	.globl signature_on
	.type signature_on, @function
signature_on:
	ret
	.size signature_on, . - signature_on

	.globl return_elsewhere
	.type return_elsewhere, @function
return_elsewhere:
	addi sp, sp, -16
	sd a0, 8(sp)
	ld ra, 8(sp)
	addi sp, sp, 16
	ret
	.size return_elsewhere, . - return_elsewhere

	.section .note.GNU-stack, "", @progbits
