/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs of RAM. See ram.h.
 */
#include "kernel/arch/common/ram.h"

static bool is_ram(u32 kind)
{
	return kind != BOOT_MEMORY_MMIO && kind != BOOT_MEMORY_RESERVED && kind < BOOT_MEMORY_KINDS;
}

bool ram_next(const struct boot_info *info, u64 from, u64 *start, u64 *end)
{
	*start = U64_MAX;
	*end = 0;
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *r = ELEM(info->region, i);

		if (!is_ram(r->kind) || r->base + r->bytes <= from)
			continue;
		if (*start == U64_MAX)
			*start = max_u64(r->base, from);
		else if (r->base > *end)
			return true;
		*end = r->base + r->bytes;
	}
	return *start != U64_MAX;
}

bool ram_has(const struct boot_info *info, u64 at, u64 bytes)
{
	u64 from = 0, start, end;

	while (ram_next(info, from, &start, &end)) {
		if (at >= start && at < end)
			return bytes <= end - at && end <= info->direct_bytes;
		from = end;
	}
	return false;
}
