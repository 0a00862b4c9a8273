/* SPDX-License-Identifier: Apache-2.0
 *
 * The system call path and the way back to user mode. The shortest path of the kernel: each
 * register is saved once, into the thread's own frame.
 */
#include "hal_arch/offsets.h"

	.text

/* The user's registers but those that an answer or the instruction to user mode sets. */
	.macro load_others
	movq FRAME_WORD0(%rsp), %rdx
	movq FRAME_WORD1(%rsp), %r10
	movq FRAME_WORD2(%rsp), %r8
	movq FRAME_WORD3(%rsp), %r9
	movq FRAME_WORD4(%rsp), %rbx
	movq FRAME_WORD5(%rsp), %r12
	movq FRAME_WORD6(%rsp), %r13
	movq FRAME_WORD7(%rsp), %r14
	movq FRAME_DEADLINE(%rsp), %r15
	movq FRAME_RBP(%rsp), %rbp
	.endm

/* WHY: with a non-canonical rip SYSRET would fault in kernel mode on the user's stack. This one is where a SYSCALL was, or
 * just behind it, and the last page of the user half is never mapped. */
	.macro sysret_to_user
	movq FRAME_RIP(%rsp), %rcx
	load_others
	movq FRAME_RFLAGS(%rsp), %r11
	movq FRAME_RSP(%rsp), %rsp
	swapgs
	sysretq
	.endm

/* SYSCALL comes here: user rip in rcx, rflags in r11; interrupts off (SFMASK); the stack is
 * still the user's. SPEC: Intel SDM 2B, SYSCALL. */
	.globl syscall_entry
	.type syscall_entry, @function
syscall_entry:
	endbr64
	swapgs
	movq %rsp, %gs:CPU_SCRATCH
	movq %gs:CPU_FRAME, %rsp
	movq %rdi, FRAME_ARG0(%rsp)
	movq %rsi, FRAME_ARG1(%rsp)
	movq %rdx, FRAME_WORD0(%rsp)
	movq %r10, FRAME_WORD1(%rsp)
	movq %r8, FRAME_WORD2(%rsp)
	movq %r9, FRAME_WORD3(%rsp)
	movq %rbx, FRAME_WORD4(%rsp)
	movq %r12, FRAME_WORD5(%rsp)
	movq %r13, FRAME_WORD6(%rsp)
	movq %r14, FRAME_WORD7(%rsp)
	movq %r15, FRAME_DEADLINE(%rsp)
	movq %rbp, FRAME_RBP(%rsp)
	movq %rcx, FRAME_RIP(%rsp)
	movq %r11, FRAME_RFLAGS(%rsp)
	movq %gs:CPU_SCRATCH, %rcx
	movq %rcx, FRAME_RSP(%rsp)
	/* core_syscall takes its arguments in r12 to r15, rdi and rsi (HAL_ENTRY_CALL): the last three are there. */
	movq %gs:CPU_SELF, %r12
	movq %gs:CPU_CURRENT, %r13
	movq %rax, %r14
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
	call core_syscall
	/* Falls through. */

/* To user mode with the frame of this processor. Interrupts are off; the kernel stack is dropped. */
	.globl hal_user_enter
	.type hal_user_enter, @function
hal_user_enter:
	movq %gs:CPU_FRAME, %rsp
	cmpl $0, FRAME_BY_SYSCALL(%rsp)
	je interrupt_return
	movq FRAME_STATUS(%rsp), %rax
	movq FRAME_ARG0(%rsp), %rdi
	movq FRAME_ARG1(%rsp), %rsi
	sysret_to_user

/* void hal_user_return(u64 arg0, u64 arg1) */
	.globl hal_user_return
	.type hal_user_return, @function
hal_user_return:
	movq %gs:CPU_FRAME, %rsp
	xorl %eax, %eax
	sysret_to_user
	.size syscall_entry, . - syscall_entry

	.type interrupt_return, @function
interrupt_return:
	movq FRAME_STATUS(%rsp), %rax
	movq FRAME_ARG0(%rsp), %rdi
	movq FRAME_ARG1(%rsp), %rsi
	load_others
	movq FRAME_RCX(%rsp), %rcx
	movq FRAME_R11(%rsp), %r11
	movl $1, FRAME_BY_SYSCALL(%rsp) /* what holds in user mode: see struct hal_frame */
	/* The last five words of the frame are what IRETQ takes. */
	addq $FRAME_RIP, %rsp
	swapgs
	iretq
	.size interrupt_return, . - interrupt_return

/* Idle: from the top of the kernel stack, since nothing on it is needed any more. STI lets
 * interrupts in only after the next instruction, so none is missed before HLT. */
	.globl hal_idle
	.type hal_idle, @function
hal_idle:
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
1:	sti
	hlt
	jmp 1b
	.size hal_idle, . - hal_idle

	.section .note.GNU-stack, "", @progbits
