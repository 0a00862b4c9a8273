/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of three or four levels, in the architecture's format.
 */
#include "boot/common/tables.h"
#include "boot/common/table_format.h"

enum : u64 { ENTRIES = 512, ENTRY_BYTES = 8, DEVICES_END = 4ull << 30 };
enum : u32 { LEVEL_BITS = 9, LEVEL_MOST = 4, LEVEL_GIB = 3, LEVEL_2MIB = 2, LEVEL_PAGE = 1 };

/* Bytes that one entry of a table of this level covers. */
static u64 level_bytes(u32 level)
{
	return (u64)PAGE_BYTES << (LEVEL_BITS * (level - 1));
}

/* WHY no use of giant pages in the sum where the direct map has gaps: each may need a table. */
u64 tables_pages_needed(u64 direct_bytes, u64 kernel_bytes, u64 identity_bytes, bool giant)
{
	u64 gib = level_bytes(LEVEL_GIB), root_entry = level_bytes(LEVEL_MOST), large = level_bytes(LEVEL_2MIB);
	bool whole = giant && table_format.maps_gaps;
	u64 direct = direct_bytes / root_entry + 2 + (whole ? 0 : direct_bytes / gib + 1);
	u64 kernel = 1 + kernel_bytes / gib + 2 + kernel_bytes / large + 2;
	u64 identity = 2 + identity_bytes / gib + 2 + identity_bytes / large + 2;

	return table_format.roots + direct + kernel + identity;
}

struct tables tables_start(struct mspan pool, u64 pool_phys, bool giant, u32 levels)
{
	INVARIANT(mspan_len(pool) >= table_format.roots * PAGE_BYTES, "TABLES: the pool is empty");
	mspan_fill(pool, 0);
	return (struct tables){ .pool = pool, .pool_phys = pool_phys, .used = table_format.roots, .giant = giant, .levels = levels };
}

u64 tables_root(const struct tables *tables)
{
	return tables->pool_phys;
}

static u64 root_of(const struct tables *tables, u64 virt)
{
	return tables->pool_phys + (table_format.roots == 2 && virt >> 63 == 0 ? PAGE_BYTES : 0);
}

static u64 index_of(u64 virt, u32 level)
{
	return virt / level_bytes(level) % ENTRIES;
}

static u64 entry_at(const struct tables *tables, u64 table, u64 index)
{
	return span_u64(span_of(tables->pool), table - tables->pool_phys + index * ENTRY_BYTES);
}

static void entry_set(struct tables *tables, u64 table, u64 index, u64 entry)
{
	mspan_put_u64(tables->pool, table - tables->pool_phys + index * ENTRY_BYTES, entry);
}

/* The table one level down, made if it is missing. */
static bool descend(struct tables *tables, u64 table, u64 index, u64 *next)
{
	u64 entry = entry_at(tables, table, index);

	if ((entry & table_format.valid) != 0) {
		*next = (entry & table_format.address) << table_format.address_shift;
		return (entry & table_format.kind_mask) == table_format.kind_table;
	}
	if (tables->used >= mspan_len(tables->pool) / PAGE_BYTES)
		return false;
	*next = tables->pool_phys + tables->used * PAGE_BYTES;
	tables->used++;
	entry_set(tables, table, index, *next >> table_format.address_shift | table_format.table);
	return true;
}

static u32 largest_level(const struct tables *tables, u64 virt, u64 phys, u64 bytes)
{
	u32 level = tables->giant ? LEVEL_GIB : LEVEL_2MIB;

	while (level > LEVEL_PAGE && (((virt | phys) & (level_bytes(level) - 1)) != 0 || bytes < level_bytes(level)))
		level--;
	return level;
}

static u64 entry_of(u64 phys, u32 level, u32 access)
{
	const struct table_format *f = &table_format;

	return phys >> f->address_shift | (level == LEVEL_PAGE ? f->page : f->large) |
	       ((access & TABLE_WRITE) != 0 ? f->write : f->read_only) |
	       ((access & TABLE_EXECUTE) != 0 ? f->execute : f->no_execute) | ((access & TABLE_DEVICE) != 0 ? f->device : 0);
}

static bool map_one(struct tables *tables, u64 virt, u64 phys, u32 level, u32 access)
{
	u64 table = root_of(tables, virt);

	for (u32 at = tables->levels; at > level; at--)
		if (!descend(tables, table, index_of(virt, at), &table))
			return false;
	if (entry_at(tables, table, index_of(virt, level)) != 0)
		return false;
	entry_set(tables, table, index_of(virt, level), entry_of(phys, level, access));
	return true;
}

static bool canonical(const struct tables *tables, u64 address)
{
	u32 bits = table_format.half_bits - LEVEL_BITS * (LEVEL_MOST - tables->levels);
	u64 top = address >> bits;

	return top == 0 || top == U64_MAX >> bits;
}

bool tables_map(struct tables *tables, u64 virt, u64 phys, u64 bytes, u32 access)
{
	u64 last = 0, phys_last = 0;

	if (!page_aligned(virt | phys | bytes))
		return false;
	if (bytes == 0)
		return true;
	if (ckd_add(&last, virt, bytes - 1) || ckd_add(&phys_last, phys, bytes - 1))
		return false;
	if (!canonical(tables, virt) || !canonical(tables, last) || virt >> 63 != last >> 63 ||
	    phys_last > ((table_format.address << table_format.address_shift) | PAGE_MASK))
		return false;
	for (u64 done = 0; done < bytes;) {
		u32 level = largest_level(tables, virt + done, phys + done, bytes - done);

		if (!map_one(tables, virt + done, phys + done, level, access))
			return false;
		done += level_bytes(level);
	}
	return true;
}

/* ---- the direct map with gaps: memory is cached; what lies between is not, as device registers may be there ---- */

static bool is_memory(const struct boot_region *range)
{
	return range->kind != BOOT_MEMORY_RESERVED && range->kind != BOOT_MEMORY_MMIO;
}

/* The next run of 2 MiB steps that hold memory. */
static bool next_run(const struct memory_map *list, u64 from, u64 *start, u64 *end)
{
	u64 large = level_bytes(LEVEL_2MIB);

	*start = U64_MAX;
	*end = 0;
	for (u32 i = 0; i < list->count; i++) {
		const struct boot_region *range = ELEM(list->range, i);
		u64 low = max_u64(range->base & ~(large - 1), from);
		u64 high = (range->base + range->bytes + large - 1) & ~(large - 1);

		if (!is_memory(range) || high <= from)
			continue;
		if (*start == U64_MAX)
			*start = low;
		else if (low > *end)
			return true;
		*end = max_u64(*end, high);
	}
	return *start != U64_MAX;
}

static bool map_direct(struct tables *tables, const struct boot_info *info, u64 start, u64 end, u32 access)
{
	return start >= end || tables_map(tables, info->direct_base + start, start, end - start, access);
}

bool tables_map_direct(struct tables *tables, const struct boot_info *info, const struct memory_map *list)
{
	u64 devices_end = min_u64(DEVICES_END, info->direct_bytes);
	u64 at = 0, start, end;

	if (table_format.maps_gaps)
		return map_direct(tables, info, 0, info->direct_bytes, TABLE_WRITE);
	while (next_run(list, at, &start, &end)) {
		if (!map_direct(tables, info, at, min_u64(start, devices_end), TABLE_WRITE | TABLE_DEVICE) ||
		    !map_direct(tables, info, start, min_u64(end, info->direct_bytes), TABLE_WRITE))
			return false;
		at = end;
	}
	return map_direct(tables, info, at, devices_end, TABLE_WRITE | TABLE_DEVICE);
}
