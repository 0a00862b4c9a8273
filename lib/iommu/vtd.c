/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of Intel's IOMMU. See vtd.h.
 */
#include "lib/iommu/vtd.h"

enum : u64 {
	ENTRY_BYTES = 8, PAIR_BYTES = 16, ENTRIES_BITS = 9,
	PRESENT = 1, QUIET = 2,                     /* of root and context entries */
	READ_WRITE = 3,                             /* of page tables */
	ADDRESS_MASK = ~(u64)PAGE_MASK & ((1ull << 52) - 1),
	DOMAIN_SHIFT = 8,
};
enum : u32 { NO_PAGE = U32_MAX, FUNCTIONS = 256 };

static u64 entry(const struct vtd_tables *t, u32 page, u64 at)
{
	return span_le64(SPAN_OF_ARRAY(t->bytes), page * PAGE_BYTES + at);
}

static void put(struct vtd_tables *t, u32 page, u64 at, u64 value)
{
	mspan_put_le64(MSPAN_OF_ARRAY(t->bytes), page * PAGE_BYTES + at, value);
}

/* ---- pages ---- */

static u32 page_at(const struct vtd_tables *t, u64 address)
{
	u32 page = 0;

	while (page < t->used && *ELEM(t->address, page) != address)
		page++;
	return page < t->used ? page : NO_PAGE;
}

/* The page that an entry leads to, which is made if it leads nowhere. */
static u32 follow(struct vtd_tables *t, u32 page, u64 at, u64 flags)
{
	u64 leads = entry(t, page, at);

	if (leads != 0)
		return page_at(t, leads & ADDRESS_MASK);
	if (t->used == t->pages)
		return NO_PAGE;
	put(t, page, at, *ELEM(t->address, t->used) | flags);
	return t->used++;
}

static u64 bits_of(u32 levels) { return PAGE_SHIFT + (u64)levels * ENTRIES_BITS; }

static bool map_page(struct vtd_tables *t, u32 top, u64 address)
{
	u32 page = top;

	for (u32 level = t->levels; page != NO_PAGE; level--) {
		u64 at = (address >> bits_of(level - 1) & ((1 << ENTRIES_BITS) - 1)) * ENTRY_BYTES;

		if (level == 1) {
			put(t, page, at, address | READ_WRITE);
			return true;
		}
		page = follow(t, page, at, READ_WRITE);
	}
	return false;
}

/* WHY not where interrupts are: what is written there is no memory. SPEC: VT-d 3.14 "Handling Requests to Interrupt Address
 * Range" */
static bool piece_good(const struct vtd_tables *t, const struct domain_piece *piece)
{
	enum : u64 { INTERRUPTS = 0xfee00000, INTERRUPTS_END = 0xfef00000 };
	u64 end;

	if (!page_aligned(piece->address) || !page_aligned(piece->bytes) || piece->bytes == 0 ||
	    ckd_add(&end, piece->address, piece->bytes) || end > 1ull << bits_of(t->levels))
		return false;
	return end <= INTERRUPTS || piece->address >= INTERRUPTS_END;
}

static bool map_pieces(struct vtd_tables *t, u32 top, const struct domain *domain)
{
	if (domain->pieces > DOMAIN_PIECES_MAX)
		return false;
	for (u32 i = 0; i < domain->pieces; i++) {
		const struct domain_piece *piece = ELEM(domain->piece, i);

		if (!piece_good(t, piece))
			return false;
		for (u64 at = 0; at < piece->bytes; at += PAGE_BYTES)
			if (!map_page(t, top, piece->address + at))
				return false;
	}
	return true;
}

/* ---- functions ---- */

void vtd_begin(struct vtd_tables *tables)
{
	mspan_fill(MSPAN_OF_ARRAY(tables->bytes), 0);
	tables->used = VTD_ROOT + 1;
}

static u64 place_of(u32 requester) { return requester % FUNCTIONS * PAIR_BYTES; }

/* The page of the entries of its bus, or NO_PAGE. */
static u32 contexts_of(struct vtd_tables *tables, u32 requester)
{
	u64 bus = requester / FUNCTIONS;

	return bus < FUNCTIONS ? follow(tables, VTD_ROOT, bus * PAIR_BYTES, PRESENT) : NO_PAGE;
}

/* SPEC: 9.3: what is said of faults holds for an entry that is not present, too. */
bool vtd_hush(struct vtd_tables *tables, u32 requester)
{
	u32 context = contexts_of(tables, requester);

	if (context == NO_PAGE)
		return false;
	if (entry(tables, context, place_of(requester)) == 0)
		put(tables, context, place_of(requester), QUIET);
	return true;
}

/* WHY no function before its tree is whole: half of a domain is none. */
bool vtd_add(struct vtd_tables *tables, u32 index, const struct domain *domain, bool quiet)
{
	u32 context = contexts_of(tables, domain->requester);
	u64 at = place_of(domain->requester);

	if (context == NO_PAGE || entry(tables, context, at) != 0 || tables->used == tables->pages)
		return false;
	u32 top = tables->used++;

	if (!map_pieces(tables, top, domain))
		return false;
	/* SPEC: 9.3: the width of addresses is 1 for three levels, 2 for four. */
	put(tables, context, at + ENTRY_BYTES, (tables->levels - 2) | (u64)(index + 1) << DOMAIN_SHIFT);
	put(tables, context, at, *ELEM(tables->address, top) | PRESENT | (quiet ? QUIET : 0));
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

/* WHY from the end: of an entry of two words the first says that it counts. */
bool vtd_publish(const struct vtd_tables *tables, u32 page, struct mspan to)
{
	struct span from = span_part(SPAN_OF_ARRAY(tables->bytes), page * PAGE_BYTES, PAGE_BYTES);
	bool changed = false;

	for (u64 at = PAGE_BYTES; at > 0; at -= ENTRY_BYTES)
		changed |= publish_entry(mspan_part(to, at - ENTRY_BYTES, ENTRY_BYTES), span_part(from, at - ENTRY_BYTES, ENTRY_BYTES));
	return changed;
}

/* ---- what the unit says ---- */

u32 vtd_levels(u64 capability)
{
	enum : u64 { WIDTHS_SHIFT = 8, THREE = 2, FOUR = 4 };
	u64 widths = capability >> WIDTHS_SHIFT & 31;

	if ((widths & FOUR) != 0)
		return 4;
	return (widths & THREE) != 0 ? 3 : 0;
}

bool vtd_read_fault(u64 low, u64 high, struct vtd_fault *out)
{
	enum : u64 { RECORDED = 1ull << 63, READS = 1ull << 62, REASON_SHIFT = 32 };

	*out = (struct vtd_fault){ .requester = (u32)(high & 0xffff), .reason = (u32)(high >> REASON_SHIFT & 0xff),
		.read = (high & READS) != 0, .address = low & ~(u64)PAGE_MASK };
	return (high & RECORDED) != 0;
}
