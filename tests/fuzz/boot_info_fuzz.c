/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: damaged boot information. What the kernel accepts keeps the promises that the frame
 * allocator and the rest of the boot rely on.
 */
#include "kernel/core/boot/boot_info.h"
#include "kernel/core/mem/zones.h"
#include "lib/base/fuzz/fuzz.h"
#include "tests/host/fake_hal/machine.h"

enum : usize { CHANGE_BYTES = 4 /* two of place, two of value */ };

static struct boot_info info;
static bool on;

/* True if the frames lie in a usable region from its beginning. */
static bool begins_usable(u64 first, u64 frames)
{
	for (u32 i = 0; i < info.region_count; i++) {
		const struct boot_region *region = ELEM(info.region, i);

		if (region->kind == BOOT_MEMORY_USABLE && region->base >> PAGE_SHIFT == first)
			return frames <= region->bytes >> PAGE_SHIFT;
	}
	return false;
}

/* The zones that come of it follow each other, hold their maps and cover all that is allocatable. */
static void check_zones(void)
{
	struct zone_list list;
	u64 end = 0;
	u32 held = 0, wanted = 0;

	if (!zones_find(&info, &list))
		return;
	for (u32 i = 0; i < list.count; i++) {
		const struct zone_range *zone = ELEM(list.zone, i);

		INVARIANT(zone->first >= end && zone->end > zone->first && zone->node < BOOT_NODES_MAX, "ZONE-ORDER");
		end = zone->end;
		INVARIANT(zone->map_frames << PAGE_SHIFT > zone->end - zone->first, "ZONE-MAP: too small");
		INVARIANT(begins_usable(zone->map_first, zone->map_frames), "ZONE-MAP: not in a usable region");
		INVARIANT(zone->map_first >= zone->first && zone->map_first < zone->end, "ZONE-MAP: in another zone");
		for (u32 j = 0; j < info.region_count; j++) {
			const struct boot_region *region = ELEM(info.region, j);
			u64 first = region->base >> PAGE_SHIFT, frames = region->bytes >> PAGE_SHIFT;

			held += boot_region_allocatable(region) && first >= zone->first && first + frames <= zone->end;
		}
	}
	for (u32 i = 0; i < info.region_count; i++)
		wanted += boot_region_allocatable(ELEM(info.region, i));
	INVARIANT(held == wanted, "ZONE-COVER");
}

static void check_accepted(void)
{
	u64 end = 0;

	for (u32 i = 0; i < info.region_count; i++) {
		const struct boot_region *region = ELEM(info.region, i);

		INVARIANT(region->base >= end && region->bytes != 0, "BOOT-REGIONS: they overlap or are empty");
		end = region->base + region->bytes;
		INVARIANT(end > region->base && page_aligned(region->base | region->bytes), "BOOT-REGIONS: not whole pages");
		INVARIANT(region->node < BOOT_NODES_MAX, "BOOT-REGIONS: a node too high");
		INVARIANT(region->kind != BOOT_MEMORY_USABLE || end <= info.direct_bytes, "BOOT-REGIONS: outside the direct map");
	}
	check_zones();
	INVARIANT(info.image_phys <= info.direct_bytes && info.image_bytes <= info.direct_bytes - info.image_phys, "BOOT-IMAGE");
	INVARIANT(info.seed_bytes <= BOOT_SEED_BYTES, "BOOT-SEED");
	INVARIANT(span_find(SPAN_OF_ARRAY(info.command_line), 0, 0) < BOOT_CMDLINE_BYTES, "BOOT-TEXT");
}

void fuzz_one(struct span input)
{
	struct mspan bytes = MSPAN_OF_STRUCT(info);

	/* The bytes as they are, then as changes to good information. */
	info = (struct boot_info){};
	span_copy(bytes, span_first(input, mspan_len(bytes)));
	if (boot_info_check(&info) == BOOT_GOOD)
		check_accepted();
	if (!on)
		fake_power_on(FAKE_MEMORY_BYTES);
	on = true;
	fake_boot_info(&info);
	for (usize at = 0; span_has(input, at, CHANGE_BYTES); at += CHANGE_BYTES) {
		/* Most of the struct is the table of regions: the head and the first ones are what matters. */
		u64 place = span_le16(input, at) % (mspan_len(bytes) - 1) % 1024 / 2 * 2;

		mspan_put_le16(bytes, place, span_le16(input, at + 2));
	}
	enum boot_problem problem = boot_info_check(&info);

	INVARIANT(problem < BOOT_PROBLEMS && span_len(span_of_cstr(boot_problem_text(problem))) > 10, "BOOT-PROBLEM: without a text");
	if (problem == BOOT_GOOD)
		check_accepted();
}
