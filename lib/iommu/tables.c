/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tables of all IOMMUs have in common. See tables.h.
 */
#include "lib/iommu/tables.h"

enum : u64 { ADDRESS_MASK = ~(u64)TABLES_PAGE_MASK & ((1ull << 52) - 1) };

void tables_begin(struct iommu_tables *tables)
{
	mspan_fill(MSPAN_OF_ARRAY(tables->bytes), 0);
	tables->used = TABLES_ROOT + 1;
	tables->spare_used = 0;
	tables->functions = 0;
}

u64 tables_entry(const struct iommu_tables *tables, u32 page, u64 at)
{
	return span_le64(SPAN_OF_ARRAY(tables->bytes), page * TABLES_PAGE_BYTES + at);
}

void tables_put(struct iommu_tables *tables, u32 page, u64 at, u64 value)
{
	mspan_put_le64(MSPAN_OF_ARRAY(tables->bytes), page * TABLES_PAGE_BYTES + at, value);
}

/* ---- pages ---- */

static u32 page_at(const struct iommu_tables *t, u64 address)
{
	for (u32 page = 0; page < t->pages + t->spare_used; page++)
		if (*ELEM(t->address, page) == address)
			return page;
	return TABLES_NO_PAGE;
}

u32 tables_take_page(struct iommu_tables *tables)
{
	return tables->used < tables->pages ? tables->used++ : TABLES_NO_PAGE;
}

/* WHY not of the others: a page that leads to a domain's memory is never looked through as one of somebody else's. */
u32 tables_take_spare(struct iommu_tables *tables)
{
	return tables->spare_used < tables->spare ? tables->pages + tables->spare_used++ : TABLES_NO_PAGE;
}

u32 tables_follow(struct iommu_tables *tables, u32 page, u64 at, const struct tables_format *format, tables_take *take)
{
	u64 leads = tables_entry(tables, page, at);

	if (leads != 0)
		return page_at(tables, leads << format->shift & ADDRESS_MASK);
	u32 made = take(tables);

	if (made == TABLES_NO_PAGE)
		return made;
	if (page == TABLES_ROOT)
		tables->functions |= 1ull << made;
	tables_put(tables, page, at, *ELEM(tables->address, made) >> format->shift | format->branch);
	return made;
}

/* ---- a domain's tree ---- */

static bool map_page(struct iommu_tables *t, u32 top, u64 address, const struct tables_format *format)
{
	u32 page = top;

	for (u32 level = t->levels; page != TABLES_NO_PAGE; level--) {
		u64 index = address >> (TABLES_PAGE_SHIFT + (level - 1) * TABLES_LEVEL_BITS) & ((1 << TABLES_LEVEL_BITS) - 1);

		if (level == 1) {
			tables_put(t, page, index * TABLES_ENTRY_BYTES, address >> format->shift | format->leaf);
			return true;
		}
		page = tables_follow(t, page, index * TABLES_ENTRY_BYTES, format, tables_take_page);
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
		for (u64 at = 0; at < piece->bytes; at += TABLES_PAGE_BYTES)
			if (!map_page(tables, top, piece->address + at, format))
				return false;
	}
	return true;
}

/* ---- publishing ---- */

static u32 bytes_that_differ(struct span a, struct span b)
{
	u32 count = 0;

	for (u64 at = 0; at < TABLES_ENTRY_BYTES; at++)
		count += span_u8(a, at) != span_u8(b, at) ? 1 : 0;
	return count;
}

static void publish_byte(struct mspan to, u64 at, u8 value)
{
	mspan_put_u8(to, at, value);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/* The first byte says whether the entry counts: it does not while others change. WHY otherwise one alone: a device that goes by
 * the entry meanwhile goes on. */
static bool publish_entry(struct mspan to, struct span from)
{
	u32 changes = bytes_that_differ(span_of(to), from);

	if (changes > 1)
		publish_byte(to, 0, 0);
	for (u64 at = TABLES_ENTRY_BYTES; at-- > 0;)
		if (span_u8(span_of(to), at) != span_u8(from, at))
			publish_byte(to, at, span_u8(from, at));
	return changes != 0;
}

static struct span page_to_publish(const struct iommu_tables *tables, u32 page)
{
	return span_part(SPAN_OF_ARRAY(tables->bytes), page * TABLES_PAGE_BYTES, TABLES_PAGE_BYTES);
}

/* Whether it leads where it led: by all words but the first, and by what `leads' has of that. */
static bool leads_alike(struct span a, struct span b, u64 leads)
{
	u64 others = span_len(a) - TABLES_ENTRY_BYTES;

	return ((span_le64(a, 0) ^ span_le64(b, 0)) & leads) == 0 &&
	       span_equal(span_part(a, TABLES_ENTRY_BYTES, others), span_part(b, TABLES_ENTRY_BYTES, others));
}

static bool withdraw_entry(struct mspan to, struct span from, u64 leads)
{
	enum : u8 { COUNTS = 1 };

	if ((span_u8(span_of(to), 0) & COUNTS) == 0 || leads_alike(span_of(to), from, leads))
		return false;
	publish_byte(to, 0, 0);
	return true;
}

/* WHY the root's, too: the page that an entry led to may be part of a domain's tree now. */
bool tables_withdraw(const struct iommu_tables *tables, u32 page, struct mspan to)
{
	bool root = page == TABLES_ROOT, any = false;
	struct span from = page_to_publish(tables, page);
	u64 step = root ? TABLES_ENTRY_BYTES : tables->function_bytes;

	if (!root && (tables->functions >> page & 1) == 0)
		return false;
	for (u64 at = 0; at < TABLES_PAGE_BYTES; at += step)
		any |= withdraw_entry(mspan_part(to, at, step), span_part(from, at, step), root ? U64_MAX : ADDRESS_MASK);
	return any;
}

/* WHY from the end: of an entry of several words the first says that it counts. */
bool tables_publish(const struct iommu_tables *tables, u32 page, struct mspan to)
{
	struct span from = page_to_publish(tables, page);
	bool changed = false;

	for (u64 at = TABLES_PAGE_BYTES; at > 0; at -= TABLES_ENTRY_BYTES)
		changed |= publish_entry(mspan_part(to, at - TABLES_ENTRY_BYTES, TABLES_ENTRY_BYTES),
			span_part(from, at - TABLES_ENTRY_BYTES, TABLES_ENTRY_BYTES));
	return changed;
}
