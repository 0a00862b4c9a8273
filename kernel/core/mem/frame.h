/* SPDX-License-Identifier: Apache-2.0
 *
 * Physical frames: a buddy allocator for each memory zone (zones.h), with a cache of single frames
 * on each processor. Memory of the asking processor's NUMA node is taken first. Frames are handed out
 * with whatever they held; the _zeroed form is for everything that user mode may see.
 *
 * SPEC: Knowlton 1965 (buddy system). Links of free blocks are kept in the free frames.
 */
#ifndef KERNEL_CORE_MEM_FRAME_H
#define KERNEL_CORE_MEM_FRAME_H

#include "abi/errors.h"
#include "boot/boot_info.h"
#include "lib/base/addr.h"

/* Blocks of up to 1 GiB: few to set up, so that little memory is touched at boot. */
enum : u32 { FRAME_ORDERS = 19 };

struct frame_result {
	bool ok;
	enum status status;
	paddr_t frame;
};

/* Takes all usable memory of the checked map. What the loader used is added later. False, and nothing is there: no
 * usable range has room for the description of its zone. */
[[nodiscard]] bool frame_init(const struct boot_info *info);
void frame_add_loader_memory(const struct boot_info *info);

/* 2^order frames, aligned to their size; not zeroed. */
[[nodiscard]] struct frame_result frame_alloc(u32 order);
void frame_free(paddr_t frame, u32 order);

/* One frame from this processor's cache. */
[[nodiscard]] struct frame_result frame_alloc_zeroed(void);
void frame_free_one(paddr_t frame);

/* Frames that were ever usable, and those that are free, of one NUMA node or of all, without what is in processors' caches. */
enum : u32 { FRAMES_EVERYWHERE = U32_MAX };
struct frame_counts { u64 total, available; };
struct frame_counts frame_counts_of(u32 node);

static inline u64 frame_total(void) { return frame_counts_of(FRAMES_EVERYWHERE).total; }
u64 frame_available(void); /* with those */

#endif
