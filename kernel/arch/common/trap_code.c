/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of the compiler's checks. See trap_code.h.
 */
#include "kernel/arch/common/trap_code.h"

enum : u32 { CHECK_KINDS = 25 };

static const char *const check_names[CHECK_KINDS] = {
	[0] = "signed addition overflowed",
	[1] = "an unreachable place was reached",
	[3] = "division by zero or overflowing division",
	[6] = "a function was called through a pointer of another type",
	[8] = "a builtin was called with a value it does not allow",
	[10] = "a bool or enum held a value that its type does not have",
	[11] = "a function ended without returning its value",
	[12] = "signed multiplication overflowed",
	[13] = "signed negation overflowed",
	[18] = "array index out of bounds",
	[19] = "pointer arithmetic overflowed",
	[20] = "shift by too many bits",
	[21] = "signed subtraction overflowed",
	[22] = "null or misaligned pointer used",
	[24] = "variable-length array with a bad length",
};

const char *trap_code_name(u32 code)
{
	if (code == TRAP_PLAIN)
		return "a check failed (trap)";
	if (code < TRAP_CHECK)
		return "invalid instruction";
	const char *name = code - TRAP_CHECK < CHECK_KINDS ? check_names[code - TRAP_CHECK] : nullptr;

	return name == nullptr ? "a compiler check failed" : name;
}
