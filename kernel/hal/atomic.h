/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: atomic operations and the memory order of each. Built on the compiler's __atomic
 * builtins, which are correct on every architecture; here so that the orders have names.
 *
 * Objects have 8 to 64 bits on every architecture. Where its instructions have no atomic ones of 64 bits, as on some
 * machines with words of 32, the compiler calls __atomic_..._8, and the architecture must provide these functions, which
 * may take no lock that an interrupt handler takes. On all three ports they are instructions.
 *
 * Pre: any processor, any lock held; p is aligned to its size, in memory and not a device's.
 * Order: as each name says; where it says nothing, loads and stores alone order nothing, and what reads and writes acquires
 *     what it reads and releases what it writes.
 * Cost: constant: one instruction, a fence or two beside it, or a short loop that others' changes of the same object repeat.
 *
 * The architecture defines, in hal_arch/atomic.h:
 *     HAL_UPDATE_ORDERS_ALL   1 if an atomic operation that reads and writes, like an exchange, is a full
 *                             barrier on this machine; the order of the builtins promises less
 */
#ifndef KERNEL_HAL_ATOMIC_H
#define KERNEL_HAL_ATOMIC_H

#include "lib/base/safe.h"
#include "hal_arch/atomic.h"

UNSAFE_BEGIN("SAFETY: the builtins access exactly the object whose address is given; the macros add only the order");
#define atomic_load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define atomic_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define atomic_store(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define atomic_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define atomic_add(p, v) __atomic_fetch_add((p), (v), __ATOMIC_ACQ_REL)
#define atomic_sub(p, v) __atomic_fetch_sub((p), (v), __ATOMIC_ACQ_REL)
#define atomic_or(p, v) __atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)
#define atomic_and(p, v) __atomic_fetch_and((p), (v), __ATOMIC_ACQ_REL)
#define atomic_exchange(p, v) __atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)
#define atomic_exchange_if(p, expected, v, once) \
	__atomic_compare_exchange_n((p), (expected), (v), (once), __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
/* Orders earlier loads before later loads; earlier stores before later stores. */
#define atomic_fence_load() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define atomic_fence_store() __atomic_thread_fence(__ATOMIC_RELEASE)
#define atomic_fence() __atomic_thread_fence(__ATOMIC_SEQ_CST)
UNSAFE_END();

/* On failure *expected becomes the value found. */
#define atomic_compare_exchange(p, expected, v) atomic_exchange_if((p), (expected), (v), false)
/* The same for a loop: it may fail for no reason. */
#define atomic_compare_exchange_once(p, expected, v) atomic_exchange_if((p), (expected), (v), true)

/* A store that others see before anything later is loaded here. */
#define atomic_store_and_fence(p, v) \
	do { \
		if (HAL_UPDATE_ORDERS_ALL != 0) { \
			(void)atomic_exchange((p), (v)); \
			break; \
		} \
		atomic_store((p), (v)); \
		atomic_fence(); \
	} while (0)

/* Pre: right behind an atomic operation that reads and writes.
 * Post: what was stored up to that operation is seen by others before anything later is loaded here.
 * Order: a full fence, where the operation is not one already; its own order binds the compiler in any case.
 * Cost: constant: nothing, or one fence. */
static FORCE_INLINE void atomic_fence_after_update(void)
{
	if (HAL_UPDATE_ORDERS_ALL == 0)
		atomic_fence();
}

#endif
