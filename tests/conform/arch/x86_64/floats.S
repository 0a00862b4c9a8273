/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: ymm0 to ymm15 with all 256 bits where AVX is on, else xmm0 to xmm15 with all 128; mm0 to mm7, which are
 * 64 bits of the x87 registers; MXCSR and the x87 control word. See tests/conform/floats.h.
 * SPEC: Intel SDM 1, 14.3 "Detection of AVX instructions"; 8.1.5 "x87 FPU Control Word"; 10.2.3 "MXCSR Control and Status
 * Register"; 9.5 "Compatibility with x87 FPU architecture"
 */
	.text
	/* ecx: 1 if the kernel saves ymm, else 0. Changes eax and edx. */
	.type has_ymm, @function
has_ymm:
	movq %rbx, %r8
	movl $1, %eax
	xorl %ecx, %ecx
	cpuid
	movq %r8, %rbx
	notl %ecx
	testl $0x18000000, %ecx         /* OSXSAVE, AVX */
	movl $0, %ecx
	jnz 1f
	xgetbv
	notl %eax
	xorl %ecx, %ecx
	testl $6, %eax                  /* SSE, AVX */
	setz %cl
1:	ret
	.size has_ymm, . - has_ymm

	.globl floats_fill
	.type floats_fill, @function
floats_fill:
	endbr64
	call has_ymm
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	movq %rdi, %mm\n
	incq %rdi
	.endr
	testl %ecx, %ecx
	jz 2f
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.irp part, 0, 1, 2, 3
	movq %rdi, -32 + 8 * \part(%rsp)
	incq %rdi
	.endr
	vmovdqu -32(%rsp), %ymm\n
	.endr
	ret
2:	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.irp part, 0, 1
	movq %rdi, -16 + 8 * \part(%rsp)
	incq %rdi
	.endr
	movdqu -16(%rsp), %xmm\n
	.endr
	ret
	.size floats_fill, . - floats_fill

	/* The 64 bits at \at, against what they should be. */
	.macro compare at
	movq \at, %rdx
	xorq %rdi, %rdx
	orq %rdx, %rax
	addq %rsi, %rdi
	.endm

	.globl floats_differ
	.type floats_differ, @function
floats_differ:
	endbr64
	call has_ymm
	xorl %eax, %eax
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7
	compare %mm\n
	.endr
	testl %ecx, %ecx
	jz 2f
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovdqu %ymm\n, -32(%rsp)
	.irp part, 0, 1, 2, 3
	compare -32 + 8 * \part(%rsp)
	.endr
	.endr
	ret
2:	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu %xmm\n, -16(%rsp)
	.irp part, 0, 1
	compare -16 + 8 * \part(%rsp)
	.endr
	.endr
	ret
	.size floats_differ, . - floats_differ

	/* Of MXCSR all bits; of the control word masks and rounding. No exception is pending, so none is raised. */
	.globl floats_control_fill
	.type floats_control_fill, @function
floats_control_fill:
	endbr64
	movzwl %di, %eax
	movl %eax, -8(%rsp)
	ldmxcsr -8(%rsp)
	andl $0xc3f, %edi
	orl $0x340, %edi
	movl %edi, -8(%rsp)
	fldcw -8(%rsp)
	shlq $32, %rdi
	orq %rdi, %rax
	ret
	.size floats_control_fill, . - floats_control_fill

	.globl floats_control
	.type floats_control, @function
floats_control:
	endbr64
	movq $0, -8(%rsp)
	stmxcsr -8(%rsp)
	fnstcw -4(%rsp)
	movq -8(%rsp), %rax
	ret
	.size floats_control, . - floats_control

	/* As after FNINIT, and MXCSR as after a reset. */
	.globl floats_control_new
	.type floats_control_new, @function
floats_control_new:
	endbr64
	movabsq $0x37f00001f80, %rax
	ret
	.size floats_control_new, . - floats_control_new

	.section .note.GNU-stack, "", @progbits
