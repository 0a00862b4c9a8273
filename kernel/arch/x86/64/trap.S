/* SPDX-License-Identifier: Apache-2.0
 *
 * Exceptions and interrupts.
 *
 * All exceptions come in on special stacks (stacks.h), interrupts on the kernel stack. Out of
 * user mode the registers go into the thread's frame, and the rest runs on the kernel stack, as
 * after a system call. In kernel mode interrupts are on only in hal_idle, which has no state
 * worth keeping; and no exception is survived.
 *
 * INV: on the way in the stack holds: vector, error code, rip, cs, rflags, rsp, ss.
 */
#include "hal_arch/offsets.h"

#define IN_VECTOR 0
#define IN_ERROR 8
#define IN_RIP 16
#define IN_CS 24
#define IN_RFLAGS 32
#define IN_RSP 40

	.text

/* 256 stubs of 16 bytes. Exceptions 8, 10 to 14, 17, 21, 29, 30 push an error code by themselves.
 * SPEC: Intel SDM 3A, 6.15. */
	.balign 16
	.globl trap_stubs
	.type trap_stubs, @function
trap_stubs:
	.set vector, 0
	.rept 256
	.balign VECTOR_STUB_BYTES, 0xcc
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	pushq $0
	.endif
	pushq $vector
	.if vector < VECTOR_FIRST_INTERRUPT
	jmp exception
	.else
	jmp interrupt
	.endif
	.set vector, vector + 1
	.endr
	.size trap_stubs, . - trap_stubs

	.type exception, @function
exception:
	testb $3, IN_CS(%rsp)
	jnz user_trap

	/* Kernel mode. Build a struct kernel_trap and report it. */
	pushq %r15
	pushq %r14
	pushq %r13
	pushq %r12
	pushq %r11
	pushq %r10
	pushq %r9
	pushq %r8
	pushq %rdi
	pushq %rsi
	pushq %rbp
	pushq %rdx
	pushq %rcx
	pushq %rbx
	pushq %rax
	cld
	/* The GS base may still be the user's, between kernel entry and SWAPGS. The kernel's is
	 * negative; user mode has no means to make its own negative (features.c). */
	movl $MSR_GS_BASE, %ecx
	rdmsr
	testl %edx, %edx
	js 1f
	swapgs
1:	movq %rsp, %rdi
	andq $-16, %rsp
	call trap_in_kernel
	ud2

	.type interrupt, @function
interrupt:
	testb $3, IN_CS(%rsp)
	jnz user_trap
	/* Out of hal_idle. */
	movq IN_VECTOR(%rsp), %rdi
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
	call trap_in_idle
	jmp hal_user_enter

/* Out of user mode: GS is the user's, all registers are the user's. */
	.type user_trap, @function
user_trap:
	swapgs
	movq %rax, %gs:CPU_SCRATCH
	movq %gs:CPU_FRAME, %rax
	movq %rdi, FRAME_ARG0(%rax)
	movq %rsi, FRAME_ARG1(%rax)
	movq %rdx, FRAME_WORD0(%rax)
	movq %r10, FRAME_WORD1(%rax)
	movq %r8, FRAME_WORD2(%rax)
	movq %r9, FRAME_WORD3(%rax)
	movq %rbx, FRAME_WORD4(%rax)
	movq %r12, FRAME_WORD5(%rax)
	movq %r13, FRAME_WORD6(%rax)
	movq %r14, FRAME_WORD7(%rax)
	movq %r15, FRAME_DEADLINE(%rax)
	movq %rbp, FRAME_RBP(%rax)
	movq %rcx, FRAME_RCX(%rax)
	movq %r11, FRAME_R11(%rax)
	movq %gs:CPU_SCRATCH, %rcx
	movq %rcx, FRAME_STATUS(%rax)
	movq IN_RIP(%rsp), %rcx
	movq %rcx, FRAME_RIP(%rax)
	movq IN_RFLAGS(%rsp), %rcx
	movq %rcx, FRAME_RFLAGS(%rax)
	movq IN_RSP(%rsp), %rcx
	movq %rcx, FRAME_RSP(%rax)
	movl $0, FRAME_BY_SYSCALL(%rax)
	movq IN_VECTOR(%rsp), %rdi
	movq IN_ERROR(%rsp), %rsi
	movq %gs:CPU_KERNEL_STACK, %rsp
	/* The user's direction and alignment-check flags go; the latter would open SMAP. */
	pushq $2
	popfq
	xorl %ebp, %ebp
	call trap_in_user
	jmp hal_user_enter
	.size user_trap, . - user_trap

/* void tables_load(const void *gdt, const void *idt): descriptor tables and segments.
 * In: addresses of the 10-byte pseudo-descriptors. The GS base is lost. */
	.globl tables_load
	.type tables_load, @function
tables_load:
	endbr64
	lgdt (%rdi)
	lidt (%rsi)
	movl $SELECTOR_KERNEL_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %ecx, %ecx
	movl %ecx, %fs
	movl %ecx, %gs
	lldt %cx
	movq %rcx, %dr7                 /* no breakpoints left by the firmware */
	movl $SELECTOR_TSS, %eax
	ltr %ax
	popq %rax
	pushq $SELECTOR_KERNEL_CODE
	pushq %rax
	lretq
	.size tables_load, . - tables_load

	.section .note.GNU-stack, "", @progbits
