/* SPDX-License-Identifier: Apache-2.0
 *
 * Kernel entry, the way in from user mode and back, idling. The shortest paths of the kernel: each register is
 * saved once, into the thread's own frame.
 *
 * INV: while user mode runs, sscratch is the address of the running thread's frame, which has the address of this
 *      processor's struct cpu. In the kernel sscratch is 0, and tp is that address.
 *
 * SPEC: RISC-V Privileged Architecture 20211203, 4.1 "Supervisor CSRs"
 */
#include "hal_arch/offsets.h"

	.section .text.entry, "ax", @progbits
	.globl _start
	.type _start, @function
_start:
	rdtime t0
	lla t1, clock_entry_ticks
	sd t0, 0(t1)
	lla t1, riscv64_boot_hart
	sd a1, 0(t1)

	/* The stack protector's guard: the loader's random seed. The lowest byte is zero, so that a
	 * string that runs over ends in front of it. */
	ld t1, BOOT_INFO_SEED(a0)
	xor t0, t0, t1
	andi t0, t0, ~0xff
	lla t1, __stack_chk_guard
	sd t0, 0(t1)

	csrw sscratch, zero
	lla sp, boot_stacks
	li t0, STACK_KERNEL_TOP
	add sp, sp, t0
	li s0, 0
	li ra, 0
	call core_start
	unimp
	.size _start, . - _start

	.section .stacks, "aw", @nobits
	.balign 4096
	.globl boot_stacks
	.type boot_stacks, @object
boot_stacks:
	.skip STACKS_BYTES
	.size boot_stacks, STACKS_BYTES

	.text

/* Every trap comes here, of user mode or of the kernel. */
	.balign 4
	.globl trap_entry
	.type trap_entry, @function
trap_entry:
	csrrw sp, sscratch, sp
	beqz sp, kernel_fault
	sd a0, FRAME_ARG0(sp)
	sd a1, (FRAME_ARG0 + 8)(sp)
	sd a2, FRAME_WORD(sp)
	sd a3, (FRAME_WORD + 8)(sp)
	sd a4, (FRAME_WORD + 16)(sp)
	sd a5, (FRAME_WORD + 24)(sp)
	sd a6, (FRAME_WORD + 32)(sp)
	sd a7, (FRAME_WORD + 40)(sp)
	sd t3, (FRAME_WORD + 48)(sp)
	sd t4, (FRAME_WORD + 56)(sp)
	sd t5, FRAME_DEADLINE(sp)
	sd t6, FRAME_STATUS(sp)
	sd ra, FRAME_RA(sp)
	sd gp, FRAME_GP(sp)
	sd tp, FRAME_TP(sp)
	sd t0, FRAME_T0(sp)
	sd t1, (FRAME_T0 + 8)(sp)
	sd t2, (FRAME_T0 + 16)(sp)
	sd s0, FRAME_S0(sp)
	sd s1, (FRAME_S0 + 8)(sp)
	sd s2, (FRAME_S0 + 16)(sp)
	sd s3, (FRAME_S0 + 24)(sp)
	sd s4, (FRAME_S0 + 32)(sp)
	sd s5, (FRAME_S0 + 40)(sp)
	sd s6, (FRAME_S0 + 48)(sp)
	sd s7, (FRAME_S0 + 56)(sp)
	sd s8, (FRAME_S0 + 64)(sp)
	sd s9, (FRAME_S0 + 72)(sp)
	sd s10, (FRAME_S0 + 80)(sp)
	sd s11, (FRAME_S0 + 88)(sp)
	csrrw t0, sscratch, zero
	sd t0, FRAME_SP(sp)
	csrr t1, sepc
	csrr t2, scause
	ld tp, FRAME_CPU(sp)
	li t0, CAUSE_CALL
	li s0, 0
	bne t2, t0, 1f

	/* Behind the instruction, which has four bytes. */
	addi t1, t1, 4
	sd t1, FRAME_PC(sp)
	ld sp, CPU_KERNEL_STACK(tp)
	mv a4, a0
	mv a5, a1
	mv a2, t6
	mv a3, t5
	mv a0, tp
	ld a1, CPU_CURRENT(tp)
	call core_syscall
	j hal_user_enter

1:	sd t1, FRAME_PC(sp)
	ld sp, CPU_KERNEL_STACK(tp)
	mv a0, t2
	call trap_in_user
	/* Falls through. */

/* To user mode with the frame of this processor. Interrupts are off; the kernel stack is dropped. */
	.globl hal_user_enter
	.type hal_user_enter, @function
hal_user_enter:
	ld sp, CPU_FRAME(tp)
	ld a1, (FRAME_ARG0 + 8)(sp)
	ld t6, FRAME_STATUS(sp)
	ld a0, FRAME_ARG0(sp)
	j 1f

/* void hal_user_return(u64 arg0, u64 arg1) */
	.globl hal_user_return
	.type hal_user_return, @function
hal_user_return:
	ld sp, CPU_FRAME(tp)
	li t6, 0
	/* What was reserved by a thread that ran before is not stored to by the next. The store changes nothing: the
	 * register is the frame's, or nobody reads it there before it is saved again.
	 * SPEC: RISC-V Unprivileged ISA 20191213, 8.2: a reservation outlives a trap unless it is given up. */
