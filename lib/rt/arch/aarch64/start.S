/* SPDX-License-Identifier: Apache-2.0
 *
 * Entry of a process and of a thread on aarch64. The kernel starts a thread with its argument in
 * x0 and the address of its message buffer in x1.
 * SPEC: kernel/hal/frame.h; Procedure Call Standard for the Arm 64-bit Architecture (AAPCS64), 6.4.5.
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
	bti c
	mov x29, xzr
	mov x30, xzr
	mov x9, sp
	and sp, x9, #-16
	mov x19, x0
	mov x20, x1
	/* WHY the mark: the loader relocates programs, the kernel does not relocate init. */
	adrp x2, relocated_mark
	add x2, x2, :lo12:relocated_mark
	ldr x3, [x2]
	cmp x2, x3
	b.eq 1f
	adrp x0, __ehdr_start
	add x0, x0, :lo12:__ehdr_start
	adrp x1, _DYNAMIC
	add x1, x1, :lo12:_DYNAMIC
	bl raw_relocate
1:	mov x0, x19
	mov x1, x20
	bl raw_begin
	udf #0
	.size _start, . - _start

	.globl raw_thread_trampoline
	.hidden raw_thread_trampoline
	.type raw_thread_trampoline, @function
raw_thread_trampoline:
	bti c
	mov x29, xzr
	mov x30, xzr
	mov x9, sp
	and sp, x9, #-16
	bl raw_thread_main
	udf #0
	.size raw_thread_trampoline, . - raw_thread_trampoline

/* x0: address of the slot's flag. After the store another thread may use this stack. */
	.globl raw_thread_leave
	.hidden raw_thread_leave
	.type raw_thread_leave, @function
raw_thread_leave:
	adrp x11, rt_thread_exit_number
	ldr w11, [x11, :lo12:rt_thread_exit_number]
	mov w2, #1
	stlr w2, [x0]
	svc #0
	udf #0
	.size raw_thread_leave, . - raw_thread_leave

	.section .note.GNU-stack, "", @progbits
