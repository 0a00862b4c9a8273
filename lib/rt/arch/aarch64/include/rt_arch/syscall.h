/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on aarch64: the only instructions that enter the kernel.
 * Registers: kernel/hal/frame.h. All but those that carry results are kept.
 */
#ifndef LIB_RT_ARCH_AARCH64_SYSCALL_H
#define LIB_RT_ARCH_AARCH64_SYSCALL_H

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
	register u64 x0 __asm__("x0") = a0;
	register u64 x1 __asm__("x1") = a1;
	register u64 x2 __asm__("x2") = a2;
	register u64 x3 __asm__("x3") = a3;
	register u64 x4 __asm__("x4") = a4;
	register u64 x5 __asm__("x5") = a5;
	register u64 x11 __asm__("x11") = number;

	__asm__ volatile("svc #0"
			 : "+r"(x11), "+r"(x0), "+r"(x1)
			 : "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return (struct raw_result){ x11, x0 };
}

static FORCE_INLINE u64 raw_message_syscall(u64 number, struct raw_message *m)
{
	register u64 x0 __asm__("x0") = m->arg0;
	register u64 x1 __asm__("x1") = m->arg1;
	register u64 x2 __asm__("x2") = m->word[0];
	register u64 x3 __asm__("x3") = m->word[1];
	register u64 x4 __asm__("x4") = m->word[2];
	register u64 x5 __asm__("x5") = m->word[3];
	register u64 x6 __asm__("x6") = m->word[4];
	register u64 x7 __asm__("x7") = m->word[5];
	register u64 x8 __asm__("x8") = m->word[6];
	register u64 x9 __asm__("x9") = m->word[7];
	register u64 x10 __asm__("x10") = m->deadline;
	register u64 x11 __asm__("x11") = number;

	__asm__ volatile("svc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6), "+r"(x7), "+r"(x8),
			   "+r"(x9), "+r"(x10), "+r"(x11)
			 :
			 : "memory");
	m->arg0 = x0;
	m->arg1 = x1;
	m->word[0] = x2;
	m->word[1] = x3;
	m->word[2] = x4;
	m->word[3] = x5;
	m->word[4] = x6;
	m->word[5] = x7;
	m->word[6] = x8;
	m->word[7] = x9;
	return x11;
}
UNSAFE_END();

#endif
