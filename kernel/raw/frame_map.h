/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: the array with a byte for each frame of a zone, in frames cut out at boot.
 */
#ifndef KERNEL_RAW_FRAME_MAP_H
#define KERNEL_RAW_FRAME_MAP_H

#include "kernel/hal/mmu.h"

struct STABLE frame_map {
	u64 count;
	u8 state[] COUNTED_BY(count);
};

/* A zeroed map of `count` frames at the frames given, which are the caller's for ever. */
static inline struct frame_map *frame_map_at(paddr_t frames, u64 count)
{
UNSAFE_BEGIN("SAFETY: the caller cut out enough whole frames for the header and count bytes");
	struct frame_map *map = (struct frame_map *)(uptr)hal_direct(frames).v;

	__builtin_memset(map, 0, (usize)(sizeof(struct frame_map) + count));
	map->count = count;
	return map;
UNSAFE_END();
}

#endif
