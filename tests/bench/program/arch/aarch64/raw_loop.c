/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: a loop whose number of instructions is known.
 */
#include "tests/bench/program/raw_loop.h"

UNSAFE_BEGIN("SAFETY: counts a register down; touches no memory");
void scale_loop(u64 turns)
{
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(turns) : : "cc");
}
UNSAFE_END();
