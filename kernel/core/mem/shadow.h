/* SPDX-License-Identifier: Apache-2.0
 *
 * What may be touched: a byte for each 8 bytes of RAM, in kernels built with the address sanitizer
 * (FERROUS_KASAN; others never call this). Free frames, free pool items behind their header, and a line
 * behind each item are closed; kernel/debug/kasan.c looks here before every access through the direct map.
 *
 * SPEC: Serebryany et al. 2012, "AddressSanitizer" (shadow bytes, red zones, delayed reuse).
 */
#ifndef KERNEL_CORE_MEM_SHADOW_H
#define KERNEL_CORE_MEM_SHADOW_H

#include "kernel/core/object/pool.h"
#include "lib/base/addr.h"

enum : u64 { SHADOW_GRAIN = 8 };

/* Closed bytes behind each pool item. */
enum : u32 { SHADOW_EDGE_BYTES = FERROUS_KASAN ? 64 : 0 };

/* Values of a shadow byte. Two of them also hold the pool. */
enum shadow_mark : u8 {
	SHADOW_OPEN = 0,
	SHADOW_ITEM = 0x40,  /* | pool: a free item, all but its header */
	SHADOW_EDGE = 0x80,  /* | pool: behind the end of an item */
	SHADOW_FRAME = 0xff, /* a free frame */
};
enum : u8 { SHADOW_POOL_BITS = 0x3f };
static_assert(POOLS <= SHADOW_POOL_BITS);

/* The first byte of an access that is closed. */
struct shadow_closed {
	paddr_t at;
	u8 mark;
	u64 into; /* bytes from the item's beginning (ITEM), behind its end (EDGE), into the frame */
};

/* Frames of shadow for a zone of so many frames; 0 in kernels without. */
static inline u64 shadow_frames(u64 frames) { return FERROUS_KASAN ? (frames + SHADOW_GRAIN - 1) / SHADOW_GRAIN : 0; }

/* At boot: the shadow of frames [first, end) is in the frames from `shadow` on, for ever. All is open. */
void shadow_cover(u64 first, u64 end, u64 shadow);

/* Whether accesses are looked at: from when all processors run until the first report. */
void shadow_watch(bool on);

/* A block of frames becomes free, or somebody's. Freeing what is free stops the kernel. */
void shadow_frames_free(paddr_t frame, u32 order);
void shadow_frames_taken(paddr_t frame, u32 order);

/* The allocator keeps its links in the block's first two words, while it is in a list. */
void shadow_links(paddr_t frame, bool open);

/* A slab of free items of item_bytes each, edge included; then one item of it. Giving back what is free
 * stops the kernel. */
void shadow_slab(paddr_t slab, u32 order, u32 pool, u32 item_bytes);
void shadow_item_free(const struct pooled *item, u32 item_bytes);
void shadow_item_taken(const struct pooled *item, u32 item_bytes);

/* Reuse is put off, so that a use after the end meets closed memory: exchanges a frame or item that became
 * free for the one that did so long before. False, null: there is none yet. Items: with the pool's lock. */
[[nodiscard]] bool shadow_delay_frame(paddr_t *frame);
[[nodiscard]] struct pooled *shadow_delay_item(struct pooled *item);
u64 shadow_delayed_frames(void);

/* True if a byte of [address, address + bytes) is closed, and which. Addresses outside the direct map's RAM are
 * never closed. */
[[nodiscard]] bool shadow_refuses(u64 address, u64 bytes, struct shadow_closed *closed);

#endif
