/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of memory and registers of devices on riscv64: neither is kept without a fence that names input and
 * output.
 * SPEC: RISC-V Unprivileged ISA 20191213, 2.7 "Memory Ordering Instructions"
 */
#ifndef LIB_RT_ARCH_RISCV64_DEVICE_H
#define LIB_RT_ARCH_RISCV64_DEVICE_H

#include "lib/base/safe.h"

UNSAFE_BEGIN("SAFETY: the asm is a fence");
/* A device that sees the store to a register that follows sees what was stored in memory before, too. */
static FORCE_INLINE void before_device_write(void) { __asm__ volatile("fence w, o" ::: "memory"); }

/* Memory is read after the register was. */
static FORCE_INLINE void after_device_read(void) { __asm__ volatile("fence i, r" ::: "memory"); }
UNSAFE_END();

#endif
