/* SPDX-License-Identifier: Apache-2.0
 *
 * How memory is divided into zones, from the checked memory map alone. Pure logic.
 *
 * A zone is a run of regions of one NUMA node. A run with no room for the zone's own map of frames
 * goes to the neighbouring one, and so does what is left when there are as many zones as can be:
 * that memory is then taken for the neighbour's.
 */
#ifndef KERNEL_CORE_MEM_ZONES_H
#define KERNEL_CORE_MEM_ZONES_H

#include "boot/boot_info.h"

enum : u32 { ZONES_MAX = 8 };

struct zone_range {
	u64 first, end;             /* frame numbers [first, end) */
	u64 map_first, map_frames;  /* the frames for the map: at the beginning of a usable region */
	u32 node;
};

struct zone_list {
	u32 count;
	struct zone_range zone[ZONES_MAX];
};

/* False if there is no room for a map at all. */
[[nodiscard]] bool zones_find(const struct boot_info *info, struct zone_list *out);

#endif
