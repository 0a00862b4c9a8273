/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the forbidden things that take an instruction of this architecture.
 */
#include "lib/base/safe.h"
#include "userspace/apps/fault/raw_faults.h"

UNSAFE_BEGIN("SAFETY: each is meant to fault, and the process holds nothing that it could damage but itself");
/* WHY assembly: a call through a pointer is stopped by kcfi before it gets there. */
void raw_jump(u64 address) { __asm__ volatile("jalr %0" : : "r"(address) : "ra", "memory"); }
void raw_fault_return(void) { __asm__ volatile("la ra, 1f\n\tret\n1:" : : : "ra", "memory"); }
void raw_fault_stack(void) { __asm__ volatile("1: addi sp, sp, -16\n\tsd zero, 0(sp)\n\tj 1b" : : : "memory"); }

/* WHY a trap: the instruction gives -1, and the compiler's check is what stops a division by zero. */
void raw_fault_divide(void) { __builtin_trap(); }
void raw_fault_privileged(void) { __asm__ volatile("csrw sstatus, zero"); }
UNSAFE_END();
