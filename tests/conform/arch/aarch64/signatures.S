/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: instructions that sign, by their numbers: older assemblers and processors know them as hints only.
 * See tests/conform/signatures.h. SPEC: Arm ARM (DDI 0487), C6.2 PACIA, AUTIA
 */
	.text
	.globl signature_on
	.type signature_on, %function
signature_on:
	bti c
	mov x17, x0
	mov x16, x1
	hint #8                         /* pacia1716 */
	mov x0, x17
	ret
	.size signature_on, . - signature_on

	.globl return_elsewhere
	.type return_elsewhere, %function
return_elsewhere:
	hint #25                        /* paciasp */
	stp x29, x30, [sp, #-16]!
	str x0, [sp, #8]
	ldp x29, x30, [sp], #16
	hint #29                        /* autiasp */
	ret
	.size return_elsewhere, . - return_elsewhere

	.section .note.GNU-stack, "", @progbits
