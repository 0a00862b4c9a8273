/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: frames seen as pool items. See slab.h.
 */
#include "kernel/raw/slab.h"
#include "kernel/hal/mmu.h"

UNSAFE_BEGIN("SAFETY: the slab's frames belong to one pool for ever; index and size stay inside it by the pool's own count; frames are aligned to pages and item sizes to 64 bytes");
struct pooled *slab_item(paddr_t slab, u32 item_bytes, u64 index)
{
	return (struct pooled *)(uptr)(hal_direct(slab).v + index * item_bytes);
}

void slab_item_zero(struct pooled *item, u32 item_bytes)
{
	__builtin_memset((u8 *)item + sizeof(struct pooled), 0, item_bytes - sizeof(struct pooled));
}
UNSAFE_END();
