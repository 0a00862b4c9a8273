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

paddr_t slab_item_place(const struct pooled *item)
{
	return (paddr_t){ (u64)(uptr)item - hal_direct((paddr_t){ 0 }).v };
}
UNSAFE_END();
