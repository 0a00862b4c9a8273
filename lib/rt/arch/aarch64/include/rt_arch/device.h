/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of memory and registers of devices on aarch64: neither is kept without a barrier, and devices are
 * observers of the outer shareable domain.
 * SPEC: Arm ARM B2.3.12 "Memory barriers", B2.10 "Memory types and attributes" (DDI 0487)
 */
#ifndef LIB_RT_ARCH_AARCH64_DEVICE_H
#define LIB_RT_ARCH_AARCH64_DEVICE_H

#include "lib/base/safe.h"

UNSAFE_BEGIN("SAFETY: the asm is a barrier");
/* A device that sees the store to a register that follows sees what was stored in memory before, too. */
static FORCE_INLINE void before_device_write(void) { __asm__ volatile("dmb oshst" ::: "memory"); }

/* Memory is read after the register was. */
static FORCE_INLINE void after_device_read(void) { __asm__ volatile("dmb oshld" ::: "memory"); }
UNSAFE_END();

#endif
