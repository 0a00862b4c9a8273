/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: executing what stands at an address, and using registers that the kernel does not keep.
 */
#include "tests/conform/raw_call.h"

/* WHY assembly: a call through a pointer is checked by kcfi, which expects a hash before the code. */
void any_execute(u64 address)
{
UNSAFE_BEGIN("SAFETY: the address is chosen by the test: memory that it mapped for that, or none at all");
	__asm__ volatile("callq *%0" : : "r"(address) : "memory");
UNSAFE_END();
}

/* By their numbers: VPXORD of AVX-512 and TILEZERO of AMX. SPEC: Intel SDM 2, chapters 5 and 4 */
UNSAFE_BEGIN("SAFETY: each is one instruction that changes nothing but the register named");
void any_vectors(void) { __asm__ volatile(".byte 0x62, 0xf1, 0x7d, 0x48, 0xef, 0xc0"); }
void any_matrices(void) { __asm__ volatile(".byte 0xc4, 0xe2, 0x7b, 0x49, 0xc0"); }
UNSAFE_END();
