/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory map while a loader builds it: firmware's ranges go in, in any order; the loader's
 * own allocations are painted over them; the result is merged and written to the boot info.
 *
 * INV: MAP-ORDER  ranges ascend, do not overlap, are page-aligned and not empty
 */
#ifndef BOOT_COMMON_MEMORY_MAP_H
#define BOOT_COMMON_MEMORY_MAP_H

#include "boot/boot_info.h"

enum : u32 { MEMORY_MAP_MAX = 2048 };
/* Nothing above this is described: 52 bits is what page tables can hold. */
enum : u64 { MEMORY_TOP_MAX = 1ull << 52 };

struct memory_map {
	u32 count;
	bool full; /* a range did not fit; the map must not be used */
	struct boot_region range[MEMORY_MAP_MAX];
};

/* Makes [base, base + bytes) of the kind given, whatever it was before. Widened to whole pages
 * for kinds that must not be touched, narrowed for usable memory. Ranges that wrap or end above
 * MEMORY_TOP_MAX are cut there. */
void memory_map_set(struct memory_map *map, u64 base, u64 bytes, enum boot_memory kind);

/* Takes `bytes` (whole pages) of usable memory, aligned to a power of two of at least a page, as low as can be,
 * and makes it of the kind given. 0: there is none. */
u64 memory_map_take(struct memory_map *map, u64 bytes, u64 align, enum boot_memory kind);

/* End of the highest range that is memory of some kind: not reserved, not MMIO. 0 if none. */
u64 memory_map_top(const struct memory_map *map);

/* Says which node the allocatable memory of [base, end) belongs to; both are page-aligned. A range
 * that reaches over an end of it becomes two: the map has room for two more. */
void memory_map_set_node(struct memory_map *map, u64 base, u64 end, u32 node);

struct memory_map_loss {
	u32 ranges; /* usable ranges left out because the boot info has no room */
	u64 bytes;
};

/* Writes the ranges to the boot info. When there are too many, reserved and MMIO ranges go first
 * (an address that is not described means the same to the kernel), then the smallest usable ones;
 * what was usable is counted. The map is used up. */
struct memory_map_loss memory_map_write(struct memory_map *map, struct boot_info *info);

#endif
