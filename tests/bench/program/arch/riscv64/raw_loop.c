/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: a loop whose number of instructions is known.
 */
#include "tests/bench/program/raw_loop.h"

UNSAFE_BEGIN("SAFETY: counts a register down; touches no memory");
void scale_loop(u64 turns)
{
	__asm__ volatile("1: addi %0, %0, -1\n\tbnez %0, 1b" : "+r"(turns));
}
UNSAFE_END();
