/* SPDX-License-Identifier: Apache-2.0
 *
 * Kernel entry on the boot processor; see kernel/hal/boot.h for what the loader left.
 * In: rdi = struct boot_info. Interrupts are off.
 */
#include "hal_arch/offsets.h"

	.section .text.entry, "ax", @progbits
	.globl _start
	.type _start, @function
_start:
	cli
	cld
	rdtsc
	shlq $32, %rdx
	orq %rdx, %rax
	movq %rax, x86_entry_tsc(%rip)

	/* The stack protector's guard: the loader's random seed. The lowest byte is zero, so that a
	 * string that runs over ends in front of it. */
	xorq BOOT_INFO_SEED(%rdi), %rax
	xorb %al, %al
	movq %rax, __stack_chk_guard(%rip)

	leaq boot_stacks + STACK_KERNEL_TOP(%rip), %rsp
	xorl %ebp, %ebp
	call core_start
	ud2
	.size _start, . - _start

	.section .stacks, "aw", @nobits
	.balign 4096
	.globl boot_stacks
	.type boot_stacks, @object
boot_stacks:
	.skip STACKS_BYTES
	.size boot_stacks, STACKS_BYTES

	.section .note.GNU-stack, "", @progbits
