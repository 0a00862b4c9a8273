/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: memory order. See kernel/hal/atomic.h.
 */
#ifndef HAL_ARCH_ATOMIC_H
#define HAL_ARCH_ATOMIC_H

/* Loads and stores are never reordered with a locked instruction. SPEC: Intel SDM 3A, 9.2.3.9. */
enum : u32 { HAL_UPDATE_ORDERS_ALL = 1 };

#endif
