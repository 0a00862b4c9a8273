/* SPDX-License-Identifier: Apache-2.0
 *
 * The first code of the other processors. It is copied to the beginning of a page below 1 MiB,
 * where they start in 16-bit real mode with cs = page address / 16, ip = 0; smp.c fills in the
 * values behind it. It goes to 64-bit mode in one step. SPEC: Intel SDM 3A, 8.4.4, 9.8.5.
 */
#include "hal_arch/offsets.h"

	.section .rodata
	.balign 16
	.globl trampoline_start
	.type trampoline_start, @object
	.code16
trampoline_start:
	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	lgdtl TRAMPOLINE_GDT_POINTER
	movl $0x20, %eax                /* CR4: PAE */
	movl %eax, %cr4
	movl TRAMPOLINE_ROOT, %eax
	movl %eax, %cr3
	movl $0xc0000080, %ecx          /* EFER: long mode, no-execute */
	movl TRAMPOLINE_EFER, %eax
	xorl %edx, %edx
	wrmsr
	movl $0x80010011, %eax          /* CR0: PG, WP, ET, PE */
	movl %eax, %cr0
	ljmpl *TRAMPOLINE_JUMP

	.code64
trampoline_long:
	leaq trampoline_start(%rip), %rbx
	movq TRAMPOLINE_STACK(%rbx), %rsp
	movq TRAMPOLINE_CPU(%rbx), %rdi
	movq TRAMPOLINE_KERNEL_ROOT(%rbx), %rsi
	movq TRAMPOLINE_ENTRY(%rbx), %rax
	jmp *%rax

	.skip TRAMPOLINE_GDT_POINTER - (. - trampoline_start), 0
	.word 15                        /* limit; smp.c adds the base */
	.skip TRAMPOLINE_JUMP - (. - trampoline_start), 0
	.long trampoline_long - trampoline_start  /* smp.c adds the page's address */
	.word SELECTOR_KERNEL_CODE
	.skip TRAMPOLINE_GDT - (. - trampoline_start), 0
	.quad 0
	.quad 0x00af9b000000ffff        /* 64-bit code */
	.size trampoline_start, . - trampoline_start

	.text
/* In the kernel's half, still on the low root. rdi = struct cpu, rsi = the kernel's root. */
	.globl secondary_entry
	.type secondary_entry, @function
secondary_entry:
	movq %rsi, %cr3
	xorl %ebp, %ebp
	call secondary_start
	ud2
	.size secondary_entry, . - secondary_entry

	.section .note.GNU-stack, "", @progbits
