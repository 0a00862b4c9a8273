/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: a loop whose number of instructions is known.
 */
#include "tests/bench/program/raw_loop.h"

UNSAFE_BEGIN("SAFETY: counts a register down; touches no memory");
void scale_loop(u64 turns)
{
	__asm__ volatile("1: decq %0\n\tjnz 1b" : "+r"(turns) : : "cc");
}
UNSAFE_END();
