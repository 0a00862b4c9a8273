/* SPDX-License-Identifier: Apache-2.0
 *
 * Item sizes of the pools: apart, because it has to see every struct.
 */
#ifndef KERNEL_CORE_OBJECT_SIZES_H
#define KERNEL_CORE_OBJECT_SIZES_H

#include "lib/base/safe.h"

/* Bytes of an item of the pool, a multiple of 64; 0: there is no such pool. */
u32 pool_item_bytes(u32 pool);

/* How many of them are zeroed when one is taken, in whole lines: not a thread's floating point state, which is
 * the most of it and filled by the first use; of a lineage node only what its maker does not write. */
u32 pool_zeroed_bytes(u32 pool);

#endif
