/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on x86_64: the only instructions that enter the kernel.
 * Registers: kernel/hal/frame.h. SPEC: Intel SDM 2B SYSCALL (rcx and r11 are lost).
 */
#ifndef RT_ARCH_SYSCALL_H
#define RT_ARCH_SYSCALL_H

#include "lib/base/safe.h"

struct raw_result {
	u64 status, value;
};

/* The registers of a message call, in and out. */
struct raw_message {
	u64 arg0, arg1;
	u64 word[8];
	u64 deadline;
};

UNSAFE_BEGIN("SAFETY: the asm names every register that the kernel may change and tells that memory may change");
static FORCE_INLINE struct raw_result raw_syscall(u64 number, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	register u64 rax __asm__("rax") = number;
	register u64 rdi __asm__("rdi") = a0;
	register u64 rsi __asm__("rsi") = a1;
	register u64 rdx __asm__("rdx") = a2;
	register u64 r10 __asm__("r10") = a3;
	register u64 r8 __asm__("r8") = a4;
	register u64 r9 __asm__("r9") = a5;

	__asm__ volatile("syscall"
			 : "+r"(rax), "+r"(rdi), "+r"(rsi)
			 : "r"(rdx), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return (struct raw_result){ rax, rdi };
}

/* WHY a store in place of operands for word[4..7] and the deadline would not be shorter: the
 * registers must be loaded either way, and inlined the struct lives in them. */
static FORCE_INLINE u64 raw_message_syscall(u64 number, struct raw_message *m)
{
	register u64 rax __asm__("rax") = number;
	register u64 rdi __asm__("rdi") = m->arg0;
	register u64 rsi __asm__("rsi") = m->arg1;
	register u64 rdx __asm__("rdx") = m->word[0];
	register u64 r10 __asm__("r10") = m->word[1];
	register u64 r8 __asm__("r8") = m->word[2];
	register u64 r9 __asm__("r9") = m->word[3];
	register u64 rbx __asm__("rbx") = m->word[4];
	register u64 r12 __asm__("r12") = m->word[5];
	register u64 r13 __asm__("r13") = m->word[6];
	register u64 r14 __asm__("r14") = m->word[7];
	register u64 r15 __asm__("r15") = m->deadline;

	__asm__ volatile("syscall"
			 : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8), "+r"(r9),
			   "+r"(rbx), "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15)
			 :
			 : "rcx", "r11", "memory");
	m->arg0 = rdi;
	m->arg1 = rsi;
	m->word[0] = rdx;
	m->word[1] = r10;
	m->word[2] = r8;
	m->word[3] = r9;
	m->word[4] = rbx;
	m->word[5] = r12;
	m->word[6] = r13;
	m->word[7] = r14;
	return rax;
}
UNSAFE_END();

#endif
