/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of memory and registers of devices on x86_64: stores are seen in the order of the program, and loads
 * made in it, whatever kind of memory they are of; only the compiler must keep it.
 * SPEC: Intel SDM volume 3, 9.2.2 "Memory Ordering in P6 and More Recent Processor Families"; 12.3 on uncached memory
 */
#ifndef LIB_RT_ARCH_X86_64_DEVICE_H
#define LIB_RT_ARCH_X86_64_DEVICE_H

#include "lib/base/safe.h"

UNSAFE_BEGIN("SAFETY: the asm has no instructions");
/* A device that sees the store to a register that follows sees what was stored in memory before, too. */
static FORCE_INLINE void before_device_write(void) { __asm__ volatile("" ::: "memory"); }

/* Memory is read after the register was. */
static FORCE_INLINE void after_device_read(void) { __asm__ volatile("" ::: "memory"); }
UNSAFE_END();

#endif