1:	sc.d zero, a0, (sp)
	sd tp, FRAME_CPU(sp)
	csrw sscratch, sp
	ld t0, FRAME_PC(sp)
	csrw sepc, t0
	ld a2, FRAME_WORD(sp)
	ld a3, (FRAME_WORD + 8)(sp)
	ld a4, (FRAME_WORD + 16)(sp)
	ld a5, (FRAME_WORD + 24)(sp)
	ld a6, (FRAME_WORD + 32)(sp)
	ld a7, (FRAME_WORD + 40)(sp)
	ld t3, (FRAME_WORD + 48)(sp)
	ld t4, (FRAME_WORD + 56)(sp)
	ld t5, FRAME_DEADLINE(sp)
	ld ra, FRAME_RA(sp)
	ld gp, FRAME_GP(sp)
	ld tp, FRAME_TP(sp)
	ld t0, FRAME_T0(sp)
	ld t1, (FRAME_T0 + 8)(sp)
	ld t2, (FRAME_T0 + 16)(sp)
	ld s0, FRAME_S0(sp)
	ld s1, (FRAME_S0 + 8)(sp)
	ld s2, (FRAME_S0 + 16)(sp)
	ld s3, (FRAME_S0 + 24)(sp)
	ld s4, (FRAME_S0 + 32)(sp)
	ld s5, (FRAME_S0 + 40)(sp)
	ld s6, (FRAME_S0 + 48)(sp)
	ld s7, (FRAME_S0 + 56)(sp)
	ld s8, (FRAME_S0 + 64)(sp)
	ld s9, (FRAME_S0 + 72)(sp)
	ld s10, (FRAME_S0 + 80)(sp)
	ld s11, (FRAME_S0 + 88)(sp)
	ld sp, FRAME_SP(sp)
	sret
	.size trap_entry, . - trap_entry

/* Idle: from the top of the kernel stack, since nothing on it is needed any more. Interrupts stay off: a
 * pending one ends the wait all the same. SPEC: RISC-V Privileged Architecture 20211203, 3.3.3 "Wait for Interrupt" */
	.globl hal_idle
	.type hal_idle, @function
hal_idle:
	ld sp, CPU_KERNEL_STACK(tp)
	li s0, 0
	wfi
	call trap_in_idle
	j hal_user_enter
	.size hal_idle, . - hal_idle

/* A fault in the kernel. The stack may be the cause: the report runs on another. */
	.type kernel_fault, @function
kernel_fault:
	ld sp, CPU_FAULT_STACK(tp)
	addi sp, sp, -TRAP_BYTES
	sd ra, 0(sp)
	sd gp, 16(sp)
	sd tp, 24(sp)
	sd t0, 32(sp)
	sd t1, 40(sp)
	sd t2, 48(sp)
	sd s0, 56(sp)
	sd s1, 64(sp)
	sd a0, 72(sp)
	sd a1, 80(sp)
	sd a2, 88(sp)
	sd a3, 96(sp)
	sd a4, 104(sp)
	sd a5, 112(sp)
	sd a6, 120(sp)
	sd a7, 128(sp)
	sd s2, 136(sp)
	sd s3, 144(sp)
	sd s4, 152(sp)
	sd s5, 160(sp)
	sd s6, 168(sp)
	sd s7, 176(sp)
	sd s8, 184(sp)
	sd s9, 192(sp)
	sd s10, 200(sp)
	sd s11, 208(sp)
	sd t3, 216(sp)
	sd t4, 224(sp)
	sd t5, 232(sp)
	sd t6, 240(sp)
	csrrw t0, sscratch, zero
	sd t0, 8(sp)
	csrr t0, sepc
	csrr t1, scause
	csrr t2, stval
	csrr t3, sstatus
	sd t0, TRAP_PC(sp)
	sd t1, TRAP_CAUSE(sp)
	sd t2, TRAP_VALUE(sp)
	sd t3, TRAP_STATUS(sp)
	mv a0, sp
	call trap_in_kernel
	unimp
	.size kernel_fault, . - kernel_fault

/* Another processor's first instructions, at their physical address, translation off: a0 = its number, a1 = struct
 * cpu_start. SPEC: RISC-V SBI 1.0, 9.1 "HART start"
 * WHY the entry: what follows the change of satp is mapped elsewhere, and the fault goes on there. */
	.balign 4
	.globl secondary_entry
	.type secondary_entry, @function
secondary_entry:
	csrw sie, zero
	ld tp, START_CPU(a1)
	ld sp, START_STACK(a1)
	ld t0, START_SATP(a1)
	ld t1, START_ENTRY(a1)
	csrw stvec, t1
	sfence.vma
	csrw satp, t0
1:	j 1b
	.balign 4
	.globl secondary_mapped
	.type secondary_mapped, @function
secondary_mapped:
	sfence.vma
	csrw sscratch, zero
	mv a0, tp
	li s0, 0
	li ra, 0
	call start_here
	unimp
	.size secondary_entry, . - secondary_entry

	.section .note.GNU-stack, "", @progbits
