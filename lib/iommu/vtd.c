/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of Intel's IOMMU. See vtd.h.
 */
#include "lib/iommu/vtd.h"

enum : u64 { PAIR_BYTES = 16, PRESENT = 1, QUIET = 2 /* of root and context entries */, DOMAIN_SHIFT = 8 };
enum : u32 { FUNCTIONS = 256 };

/* Reads and writes. */
static const struct tables_format format = { .branch = 3, .leaf = 3 }, buses = { .branch = PRESENT };

/* ---- functions ---- */

static u64 place_of(u32 requester) { return requester % FUNCTIONS * PAIR_BYTES; }

/* The page of the entries of its bus, or TABLES_NO_PAGE. */
static u32 contexts_of(struct iommu_tables *tables, u32 requester, tables_take *take)
{
	u64 bus = requester / FUNCTIONS;

	if (bus * PAIR_BYTES >= TABLES_PAGE_BYTES)
		return TABLES_NO_PAGE;
	return tables_follow(tables, TABLES_ROOT, bus * PAIR_BYTES, &buses, take);
}

/* SPEC: 9.3: what is said of faults holds for an entry that is not present, too. */
bool vtd_hush(struct iommu_tables *tables, u32 requester)
{
	u32 context = contexts_of(tables, requester, tables_take_spare);

	if (context == TABLES_NO_PAGE)
		return false;
	if (tables_entry(tables, context, place_of(requester)) == 0)
		tables_put(tables, context, place_of(requester), QUIET);
	return true;
}

/* WHY none: what is written where interrupts are is no memory. SPEC: VT-d 3.14 "Handling Requests to Interrupt Address Range" */
static bool reaches_interrupts(const struct domain *domain)
{
	enum : u64 { INTERRUPTS = 0xfee00000, INTERRUPTS_END = 0xfef00000 };

	for (u32 i = 0; i < domain->pieces && i < DOMAIN_PIECES_MAX; i++) {
		const struct domain_piece *piece = ELEM(domain->piece, i);

		if (piece->address < INTERRUPTS_END && piece->address + piece->bytes > INTERRUPTS)
			return true;
	}
	return false;
}

/* WHY no function before its tree is whole: half of a domain is none. */
bool vtd_add(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet)
{
	u32 context = contexts_of(tables, domain->requester, tables_take_page);
	u64 at = place_of(domain->requester);

	if (context == TABLES_NO_PAGE || tables_entry(tables, context, at) != 0 || reaches_interrupts(domain))
		return false;
	u32 top = tables_take_page(tables);

	if (top == TABLES_NO_PAGE || !tables_map(tables, top, domain, &format))
		return false;
	/* SPEC: 9.3: the width of addresses is 1 for three levels, 2 for four. */
	tables_put(tables, context, at + TABLES_ENTRY_BYTES, (tables->levels - 2) | (u64)(index + 1) << DOMAIN_SHIFT);
	tables_put(tables, context, at, *ELEM(tables->address, top) | PRESENT | (quiet ? QUIET : 0));
	return true;
}

/* ---- what the unit says ---- */

bool vtd_levels(u64 capability, struct iommu_tables *tables)
{
	enum : u64 { WIDTHS_SHIFT = 8, THREE = 2, FOUR = 4 };
	u64 widths = capability >> WIDTHS_SHIFT & 31;

	if ((widths & (THREE | FOUR)) == 0)
		return false;
	tables->function_bytes = PAIR_BYTES;
	tables->levels = (widths & FOUR) != 0 ? 4 : 3;
	tables->bits = TABLES_PAGE_SHIFT + tables->levels * TABLES_LEVEL_BITS;
	return true;
}

bool vtd_read_fault(u64 low, u64 high, struct iommu_fault *out)
{
	enum : u64 { RECORDED = 1ull << 63, READS = 1ull << 62, REASON_SHIFT = 32 };

	*out = (struct iommu_fault){ .requester = (u32)(high & 0xffff), .reason = (u32)(high >> REASON_SHIFT & 0xff),
		.has_address = true, .read = (high & READS) != 0, .address = low & ~(u64)TABLES_PAGE_MASK };
	return (high & RECORDED) != 0;
}
