/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: executing what stands at an address, and using registers that the kernel does not keep.
 */
#include "tests/conform/raw_call.h"

/* WHY assembly: a call through a pointer is checked by kcfi, which expects a hash before the code. */
void any_execute(u64 address)
{
UNSAFE_BEGIN("SAFETY: the address is chosen by the test: memory that it mapped for that, or none at all");
	__asm__ volatile("jalr %0" : : "r"(address) : "ra", "memory");
UNSAFE_END();
}

/* By their numbers: vsetvli, and a look at vlenb. SPEC: RISC-V "V" Vector Extension 1.0, 6.1, 3.7.
 * There is nothing for matrices. */
UNSAFE_BEGIN("SAFETY: each is one instruction that changes nothing but the register named");
void any_vectors(void) { __asm__ volatile(".4byte 0x000072d7" : : : "t0"); }
void any_matrices(void) { __asm__ volatile("csrr t0, 0xc22" : : : "t0"); }
UNSAFE_END();
