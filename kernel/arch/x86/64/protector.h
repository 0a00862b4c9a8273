/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: what the compiler's stack protector refers to. entry.S sets the guard.
 */
#ifndef KERNEL_ARCH_X86_64_PROTECTOR_H
#define KERNEL_ARCH_X86_64_PROTECTOR_H

#include "lib/base/safe.h"
#include "hal_arch/offsets.h"

extern u64 __stack_chk_guard;
NORETURN void __stack_chk_fail(void);

#endif
