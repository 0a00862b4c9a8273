/* SPDX-License-Identifier: Apache-2.0
 *
 * Kernel entry, the ways in from user mode and back, idling. The shortest paths of the kernel: each
 * register is saved once, into the thread's own frame.
 *
 * INV: while user mode runs, SP_EL1 is the address of the running thread's frame. In the kernel it is this
 *      processor's kernel stack.
 */
#include "hal_arch/offsets.h"
#include "boot/common/arch/aarch64/leave_el2.h"

	.section .text.entry, "ax", @progbits
	.globl _start
	.type _start, @function
_start:
	bti jc
	isb
	mrs x1, cntvct_el0
	adrp x2, clock_entry_ticks
	str x1, [x2, :lo12:clock_entry_ticks]

	/* The stack protector's guard: the loader's random seed. The lowest byte is zero, so that a
	 * string that runs over ends in front of it. */
	ldr x2, [x0, #BOOT_INFO_SEED]
	eor x1, x1, x2
	and x1, x1, #~0xff
	adrp x2, __stack_chk_guard
	str x1, [x2, :lo12:__stack_chk_guard]

	adrp x1, boot_stacks
	add x1, x1, :lo12:boot_stacks
	mov x2, #STACK_KERNEL_TOP
	add sp, x1, x2
	mov x29, xzr
	mov x30, xzr
	bl core_start
	udf #0
	.size _start, . - _start

	.section .stacks, "aw", @nobits
	.balign 4096
	.globl boot_stacks
	.type boot_stacks, @object
boot_stacks:
	.skip STACKS_BYTES
	.size boot_stacks, STACKS_BYTES

	.text

/* x2 to x29: all but those that the ways in differ in. */
.macro save_most
	stp x2, x3, [sp, #16]
	stp x4, x5, [sp, #32]
	stp x6, x7, [sp, #48]
	stp x8, x9, [sp, #64]
	stp x10, x11, [sp, #80]
	stp x12, x13, [sp, #96]
	stp x14, x15, [sp, #112]
	stp x16, x17, [sp, #128]
	stp x18, x19, [sp, #144]
	stp x20, x21, [sp, #160]
	stp x22, x23, [sp, #176]
	stp x24, x25, [sp, #192]
	stp x26, x27, [sp, #208]
	stp x28, x29, [sp, #224]
.endm

/* Saves all of user mode. Leaves: x15 = ESR_EL1, x20 = struct cpu, sp = kernel stack, no frame pointer, and x0 to x11 as
 * they were. */
.macro save_user
	stp x0, x1, [sp, #0]
	save_most
	mrs x12, sp_el0
	mrs x13, elr_el1
	mrs x14, spsr_el1
	stp x30, x12, [sp, #FRAME_X30]
	stp x13, x14, [sp, #FRAME_PC]
	mrs x15, esr_el1
	mrs x20, tpidr_el1
	ldr x16, [x20, #CPU_KERNEL_STACK]
	mov sp, x16
	mov x29, xzr
.endm

	.type user_synchronous, @function
user_synchronous:
	save_user
	lsr x16, x15, #26
	cmp x16, #0x15                  /* SVC, 64-bit */
	b.ne 1f
	/* core_syscall takes its arguments in x20 to x25 (HAL_ENTRY_CALL); the first is there. */
	ldr x21, [x20, #CPU_CURRENT]
	mov x22, x11
	mov x23, x10
	mov x24, x0
	mov x25, x1
	bl core_syscall
	b hal_user_enter
1:	mov x0, x15
	bl trap_in_user
	b hal_user_enter
	.size user_synchronous, . - user_synchronous

	.type user_interrupt, @function
user_interrupt:
	save_user
	bl trap_interrupt
	/* Falls through. */

/* To user mode with the frame of this processor. Interrupts are off; the kernel stack is dropped. */
	.globl hal_user_enter
	.type hal_user_enter, @function
hal_user_enter:
	mrs x2, tpidr_el1
	ldr x2, [x2, #CPU_FRAME]
	mov sp, x2
	ldp x0, x1, [sp, #0]
	ldr x11, [sp, #FRAME_STATUS]
	b 1f

/* void hal_user_return(u64 arg0, u64 arg1) */
	.globl hal_user_return
	.type hal_user_return, @function
hal_user_return:
	mrs x2, tpidr_el1
	ldr x2, [x2, #CPU_FRAME]
	mov sp, x2
	mov x11, xzr
1:	ldp x2, x3, [sp, #FRAME_PC]
	ldp x30, x4, [sp, #FRAME_X30]
	msr elr_el1, x2
	msr spsr_el1, x3
	msr sp_el0, x4
	ldp x28, x29, [sp, #224]
	ldp x26, x27, [sp, #208]
	ldp x24, x25, [sp, #192]
	ldp x22, x23, [sp, #176]
	ldp x20, x21, [sp, #160]
	ldp x18, x19, [sp, #144]
	ldp x16, x17, [sp, #128]
	ldp x14, x15, [sp, #112]
	ldp x12, x13, [sp, #96]
	ldr x10, [sp, #80]
	ldp x8, x9, [sp, #64]
	ldp x6, x7, [sp, #48]
	ldp x4, x5, [sp, #32]
	ldp x2, x3, [sp, #16]
	eret
	/* What is fetched behind is not to be speculated on. SPEC: Arm ARM, "Straight-line speculation" */
	dsb nsh
	isb
	.size user_interrupt, . - user_interrupt

	.type user_error, @function
user_error:
	save_user
	mov x0, x15
	bl trap_error_in_user
	udf #0
	.size user_error, . - user_error

/* Idle: from the top of the kernel stack, since nothing on it is needed any more. Interrupts stay off: a
 * pending one ends the wait all the same. SPEC: Arm ARM, D1.6.2 "Wait for Interrupt" */
	.globl hal_idle
	.type hal_idle, @function
hal_idle:
	mrs x0, tpidr_el1
	ldr x0, [x0, #CPU_KERNEL_STACK]
	mov sp, x0
	mov x29, xzr
	dsb sy
	wfi
	bl trap_in_idle
	b hal_user_enter
	.size hal_idle, . - hal_idle

/* A fault in the kernel. The stack may be the cause: the report runs on another. The two scratch registers
 * are user mode's; it will not run again. x0 = which vector. */
.macro kernel_vector number
	msr tpidrro_el0, x0
	mov x0, #\number
	b kernel_fault
.endm

	.type kernel_fault, @function
kernel_fault:
	msr tpidr_el0, x1
	mov x1, sp
	msr sp_el0, x1
	mrs x1, tpidr_el1
	ldr x1, [x1, #CPU_FAULT_STACK]
	sub x1, x1, #TRAP_BYTES
	mov sp, x1
	str x0, [sp, #TRAP_VECTOR]
	mrs x0, tpidrro_el0
	mrs x1, tpidr_el0
	stp x0, x1, [sp, #0]
	save_most
	mrs x0, sp_el0
	stp x30, x0, [sp, #(TRAP_SP - 8)]
	mrs x0, elr_el1
	mrs x1, spsr_el1
	stp x0, x1, [sp, #TRAP_PC]
	mrs x0, esr_el1
	mrs x1, far_el1
	stp x0, x1, [sp, #TRAP_ESR]
	mov x0, sp
	bl trap_in_kernel
	udf #0
	.size kernel_fault, . - kernel_fault

/* SPEC: Arm ARM (DDI 0487), D1.3.1.5 "Exception vectors": 16 of 128 bytes. */
	.balign 2048
	.globl trap_vectors
	.type trap_vectors, @object
trap_vectors:
	.set number, 0
	.rept 8                         /* from the kernel: on either stack pointer */
	.balign 128
	kernel_vector number
	.set number, number + 1
	.endr
	.balign 128
	b user_synchronous
	.balign 128
	b user_interrupt
	.balign 128
	b user_interrupt                /* fast interrupts are not used; the controller says what it was */
	.balign 128
	b user_error
	.rept 4                         /* 32-bit user mode, which there is not */
	.balign 128
	b user_error
	.endr
	.balign 128
	.size trap_vectors, . - trap_vectors

/* void tables_swap(u64 kernel, u64 empty, u64 offset): see cpu.h. */
	.globl tables_swap
	.type tables_swap, @function
tables_swap:
	bti c
	adr x3, 1f
	add x3, x3, x2
	adr x4, 2f
	br x3
1:	bti j
	msr ttbr1_el1, x1
	isb
	tlbi vmalle1
	dsb nsh
	isb
	msr ttbr1_el1, x0
	isb
	br x4
2:	bti j
	ret
	.size tables_swap, . - tables_swap

/* Another processor's first instructions, at their physical address, MMU off: x0 = struct cpu_start.
 * SPEC: PSCI (DEN 0022), 6.4 "CPU_ON" */
	.globl secondary_entry
	.type secondary_entry, @function
secondary_entry:
	msr daifset, #15
	leave_el2 secondary_el1
secondary_el1:
	ldr x4, =MAIR_VALUE
	msr mair_el1, x4
	ldr x4, [x0, #START_TCR]
	msr tcr_el1, x4
	ldr x4, [x0, #START_UPPER_ROOT]
	msr ttbr1_el1, x4
	ldr x4, [x0, #START_LOWER_ROOT]
	msr ttbr0_el1, x4
	ldr x5, [x0, #START_STACK]
	ldr x16, [x0, #START_ENTRY]
	ldr x7, [x0, #START_CPU]
	tlbi vmalle1
	ic iallu
	dsb sy
	isb
	ldr x4, =SCTLR_VALUE
	msr sctlr_el1, x4
	isb
	mov sp, x5
	mov x0, x7
	mov x29, xzr
	mov x30, xzr
	/* WHY x16: the start of a C function allows no jump through others. SPEC: Arm ARM (DDI 0487), C6.2 BR (BTYPE) */
	br x16
	.balign 8
	.ltorg
	.size secondary_entry, . - secondary_entry

	.section .note.GNU-stack, "", @progbits
