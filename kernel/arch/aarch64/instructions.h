/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: instructions that C has no words for, one function each.
 * SPEC: Arm ARM (DDI 0487), C6.2 (instructions), D24 (system registers).
 */
#ifndef KERNEL_ARCH_AARCH64_INSTRUCTIONS_H
#define KERNEL_ARCH_AARCH64_INSTRUCTIONS_H

#include "lib/base/addr.h"

UNSAFE_BEGIN("SAFETY: each is one instruction with its operands declared; the callers own the system registers they name");
/* A system register by its name. */
#define SYSTEM_READ(name) \
	({ \
		u64 value_; \
		__asm__ volatile("mrs %0, " #name : "=r"(value_) : : "memory"); \
		value_; \
	})
#define SYSTEM_WRITE(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((u64)(value)) : "memory")

/* Forgets translations: what, and the register it takes. SPEC: Arm ARM, C5.5 */
#define TLB_FORGET(what, value) __asm__ volatile("tlbi " #what ", %0" : : "r"((u64)(value)) : "memory")
#define TLB_FORGET_ALL(what) __asm__ volatile("tlbi " #what : : : "memory")

#define BARRIER(domain) __asm__ volatile("dsb " #domain : : : "memory")

/* The key of instruction addresses (A), by its registers' numbers: APIAKeyLo_EL1, APIAKeyHi_EL1. */
static FORCE_INLINE void aarch64_load_key(u64 low, u64 high)
{
	SYSTEM_WRITE(S3_0_C2_C1_0, low);
	SYSTEM_WRITE(S3_0_C2_C1_1, high);
}

static FORCE_INLINE void aarch64_isb(void) { __asm__ volatile("isb" : : : "memory"); }
static FORCE_INLINE void aarch64_wait(void) { __asm__ volatile("wfi" : : : "memory"); }

/* One line: written back to where instructions are fetched from, or to memory itself. */
static FORCE_INLINE void aarch64_clean_to_fetch(vaddr_t at) { __asm__ volatile("dc cvau, %0" : : "r"(at.v) : "memory"); }
static FORCE_INLINE void aarch64_clean_to_memory(vaddr_t at) { __asm__ volatile("dc civac, %0" : : "r"(at.v) : "memory"); }
static FORCE_INLINE void aarch64_forget_instructions(void) { __asm__ volatile("ic ialluis" : : : "memory"); }

/* RNDR, by its number. */
static FORCE_INLINE bool aarch64_random(u64 *out)
{
	u64 value, ok;

	__asm__ volatile("mrs %0, S3_3_C2_C4_0\n\tcset %1, ne" : "=r"(value), "=r"(ok) : : "cc");
	*out = value;
	return ok != 0;
}

/* Firmware's services by one of two instructions. SPEC: SMC Calling Convention (DEN 0028) 1.2, 2.6 */
static FORCE_INLINE u64 aarch64_firmware(bool by_hvc, u64 function, u64 a, u64 b, u64 c)
{
	register u64 x0 __asm__("x0") = function;
	register u64 x1 __asm__("x1") = a;
	register u64 x2 __asm__("x2") = b;
	register u64 x3 __asm__("x3") = c;

	if (by_hvc)
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				 "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	else
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				 "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	return x0;
}
UNSAFE_END();

#endif
