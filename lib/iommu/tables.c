/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tables of all IOMMUs have in common. See tables.h.
 */
#include "lib/iommu/tables.h"

enum : u64 { ADDRESS_MASK = ~(u64)PAGE_MASK & ((1ull << 52) - 1) };

void tables_begin(struct iommu_tables *tables)
{
	mspan_fill(MSPAN_OF_ARRAY(tables->bytes), 0);
	tables->used = TABLES_ROOT + 1;
}

u64 tables_entry(const struct iommu_tables *tables, u32 page, u64 at)
{
	return span_le64(SPAN_OF_ARRAY(tables->bytes), page * PAGE_BYTES + at);
}

void tables_put(struct iommu_tables *tables, u32 page, u64 at, u64 value)
{
	mspan_put_le64(MSPAN_OF_ARRAY(tables->bytes), page * PAGE_BYTES + at, value);
}

/* ---- pages ---- */

static u32 page_at(const struct iommu_tables *t, u64 address)
{
	u32 page = 0;

	while (page < t->used && *ELEM(t->address, page) != address)
		page++;
	return page < t->used ? page : TABLES_NO_PAGE;
}

u32 tables_take_page(struct iommu_tables *tables)
{
	return tables->used < tables->pages ? tables->used++ : TABLES_NO_PAGE;
}

u32 tables_follow(struct iommu_tables *tables, u32 page, u64 at, u32 shift, u64 flags)
{
	u64 leads = tables_entry(tables, page, at);

	if (leads != 0)
		return page_at(tables, leads << shift & ADDRESS_MASK);
	u32 made = tables_take_page(tables);

	if (made != TABLES_NO_PAGE)
		tables_put(tables, page, at, *ELEM(tables->address, made) >> shift | flags);
	return made;
}

/* ---- a domain's tree ---- */

static bool map_page(struct iommu_tables *t, u32 top, u64 address, const struct tables_format *format)
{
	u32 page = top;

	for (u32 level = t->levels; page != TABLES_NO_PAGE; level--) {
		u64 index = address >> (PAGE_SHIFT + (level - 1) * TABLES_LEVEL_BITS) & ((1 << TABLES_LEVEL_BITS) - 1);

		if (level == 1) {
			tables_put(t, page, index * TABLES_ENTRY_BYTES, address >> format->shift | format->leaf);
			return true;
		}
		page = tables_follow(t, page, index * TABLES_ENTRY_BYTES, format->shift, format->branch);
	}
	return false;
}

static bool piece_good(const struct iommu_tables *t, const struct domain_piece *piece)
{
	u64 end;

	return page_aligned(piece->address) && page_aligned(piece->bytes) && piece->bytes != 0 &&
	       !ckd_add(&end, piece->address, piece->bytes) && end <= 1ull << t->bits;
}

bool tables_map(struct iommu_tables *tables, u32 top, const struct domain *domain,
	const struct tables_format *format)
{
	if (domain->pieces > DOMAIN_PIECES_MAX)
		return false;
	for (u32 i = 0; i < domain->pieces; i++) {
		const struct domain_piece *piece = ELEM(domain->piece, i);

		if (!piece_good(tables, piece))
			return false;
		for (u64 at = 0; at < piece->bytes; at += PAGE_BYTES)
			if (!map_page(tables, top, piece->address + at, format))
				return false;
	}
	return true;
}

/* ---- publishing ---- */

/* The first byte says whether the entry counts, so it comes last. */
static bool publish_entry(struct mspan to, struct span from)
{
	if (span_equal(span_of(to), from))
		return false;
	span_copy(mspan_from(to, 1), span_from(from, 1));
	__atomic_thread_fence(__ATOMIC_RELEASE);
	mspan_put_u8(to, 0, span_u8(from, 0));
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return true;
}

/* WHY from the end: of an entry of several words the first says that it counts. */
bool tables_publish(const struct iommu_tables *tables, u32 page, struct mspan to)
{
	struct span from = span_part(SPAN_OF_ARRAY(tables->bytes), page * PAGE_BYTES, PAGE_BYTES);
	bool changed = false;

	for (u64 at = PAGE_BYTES; at > 0; at -= TABLES_ENTRY_BYTES)
		changed |= publish_entry(mspan_part(to, at - TABLES_ENTRY_BYTES, TABLES_ENTRY_BYTES),
			span_part(from, at - TABLES_ENTRY_BYTES, TABLES_ENTRY_BYTES));
	return changed;
}
