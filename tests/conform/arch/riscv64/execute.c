/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: executing what stands at an address.
 */
#include "tests/conform/raw_call.h"

/* WHY assembly: a call through a pointer is checked by kcfi, which expects a hash before the code. */
void any_execute(u64 address)
{
UNSAFE_BEGIN("SAFETY: the address is chosen by the test: memory that it mapped for that, or none at all");
	__asm__ volatile("jalr %0" : : "r"(address) : "ra", "memory");
UNSAFE_END();
}
