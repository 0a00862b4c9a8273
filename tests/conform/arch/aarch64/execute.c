/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: executing what stands at an address, and using registers that the kernel does not keep.
 */
#include "tests/conform/raw_call.h"

/* WHY assembly: a call through a pointer is checked by kcfi, which expects a hash before the code. */
void any_execute(u64 address)
{
UNSAFE_BEGIN("SAFETY: the address is chosen by the test: memory that it mapped for that, or none at all");
	__asm__ volatile("blr %0" : : "r"(address) : "x30", "memory");
UNSAFE_END();
}

/* By their numbers: RDVL of SVE and RDSVL of SME, which ask how long the registers are. SPEC: Arm ARM (DDI 0487), C8.2, C9.2 */
UNSAFE_BEGIN("SAFETY: each is one instruction that changes nothing but the register named");
void any_vectors(void) { __asm__ volatile(".inst 0x04bf5020" : : : "x0"); }
void any_matrices(void) { __asm__ volatile(".inst 0x04bf5820" : : : "x0"); }
UNSAFE_END();
