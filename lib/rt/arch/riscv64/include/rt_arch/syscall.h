/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on riscv64: the only instructions that enter the kernel.
 * Registers: kernel/hal/frame.h. All but those that carry results are kept.
 */
#ifndef LIB_RT_ARCH_RISCV64_SYSCALL_H
#define LIB_RT_ARCH_RISCV64_SYSCALL_H

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
static FORCE_INLINE struct raw_result raw_syscall(u64 number, u64 first, u64 second, u64 third, u64 fourth, u64 fifth, u64 sixth)
{
	register u64 a0 __asm__("a0") = first;
	register u64 a1 __asm__("a1") = second;
	register u64 a2 __asm__("a2") = third;
	register u64 a3 __asm__("a3") = fourth;
	register u64 a4 __asm__("a4") = fifth;
	register u64 a5 __asm__("a5") = sixth;
	register u64 t6 __asm__("t6") = number;

	__asm__ volatile("ecall"
			 : "+r"(t6), "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return (struct raw_result){ t6, a0 };
}

static FORCE_INLINE u64 raw_message_syscall(u64 number, struct raw_message *m)
{
	register u64 a0 __asm__("a0") = m->arg0;
	register u64 a1 __asm__("a1") = m->arg1;
	register u64 a2 __asm__("a2") = m->word[0];
	register u64 a3 __asm__("a3") = m->word[1];
	register u64 a4 __asm__("a4") = m->word[2];
	register u64 a5 __asm__("a5") = m->word[3];
	register u64 a6 __asm__("a6") = m->word[4];
	register u64 a7 __asm__("a7") = m->word[5];
	register u64 t3 __asm__("t3") = m->word[6];
	register u64 t4 __asm__("t4") = m->word[7];
	register u64 t5 __asm__("t5") = m->deadline;
	register u64 t6 __asm__("t6") = number;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6), "+r"(a7), "+r"(t3), "+r"(t4),
			   "+r"(t5), "+r"(t6)
			 :
			 : "memory");
	m->arg0 = a0;
	m->arg1 = a1;
	m->word[0] = a2;
	m->word[1] = a3;
	m->word[2] = a4;
	m->word[3] = a5;
	m->word[4] = a6;
	m->word[5] = a7;
	m->word[6] = t3;
	m->word[7] = t4;
	return t6;
}
UNSAFE_END();

#endif
