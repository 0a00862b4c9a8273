/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as firmware's memory map. What comes out ascends, does not overlap
 * and is made of whole pages.
 */
#include "boot/common/efi_map.h"
#include "lib/base/fuzz/fuzz.h"

static struct memory_map map;
static struct boot_info info;

void fuzz_one(struct span input)
{
	if (!efi_map_read(input, EFI_DESCRIPTOR_BYTES_MIN, &map))
		return;
	(void)memory_map_write(&map, &info);
	u64 end = 0;
	for (u32 i = 0; i < info.region_count; i++) {
		const struct boot_region *region = ELEM(info.region, i);
		INVARIANT(region->base >= end && region->bytes != 0 && page_aligned(region->base | region->bytes), "MAP-ORDER");
		end = region->base + region->bytes;
	}
}
