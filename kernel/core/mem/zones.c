/* SPDX-License-Identifier: Apache-2.0
 *
 * Dividing memory into zones. See zones.h.
 */
#include "kernel/core/mem/zones.h"
#include "kernel/core/mem/shadow.h"
#include "kernel/raw/frame_map.h"

static u64 region_first(const struct boot_region *region) { return region->base >> PAGE_SHIFT; }
static u64 region_frames(const struct boot_region *region) { return region->bytes >> PAGE_SHIFT; }

static void find_runs(const struct boot_info *info, struct zone_list *out)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);
		bool begins = out->count == 0 || ELEM(out->zone, out->count - 1)->node != region->node;

		if (!boot_region_allocatable(region))
			continue;
		if (begins && out->count < ZONES_MAX) {
			*ELEM(out->zone, out->count) = (struct zone_range){ .first = region_first(region), .node = region->node };
			out->count++;
		}
		ELEM(out->zone, out->count - 1)->end = region_first(region) + region_frames(region);
	}
}

/* The map is cut out of the first usable region of the zone that has room for it. */
static bool place_map(const struct boot_info *info, struct zone_range *zone)
{
	zone->map_frames = pages_of(sizeof(struct frame_map) + zone->end - zone->first) + shadow_frames(zone->end - zone->first);
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);

		zone->map_first = region_first(region);
		if (region->kind == BOOT_MEMORY_USABLE && region_frames(region) >= zone->map_frames &&
		    zone->map_first >= zone->first && zone->map_first < zone->end)
			return true;
	}
	return false;
}

/* Joins a zone with the one below it, the lowest with the one above; returns which one it is now. */
static u32 join(struct zone_list *list, u32 index)
{
	u32 into = index > 0 ? index - 1 : 0;
	struct zone_range *low = ELEM(list->zone, into);
	const struct zone_range *high = ELEM(list->zone, into + 1);

	low->end = high->end;
	if (index == 0)
		low->node = high->node;
	for (u32 i = into + 1; i + 1 < list->count; i++)
		*ELEM(list->zone, i) = *ELEM(list->zone, i + 1);
	list->count--;
	return into;
}

bool zones_find(const struct boot_info *info, struct zone_list *out)
{
	*out = (struct zone_list){};
	find_runs(info, out);
	for (u32 i = 0; i < out->count;) {
		if (place_map(info, ELEM(out->zone, i)))
			i++;
		else if (out->count > 1)
			i = join(out, i);
		else
			return false;
	}
	return out->count != 0;
}
