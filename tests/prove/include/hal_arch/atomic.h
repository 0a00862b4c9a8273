/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of the proofs: memory order. One processor sees what it did in order.
 */
#ifndef TESTS_PROVE_INCLUDE_HAL_ARCH_ATOMIC_H
#define TESTS_PROVE_INCLUDE_HAL_ARCH_ATOMIC_H

enum : u32 { HAL_UPDATE_ORDERS_ALL = 0 };

#endif
