/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: exceptions in kernel mode, and naming them.
 */
#ifndef KERNEL_ARCH_X86_64_FAULT_H
#define KERNEL_ARCH_X86_64_FAULT_H

#include "lib/base/addr.h"

enum : u32 {
	VECTOR_DIVIDE = 0, VECTOR_DEBUG = 1, VECTOR_NMI = 2, VECTOR_BREAKPOINT = 3, VECTOR_OVERFLOW = 4,
	VECTOR_BAD_INSTRUCTION = 6, VECTOR_NO_FPU = 7, VECTOR_DOUBLE_FAULT = 8, VECTOR_PAGE_FAULT = 14,
	VECTOR_FPU = 16, VECTOR_ALIGNMENT = 17, VECTOR_MACHINE_CHECK = 18, VECTOR_SIMD = 19,
};

/* SPEC: Intel SDM 3A, 4.7 "Page-Fault Exceptions". */
enum : u64 {
	PAGE_FAULT_PRESENT = 1u << 0, PAGE_FAULT_WRITE = 1u << 1, PAGE_FAULT_USER = 1u << 2,
	PAGE_FAULT_RESERVED = 1u << 3, PAGE_FAULT_FETCH = 1u << 4,
};

/* What trap.S pushes for an exception in kernel mode. */
struct kernel_trap {
	u64 rax, rbx, rcx, rdx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
	u64 vector, error, rip, cs, rflags, rsp, ss;
};

/* What instruction bytes say that the compiler placed where a check fails. */
enum { TRAP_CODE_BYTES = 5 };
u32 trap_code(const u8 (*bytes)[TRAP_CODE_BYTES]);

/* Reports and stops the machine. */
NORETURN void fault_report(const struct kernel_trap *trap);

#endif
