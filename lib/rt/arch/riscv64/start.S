/* SPDX-License-Identifier: Apache-2.0
 *
 * Entry of a process and of a thread on riscv64. The kernel starts a thread with its argument in a0 and the
 * address of its message buffer in a1.
 * SPEC: kernel/hal/frame.h; RISC-V ABIs Specification 1.0, 2.1 "Integer Calling Convention".
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
	li s0, 0
	li ra, 0
	andi sp, sp, -16
	mv s1, a0
	mv s2, a1
	/* WHY the mark: the loader relocates programs, the kernel does not relocate init. */
	lla t0, relocated_mark
	ld t1, 0(t0)
	beq t0, t1, 1f
	lla a0, __ehdr_start
	lla a1, _DYNAMIC
	call raw_relocate
1:	mv a0, s1
	mv a1, s2
	call raw_begin
	unimp
	.size _start, . - _start

	.globl raw_thread_trampoline
	.hidden raw_thread_trampoline
	.type raw_thread_trampoline, @function
raw_thread_trampoline:
	li s0, 0
	li ra, 0
	andi sp, sp, -16
	call raw_thread_main
	unimp
	.size raw_thread_trampoline, . - raw_thread_trampoline

/* a0: address of the slot's flag. After the store another thread may use this stack. */
	.globl raw_thread_leave
	.hidden raw_thread_leave
	.type raw_thread_leave, @function
raw_thread_leave:
	lla t6, rt_thread_exit_number
	lwu t6, 0(t6)
	li t0, 1
	fence rw, w
	sw t0, 0(a0)
	ecall
	unimp
	.size raw_thread_leave, . - raw_thread_leave

	.section .note.GNU-stack, "", @progbits
