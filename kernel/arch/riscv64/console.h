/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: finding the early console.
 */
#ifndef KERNEL_ARCH_RISCV64_CONSOLE_H
#define KERNEL_ARCH_RISCV64_CONSOLE_H

#include "boot/boot_info.h"

/* The info is not checked yet: a wrong one gives no console. */
void console_find(const struct boot_info *info);

#endif
