/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: memory order. Nothing is promised that the builtins do not say. See kernel/hal/atomic.h.
 */
#ifndef TESTS_HOST_INCLUDE_HAL_ARCH_ATOMIC_H
#define TESTS_HOST_INCLUDE_HAL_ARCH_ATOMIC_H

enum : u32 { HAL_UPDATE_ORDERS_ALL = 0 };

#endif
