/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: a compare and exchange is a pair of a load and a store, and lets later loads pass its store.
 * SPEC: RISC-V Unprivileged ISA 20191213, 8.2 "Load-Reserved/Store-Conditional". See kernel/hal/atomic.h.
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_ATOMIC_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_ATOMIC_H

enum : u32 { HAL_UPDATE_ORDERS_ALL = 0 };

#endif
