/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of x86_64 with four levels.
 *
 * SPEC: Intel SDM 3A 4.5 "4-level paging", tables 4-15 to 4-20
 */
#include "boot/common/tables.h"

enum : u64 {
	ENTRY_PRESENT = 1ull << 0,
	ENTRY_WRITE = 1ull << 1,
	ENTRY_LARGE = 1ull << 7,
	ENTRY_NO_EXECUTE = 1ull << 63,
	ENTRY_ADDRESS = 0x000ffffffffff000ull,
	ENTRIES = 512,
	ENTRY_BYTES = 8,
};
enum : u32 { LEVEL_ROOT = 4, LEVEL_GIB = 3, LEVEL_2MIB = 2, LEVEL_PAGE = 1 };

/* Bytes that one entry of a table of this level covers. */
static u64 level_bytes(u32 level)
{
	return (u64)PAGE_BYTES << (9 * (level - 1));
}

u64 tables_pages_needed(u64 direct_bytes, u64 kernel_bytes, u64 identity_bytes, bool giant)
{
	u64 gib = level_bytes(LEVEL_GIB), root_entry = level_bytes(LEVEL_ROOT), large = level_bytes(LEVEL_2MIB);
	u64 direct = direct_bytes / root_entry + 2 + (giant ? 0 : direct_bytes / gib + 1);
	u64 kernel = 1 + kernel_bytes / gib + 2 + kernel_bytes / large + 2;
	u64 identity = 2 + identity_bytes / gib + 2 + identity_bytes / large + 2;
	return 1 + direct + kernel + identity;
}

struct tables tables_start(struct mspan pool, u64 pool_phys, bool giant)
{
	INVARIANT(mspan_len(pool) >= PAGE_BYTES, "TABLES: the pool is empty");
	mspan_fill(pool, 0);
	return (struct tables){ .pool = pool, .pool_phys = pool_phys, .used = 1, .giant = giant };
}

u64 tables_root(const struct tables *tables)
{
	return tables->pool_phys;
}

static u64 index_of(u64 virt, u32 level)
{
	return virt / level_bytes(level) % ENTRIES;
}

static u64 entry_at(const struct tables *tables, u64 table, u64 index)
{
	return span_le64(span_of(tables->pool), table - tables->pool_phys + index * ENTRY_BYTES);
}

static void entry_set(struct tables *tables, u64 table, u64 index, u64 entry)
{
	mspan_put_le64(tables->pool, table - tables->pool_phys + index * ENTRY_BYTES, entry);
}

/* The table one level down, made if it is missing. */
static bool descend(struct tables *tables, u64 table, u64 index, u64 *next)
{
	u64 entry = entry_at(tables, table, index);
	if ((entry & ENTRY_PRESENT) != 0) {
		*next = entry & ENTRY_ADDRESS;
		return (entry & ENTRY_LARGE) == 0;
	}
	if (tables->used >= mspan_len(tables->pool) / PAGE_BYTES)
		return false;
	*next = tables->pool_phys + tables->used * PAGE_BYTES;
	tables->used++;
	/* Access is decided by the leaves alone. */
	entry_set(tables, table, index, *next | ENTRY_PRESENT | ENTRY_WRITE);
	return true;
}

static u32 largest_level(const struct tables *tables, u64 virt, u64 phys, u64 bytes)
{
	u32 level = tables->giant ? LEVEL_GIB : LEVEL_2MIB;
	while (level > LEVEL_PAGE && (((virt | phys) & (level_bytes(level) - 1)) != 0 || bytes < level_bytes(level)))
		level--;
	return level;
}

static bool map_one(struct tables *tables, u64 virt, u64 phys, u32 level, u32 access)
{
	u64 table = tables_root(tables);
	for (u32 at = LEVEL_ROOT; at > level; at--) {
		if (!descend(tables, table, index_of(virt, at), &table))
			return false;
	}
	if (entry_at(tables, table, index_of(virt, level)) != 0)
		return false;
	u64 entry = phys | ENTRY_PRESENT;
	if (level > LEVEL_PAGE)
		entry |= ENTRY_LARGE;
	if ((access & TABLE_WRITE) != 0)
		entry |= ENTRY_WRITE;
	if ((access & TABLE_EXECUTE) == 0)
		entry |= ENTRY_NO_EXECUTE;
	entry_set(tables, table, index_of(virt, level), entry);
	return true;
}

static bool canonical(u64 address)
{
	u64 top = address >> 47;
	return top == 0 || top == 0x1ffff;
}

bool tables_map(struct tables *tables, u64 virt, u64 phys, u64 bytes, u32 access)
{
	if (!page_aligned(virt | phys | bytes))
		return false;
	if (bytes == 0)
		return true;
	u64 last = 0;
	u64 phys_last = 0;
	if (ckd_add(&last, virt, bytes - 1) || ckd_add(&phys_last, phys, bytes - 1))
		return false;
	if (!canonical(virt) || !canonical(last) || virt >> 47 != last >> 47 || (phys_last & ~ENTRY_ADDRESS) >> 52 != 0)
		return false;
	for (u64 done = 0; done < bytes;) {
		u32 level = largest_level(tables, virt + done, phys + done, bytes - done);
		if (!map_one(tables, virt + done, phys + done, level, access))
			return false;
		done += level_bytes(level);
	}
	return true;
}

/* What is no memory is mapped as well: there the processor's memory types (MTRRs) tell how. */
bool tables_map_direct(struct tables *tables, const struct boot_info *info, const struct memory_map *list)
{
	(void)list;
	return tables_map(tables, info->direct_base, 0, info->direct_bytes, TABLE_WRITE);
}
