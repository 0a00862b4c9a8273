/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: an exchange that acquires and releases lets later loads pass its store.
 * SPEC: Arm ARM (DDI 0487), B2.3.11 "Load-Acquire, Store-Release". See kernel/hal/atomic.h.
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_ATOMIC_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_ATOMIC_H

enum : u32 { HAL_UPDATE_ORDERS_ALL = 0 };

#endif
