/* SPDX-License-Identifier: Apache-2.0
 *
 * Device registers in the direct map, which maps what is not RAM so that its order is kept.
 */
#ifndef KERNEL_ARCH_COMMON_MMIO_H
#define KERNEL_ARCH_COMMON_MMIO_H

#include "lib/base/addr.h"

UNSAFE_BEGIN("SAFETY: the callers own the devices whose registers they name");
static FORCE_INLINE u8 mmio_read8(u64 at) { return *(volatile u8 *)(uptr)at; }
static FORCE_INLINE u32 mmio_read32(u64 at) { return *(volatile u32 *)(uptr)at; }
static FORCE_INLINE u64 mmio_read64(u64 at) { return *(volatile u64 *)(uptr)at; }
static FORCE_INLINE void mmio_write8(u64 at, u8 value) { *(volatile u8 *)(uptr)at = value; }
static FORCE_INLINE void mmio_write32(u64 at, u32 value) { *(volatile u32 *)(uptr)at = value; }
static FORCE_INLINE void mmio_write64(u64 at, u64 value) { *(volatile u64 *)(uptr)at = value; }
UNSAFE_END();

#endif
