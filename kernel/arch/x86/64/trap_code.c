/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: what a trap instruction means. clang-19 ends a failed check with `ud1 KIND(%eax), %eax`,
 * where KIND is its number of the check, and __builtin_trap and kcfi with ud2.
 */
#include "kernel/arch/x86/64/fault.h"
#include "kernel/arch/common/trap_code.h"

u32 trap_code(const u8 (*bytes)[TRAP_CODE_BYTES])
{
	const u8 prefix = (*bytes)[0], first = (*bytes)[1], second = (*bytes)[2];

	if (prefix == 0x0f && first == 0x0b)
		return TRAP_PLAIN;
	if (prefix == 0x67 && first == 0x0f && second == 0xb9 && (*bytes)[3] == 0x40)
		return TRAP_CHECK + (*bytes)[4];
	return TRAP_NONE;
}
