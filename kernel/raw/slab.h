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

UNSAFE_BEGIN("SAFETY: an item is at least as long as its pool says, in whole lines, and whoever zeroes it has taken it");
/* Zeroes an item behind its header; `bytes` of it, in whole lines: sizes that the compiler knows become plain stores. */
static FORCE_INLINE void slab_item_zero(struct pooled *item, u32 bytes)
{
	__builtin_memset((u8 *)item + sizeof(struct pooled), 0, POOL_LINE_BYTES - sizeof(struct pooled));
	for (u32 line = POOL_LINE_BYTES; line < bytes; line += POOL_LINE_BYTES)
		__builtin_memset((u8 *)item + line, 0, POOL_LINE_BYTES);
}
UNSAFE_END();

/* Where an item is. */
paddr_t slab_item_place(const struct pooled *item);

#endif
