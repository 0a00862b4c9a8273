/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory objects: pages that can be mapped into several processes.
 *   ANONYMOUS  zeroed when first touched, charged to the object's group; many at once where they can be one run
 *   FIXED      frames that are there already: the system image, event rings
 *   DEVICE     physical memory, of which what is not RAM can be mapped, uncached
 *   DMA        frames in one piece, zeroed and all there from the start: devices know where
 *   FIRMWARE   physical memory, of which the tables that firmware left can be mapped
 * Frames of a live object never move and are given back only when the object is gone, after a
 * grace period; so a frame found through it may be used for the rest of this stay in the kernel.
 */
#ifndef KERNEL_CORE_MEM_MEMORY_H
#define KERNEL_CORE_MEM_MEMORY_H

#include "kernel/core/cpu/lock.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "lib/base/list.h"

enum memory_kind : u8 { MEMORY_ANONYMOUS, MEMORY_FIXED, MEMORY_DEVICE, MEMORY_FIRMWARE, MEMORY_DMA };
enum : u32 { MEMORY_DIRECT_PAGES = 8, MEMORY_HEIGHT_MAX = 3 };
enum : u64 { MEMORY_PAGES_MAX = 1ull << 27 /* 512^3 */ };

struct STABLE memory {
	struct object object;
	enum memory_kind kind;
	u32 height;        /* ANONYMOUS: radix levels of 512; 0: `direct` suffices. DMA: order of the block */
	u64 pages;
	paddr_t base;      /* all but ANONYMOUS */
	struct lock lock;
	/* under lock; a frame in an entry stays there. Others may look at `direct` */
	paddr_t direct[MEMORY_DIRECT_PAGES];
	paddr_t root;      /* radix tree; 0: empty */
	u64 touched;       /* frames held, nodes of the tree included */
	u64 freed;         /* memory_free: pages below are given back */
	u32 words;         /* threads that wait for words of it, or are about to; atomic: kernel/core/ipc/word.h */
	struct list mappings; /* regions of it: kernel/core/mem/space.h */
};

[[nodiscard]] enum status memory_make(struct group *group, u64 pages, struct memory **out);
/* Wraps what is there already; nothing is charged for it. */
[[nodiscard]] enum status memory_wrap(struct group *group, enum memory_kind kind, paddr_t base, u64 pages,
	struct memory **out);

/* 2^order frames in one piece. Errors: OUT_OF_FRAMES and those of a charge. */
[[nodiscard]] enum status memory_make_dma(struct group *group, u32 order, struct memory **out);
/* Gives them back. */
void memory_free_dma(struct memory *memory);

/* The frame of a page; for anonymous memory it is made if it is not there yet.
 * Errors: RANGE, OUT_OF_FRAMES, DEAD. Takes the memory lock. */
[[nodiscard]] struct frame_result memory_page(struct memory *memory, u64 page);

/* The same for a page that has a frame and is found without the tree; 0: memory_page is to be asked. Without the lock. */
static FORCE_INLINE paddr_t memory_page_at_hand(const struct memory *memory, u64 page)
{
	return (paddr_t){ page < MEMORY_DIRECT_PAGES ? atomic_load_acquire(&ELEM(memory->direct, page)->v) : 0 };
}

enum : u64 { MEMORY_RUN_PAGES = PAGE_BYTES / sizeof(u64) };

/* A whole node of pages, beginning with page `first`, whose frames lie in one block that is aligned to its size. */
enum memory_run_kind : u32 {
	MEMORY_RUN_NONE,      /* some have frames elsewhere, or no block is to be had: each page is for itself */
	MEMORY_RUN_UNDER_WAY, /* not all are zeroed yet */
	MEMORY_RUN_READY,
};
struct memory_run {
	enum memory_run_kind kind;
	paddr_t frame;       /* of the first page */
};

/* Makes a run of pages that were never touched, and zeroes up to `some` more of them. Takes the memory lock. */
[[nodiscard]] struct memory_run memory_run(struct memory *memory, u64 first, u64 some);

/* Unmaps a bounded part of what was mapped through capabilities that have been revoked. True when nothing of
 * that is left on any processor. */
[[nodiscard]] bool memory_undo(struct memory *memory);

/* Gives frames back in steps. True when done. */
bool memory_free(struct memory *memory);

/* Value of a capability to all of it. */
u64 memory_cap_value(const struct memory *memory);

#endif
