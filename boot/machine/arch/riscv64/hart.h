/* SPDX-License-Identifier: Apache-2.0
 *
 * The number of the processor that started a loader, for the kernel: only who starts a loader knows it. And the kind of
 * page tables that it walks, as satp wants it.
 */
#ifndef BOOT_MACHINE_ARCH_RISCV64_HART_H
#define BOOT_MACHINE_ARCH_RISCV64_HART_H

#include "lib/base/safe.h"

#define MACHINE_HART_NONE U64_MAX

extern u64 machine_boot_hart;
extern u64 machine_mode;

#endif
