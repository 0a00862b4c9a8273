/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the forbidden things that take an instruction of this architecture.
 */
#include "lib/base/safe.h"
#include "userspace/apps/fault/raw_faults.h"

UNSAFE_BEGIN("SAFETY: each is meant to fault, and the process holds nothing that it could damage but itself");
/* WHY assembly: a call through a pointer is stopped by kcfi before it gets there. */
void raw_jump(u64 address) { __asm__ volatile("blr %0" : : "r"(address) : "x30", "memory"); }
/* PACIASP and AUTIASP by their numbers. */
void raw_fault_return(void)
{
	__asm__ volatile("adr x9, 1f\n\thint #25\n\tstp x29, x30, [sp, #-16]!\n\tstr x9, [sp, #8]\n\t"
			 "ldp x29, x30, [sp], #16\n\thint #29\n\tret\n1:" : : : "x9", "x30", "memory");
}

void raw_fault_stack(void) { __asm__ volatile("1: str xzr, [sp, #-16]!\n\tb 1b" : : : "memory"); }

/* WHY a trap: the instruction gives 0, and the compiler's check is what stops a division by zero. */
void raw_fault_divide(void) { __builtin_trap(); }
void raw_fault_privileged(void) { __asm__ volatile("wfi"); }
UNSAFE_END();
