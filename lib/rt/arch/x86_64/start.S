/* SPDX-License-Identifier: Apache-2.0
 *
 * Entry of a process and of a thread on x86_64. The kernel starts a thread with its argument in
 * rdi, the address of its message buffer in rsi and nothing on the stack.
 * SPEC: kernel/hal/frame.h; System V ABI AMD64 3.4 (stack alignment).
 */
	.section .data.rel.ro, "aw"
	.balign 8
/* Holds its own address once the image is relocated. */
relocated_mark:
	.quad relocated_mark

	.text
	.globl _start
	.type _start, @function
_start:
	endbr64
	xorl %ebp, %ebp
	andq $-16, %rsp
	movq %rdi, %rbx
	movq %rsi, %r12
	/* WHY the mark: the loader relocates programs, the kernel does not relocate init. */
	leaq relocated_mark(%rip), %rax
	cmpq relocated_mark(%rip), %rax
	je 1f
	leaq __ehdr_start(%rip), %rdi
	leaq _DYNAMIC(%rip), %rsi
	call raw_relocate
1:	movq %rbx, %rdi
	movq %r12, %rsi
	call raw_begin
	ud2
	.size _start, . - _start

	.globl raw_thread_trampoline
	.hidden raw_thread_trampoline
	.type raw_thread_trampoline, @function
raw_thread_trampoline:
	endbr64
	xorl %ebp, %ebp
	andq $-16, %rsp
	call raw_thread_main
	ud2
	.size raw_thread_trampoline, . - raw_thread_trampoline

/* rdi: address of the slot's flag. After the store another thread may use this stack. */
	.globl raw_thread_leave
	.hidden raw_thread_leave
	.type raw_thread_leave, @function
raw_thread_leave:
	movl rt_thread_exit_number(%rip), %eax
	movl $1, (%rdi)
	syscall
	ud2
	.size raw_thread_leave, . - raw_thread_leave

	.section .note.GNU-stack, "", @progbits
