/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of Arm's IOMMU. See smmu.h.
 */
#include "lib/iommu/smmu.h"

enum : u64 {
	STREAM_BYTES = 64, STREAMS_A_PAGE = 1 << SMMU_SPLIT_BITS,
	/* SPEC: 5.1: 2^(Span - 1) entries are there. */
	SPAN = SMMU_SPLIT_BITS + 1,
	/* SPEC: 5.2: of the first word. Without a stage nothing passes, and no event is recorded. */
	VALID = 1, STAGE_1 = 5 << 1,
	/* Of the second word: the descriptor is read write-back and inner shareable; attributes are as the device has them. */
	DESCRIPTOR_CACHED = 1 << 2 | 1 << 4 | 3 << 6, AS_COMES = 1ull << 44,
};
/* SPEC: 5.4: a context descriptor. */
enum : u64 {
	CONTEXT = TABLES_PAGE_BYTES / 2, TABLE = 8, ATTRIBUTES = 24,
	SIZE = 64 - SMMU_ADDRESS_BITS_MAX, WALKS_CACHED = 1 << 8 | 1 << 10 | 3 << 12, NO_SECOND_TREE = 1 << 30,
	CONTEXT_VALID = 1ull << 31, OUTPUT_SHIFT = 32, LONG = 1ull << 41, RECORDED = 1ull << 45, ABORTED = 1ull << 46,
	OWN_NUMBER = 1ull << 47, NUMBER_SHIFT = 48,
	MEMORY = 0xff,  /* of the first kind of attributes: write-back */
};
enum : u64 { OUTPUT_48 = 5 };
enum : u32 { TOP_BITS = SMMU_ADDRESS_BITS_MAX - TABLES_PAGE_SHIFT - (SMMU_LEVELS - 1) * TABLES_LEVEL_BITS };
static_assert(TABLES_ENTRY_BYTES << TOP_BITS <= CONTEXT);
static_assert(STREAMS_A_PAGE * STREAM_BYTES == TABLES_PAGE_BYTES);
static_assert((1ull << (SMMU_STREAM_BITS - SMMU_SPLIT_BITS)) * TABLES_ENTRY_BYTES == TABLES_PAGE_BYTES);

/* SPEC: DDI 0487, D8.3: a page is accessed, inner shareable, its domain's alone, nobody's to run, and whoever asks may write. */
static const struct tables_format format = {
	.branch = 3, .leaf = 3 | 1 << 6 | 3 << 8 | 1 << 10 | 1 << 11 | 3ull << 53,
}, groups = { .branch = SPAN };

/* ---- streams ---- */

static u64 place_of(u32 stream) { return stream % STREAMS_A_PAGE * STREAM_BYTES; }

static u32 streams_of(struct iommu_tables *tables, u32 stream, tables_take *take)
{
	u64 at = stream / STREAMS_A_PAGE * TABLES_ENTRY_BYTES;

	return at < TABLES_PAGE_BYTES ? tables_follow(tables, TABLES_ROOT, at, &groups, take) : TABLES_NO_PAGE;
}

bool smmu_hush(struct iommu_tables *tables, u32 stream)
{
	u32 page = streams_of(tables, stream, tables_take_spare);

	if (page == TABLES_NO_PAGE)
		return false;
	if (tables_entry(tables, page, place_of(stream)) == 0)
		tables_put(tables, page, place_of(stream), VALID);
	return true;
}

static void put_context(struct iommu_tables *t, u32 top, u32 index, bool quiet)
{
	tables_put(t, top, CONTEXT, SIZE | WALKS_CACHED | NO_SECOND_TREE | CONTEXT_VALID | OUTPUT_48 << OUTPUT_SHIFT | LONG |
		ABORTED | OWN_NUMBER | (u64)(index + 1) << NUMBER_SHIFT | (quiet ? 0 : RECORDED));
	tables_put(t, top, CONTEXT + TABLE, *ELEM(t->address, top));
	tables_put(t, top, CONTEXT + ATTRIBUTES, MEMORY);
}

/* WHY no stream before its tree is whole: half of a domain is none. */
bool smmu_add(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet)
{
	u32 page = streams_of(tables, domain->requester, tables_take_page);
	u64 at = place_of(domain->requester);

	if (page == TABLES_NO_PAGE || tables_entry(tables, page, at) != 0)
		return false;
	u32 top = tables_take_page(tables);

	if (top == TABLES_NO_PAGE || !tables_map(tables, top, domain, &format))
		return false;
	put_context(tables, top, index, quiet);
	tables_put(tables, page, at + TABLES_ENTRY_BYTES, DESCRIPTOR_CACHED | AS_COMES);
	tables_put(tables, page, at, (*ELEM(tables->address, top) + CONTEXT) | STAGE_1 | VALID);
	return true;
}

/* ---- what the unit says ---- */

static bool refuse(struct span *why, struct span what)
{
	*why = what;
	return false;
}

/* SPEC: 6.3.6: OAS */
static u32 output_bits(u32 idr5)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	return *ELEM(bits, idr5 & 7);
}

bool smmu_can(u32 idr0, u32 idr1, u32 idr5, struct iommu_tables *tables, struct span *why)
{
	enum : u32 { STAGE_1_THERE = 1 << 1, LONG_TABLES = 1 << 3, COHERENT = 1 << 4, BIG_ENDIAN = 3, STALLS_ALWAYS = 2 };
	enum : u32 { PAGES_4K = 1 << 4, PLACES_FIXED = 3u << 29 };

	if ((idr0 & STAGE_1_THERE) == 0 || (idr0 & LONG_TABLES) == 0 || (idr5 & PAGES_4K) == 0)
		return refuse(why, span_text("no tables of stage 1 of the long format with pages of 4 KiB"));
	if ((idr0 & COHERENT) == 0)
		return refuse(why, span_text("it does not see processors' caches"));
	if ((idr0 >> 27 & 3) != 1 || (idr1 & 63) < SMMU_STREAM_BITS)
		return refuse(why, span_text("no stream table of two levels for what PCI needs"));
	if ((idr0 >> 21 & 3) == BIG_ENDIAN || (idr0 >> 24 & 3) == STALLS_ALWAYS || (idr1 & PLACES_FIXED) != 0)
		return refuse(why, span_text("tables of the other byte order or in fixed places, or devices that are always halted"));
	tables->function_bytes = STREAM_BYTES;
	tables->levels = SMMU_LEVELS;
	tables->bits = (u32)min_u64(output_bits(idr5), SMMU_ADDRESS_BITS_MAX);
	return true;
}

/* SPEC: 7.3: those of translation, and of what is not supported, have an address; others are of the tables. */
struct iommu_fault smmu_read_event(struct span event)
{
	enum : u32 { UNSUPPORTED = 0x01, TRANSLATION = 0x10, PERMISSION = 0x13 };
	enum : u64 { STREAM = 4, ACCESS = 12, ADDRESS = 16 };
	enum : u32 { READS = 1 << 3 };
	u32 kind = span_u8(event, 0);

	return (struct iommu_fault){ .requester = span_le32(event, STREAM), .reason = kind,
		.has_address = kind == UNSUPPORTED || (kind >= TRANSLATION && kind <= PERMISSION),
		.read = (span_le32(event, ACCESS) & READS) != 0, .address = span_le64(event, ADDRESS) & ~(u64)TABLES_PAGE_MASK };
}
