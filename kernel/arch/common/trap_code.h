/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks that the compiler places, as one number on every architecture: what a failed one means.
 */
#ifndef KERNEL_ARCH_COMMON_TRAP_CODE_H
#define KERNEL_ARCH_COMMON_TRAP_CODE_H

#include "lib/base/safe.h"

enum trap_code : u32 { TRAP_NONE = 0, TRAP_PLAIN = 0x100 /* __builtin_trap */, TRAP_CHECK = 0x200 /* + kind of check */ };
enum : u32 { TRAP_KIND_FUNCTION_TYPE = 6 };

const char *trap_code_name(u32 code);

#endif
