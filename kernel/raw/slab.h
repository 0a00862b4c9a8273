/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: frames seen as pool items.
 */
#ifndef KERNEL_RAW_SLAB_H
#define KERNEL_RAW_SLAB_H

#include "kernel/core/object/pool.h"
#include "lib/base/addr.h"

/* Item number `index` of a slab of whole frames that belongs to one pool. */
struct pooled *slab_item(paddr_t slab, u32 item_bytes, u64 index);

/* Zeroes an item behind its header; `bytes` of it, in whole lines. */
void slab_item_zero(struct pooled *item, u32 bytes);

/* Where an item is. */
paddr_t slab_item_place(const struct pooled *item);

#endif
