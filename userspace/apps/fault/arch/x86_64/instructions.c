/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the forbidden things that take an instruction of this architecture.
 */
#include "lib/base/safe.h"
#include "userspace/apps/fault/raw_faults.h"

UNSAFE_BEGIN("SAFETY: each is meant to fault, and the process holds nothing that it could damage but itself");
/* WHY assembly: a call through a pointer is stopped by kcfi before it gets there. */
void raw_jump(u64 address) { __asm__ volatile("callq *%0" : : "r"(address) : "memory"); }
void raw_fault_return(void)
{
	__asm__ volatile("leaq -128(%%rsp), %%rsp\n\tleaq 1f(%%rip), %%rax\n\tpushq %%rax\n\tret\n1:\tleaq 128(%%rsp), %%rsp"
			 : : : "rax", "memory");
}

void raw_fault_stack(void) { __asm__ volatile("1: pushq $0\n\tjmp 1b" : : : "memory"); }
void raw_fault_divide(void) { __asm__ volatile("divl %0" : : "r"(0), "a"(1), "d"(0) : "cc"); }
void raw_fault_privileged(void) { __asm__ volatile("hlt"); }
UNSAFE_END();
