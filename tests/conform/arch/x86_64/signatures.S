/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: nothing is signed. See tests/conform/signatures.h.
 */
	.text
	.globl signature_on
	.type signature_on, @function
signature_on:
	endbr64
	movq %rdi, %rax
	ret
	.size signature_on, . - signature_on

	/* WHY pushed: the stack is then as a call to the address would have left it. */
	.globl return_elsewhere
	.type return_elsewhere, @function
return_elsewhere:
	endbr64
	pushq %rdi
	ret
	.size return_elsewhere, . - return_elsewhere

	.section .note.GNU-stack, "", @progbits
