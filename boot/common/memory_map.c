/* SPDX-License-Identifier: Apache-2.0
 *
 * Painting ranges over a sorted list. Firmware maps have a few hundred entries at most, so a
 * plain array with insertion is enough.
 */
#include "boot/common/memory_map.h"

static u64 range_end(const struct boot_region *range)
{
	return range->base + range->bytes;
}

static void range_remove(struct memory_map *map, u32 at)
{
	for (u32 i = at; i + 1 < map->count; i++)
		map->range[i] = map->range[i + 1];
	map->count--;
}

static void range_insert(struct memory_map *map, u32 at, struct boot_region range)
{
	if (map->count >= MEMORY_MAP_MAX) {
		map->full = true;
		return;
	}
	for (u32 i = map->count; i > at; i--)
		map->range[i] = map->range[i - 1];
	map->range[at] = range;
	map->count++;
}

/* Cuts [base, end) out of every range; returns where a new range with this base belongs. */
static u32 range_clear(struct memory_map *map, u64 base, u64 end)
{
	u32 at = 0;
	while (at < map->count && range_end(ELEM(map->range, at)) <= base)
		at++;
	if (at < map->count && map->range[at].base < base) {
		/* The first range hit keeps its head; its tail, if any, becomes a range of its own. */
		struct boot_region tail = map->range[at];
		map->range[at].bytes = base - tail.base;
		at++;
		if (range_end(&tail) > end) {
			tail.bytes = range_end(&tail) - end;
			tail.base = end;
			range_insert(map, at, tail);
			return at;
		}
	}
	while (at < map->count && range_end(ELEM(map->range, at)) <= end)
		range_remove(map, at);
	if (at < map->count && map->range[at].base < end) {
		map->range[at].bytes = range_end(ELEM(map->range, at)) - end;
		map->range[at].base = end;
	}
	return at;
}

void memory_map_set(struct memory_map *map, u64 base, u64 bytes, enum boot_memory kind)
{
	if (base >= MEMORY_TOP_MAX)
		return;
	u64 end = base + min_u64(bytes, MEMORY_TOP_MAX - base);
	bool narrow = kind == BOOT_MEMORY_USABLE;
	base = narrow ? page_ceil(base) : page_floor(base);
	end = narrow ? page_floor(end) : page_ceil(end);
	if (base >= end)
		return;
	u32 at = range_clear(map, base, end);
	range_insert(map, at, (struct boot_region){ .base = base, .bytes = end - base, .kind = kind });
}

u64 memory_map_take(struct memory_map *map, u64 bytes, u64 align, enum boot_memory kind)
{
	for (u32 i = 0; i < map->count; i++) {
		const struct boot_region *range = ELEM(map->range, i);
		u64 base = (max_u64(range->base, PAGE_BYTES) + align - 1) & ~(align - 1);
		u64 end = range_end(range);
		if (range->kind != BOOT_MEMORY_USABLE || base < range->base || base > end || end - base < bytes)
			continue;
		memory_map_set(map, base, bytes, kind);
		return base;
	}
	return 0;
}

/* What lies behind an address inside a range becomes a range of its own. */
static void range_cut(struct memory_map *map, u32 at, u64 where)
{
	struct boot_region tail = map->range[at];
	if (where <= tail.base || where >= range_end(&tail))
		return;
	map->range[at].bytes = where - tail.base;
	tail.bytes = range_end(&tail) - where;
	tail.base = where;
	range_insert(map, at + 1, tail);
}

void memory_map_set_node(struct memory_map *map, u64 base, u64 end, u32 node)
{
	INVARIANT(map->count + 2 <= MEMORY_MAP_MAX, "MAP-ROOM");
	for (u32 i = 0; i < map->count; i++) {
		if (!boot_region_allocatable(ELEM(map->range, i)))
			continue;
		range_cut(map, i, base);
		range_cut(map, i, end);
		if (map->range[i].base >= base && map->range[i].base < end)
			map->range[i].node = node;
	}
}

static bool is_memory(u32 kind)
{
	return kind != BOOT_MEMORY_RESERVED && kind != BOOT_MEMORY_MMIO;
}

u64 memory_map_top(const struct memory_map *map)
{
	u64 top = 0;
	for (u32 i = 0; i < map->count; i++) {
		if (is_memory(map->range[i].kind))
			top = range_end(ELEM(map->range, i));
	}
	return top;
}

/* Ranges written so far grow as long as the next one touches and is alike. */
static void map_merge(struct memory_map *map)
{
	u32 kept = 0;
	for (u32 i = 0; i < map->count; i++) {
		struct boot_region next = map->range[i];
		if (kept > 0) {
			struct boot_region *last = ELEM(map->range, kept - 1);
			if (last->kind == next.kind && last->node == next.node && range_end(last) == next.base) {
				last->bytes += next.bytes;
				continue;
			}
		}
		map->range[kept] = next;
		kept++;
	}
	map->count = kept;
}

/* The range that is missed least: any that is not memory, else the smallest usable one. */
static u32 least_wanted(const struct memory_map *map)
{
	u32 best = map->count;
	for (u32 i = 0; i < map->count; i++) {
		u32 kind = map->range[i].kind;
		if (!is_memory(kind))
			return i;
		if (kind == BOOT_MEMORY_USABLE && (best == map->count || map->range[i].bytes < map->range[best].bytes))
			best = i;
	}
	return best;
}

struct memory_map_loss memory_map_write(struct memory_map *map, struct boot_info *info)
{
	struct memory_map_loss loss = {};
	map_merge(map);
	while (map->count > BOOT_REGIONS_MAX) {
		u32 victim = least_wanted(map);
		if (victim >= map->count)
			break; /* nothing but firmware's own ranges: the rest is cut off below */
		if (is_memory(map->range[victim].kind)) {
			loss.ranges++;
			loss.bytes += map->range[victim].bytes;
		}
		range_remove(map, victim);
	}
	info->region_count = map->count > BOOT_REGIONS_MAX ? (u32)BOOT_REGIONS_MAX : map->count;
	for (u32 i = 0; i < info->region_count; i++)
		info->region[i] = map->range[i];
	return loss;
}
