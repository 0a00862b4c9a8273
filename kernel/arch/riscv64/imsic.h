/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: where messages of devices arrive at a processor. SPEC: RISC-V AIA 1.0, chapter 3 "Incoming MSI Controller"
 */
#ifndef KERNEL_ARCH_RISCV64_IMSIC_H
#define KERNEL_ARCH_RISCV64_IMSIC_H

#include "lib/base/safe.h"

/* This processor takes every message that it gets, of numbers up to this. */
void imsic_enable_cpu(u32 numbers);

/* The number of a message that waits, which then does not; 0: there is none. */
u32 imsic_take(void);

#endif
