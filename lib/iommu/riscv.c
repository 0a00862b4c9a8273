/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of RISC-V's IOMMU. See riscv.h.
 */
#include "lib/iommu/riscv.h"

enum : u64 {
	/* SPEC: "Leaf DDT entry": the formats of contexts, and their words. What is behind these, of the extended format, is about
	 * interrupts, and off. */
	BASE_BYTES = 32, EXTENDED_BYTES = 64, ATTRIBUTES = 16, TREE = 24,
	/* SPEC: "Translation control (tc)": no ATS, no page requests, no processes. */
	VALID = 1, QUIET = 1 << 4,
	/* SPEC: "First-Stage context (fsc)", "Translation attributes (ta)" */
	SV39 = 8ull << 60, SV48 = 9ull << 60, NUMBER_SHIFT = 12,
	ADDRESS_SHIFT = 2,  /* to the right, in all entries */
};

/* SPEC: Privileged ISA, 4.3.1, 4.4.1: a page is read, written, the user's as all that devices ask for without a process,
 * accessed and changed already, and nobody's to run. */
static const struct tables_format format = {
	.shift = ADDRESS_SHIFT, .branch = 1, .leaf = 1 | 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 7,
}, directories = { .shift = ADDRESS_SHIFT, .branch = VALID };

/* ---- functions ---- */

static u64 contexts_a_page(const struct iommu_tables *t) { return TABLES_PAGE_BYTES / t->function_bytes; }

static u64 place_of(const struct iommu_tables *t, u32 requester) { return requester % contexts_a_page(t) * t->function_bytes; }

static u32 contexts_of(struct iommu_tables *tables, u32 requester, tables_take *take)
{
	u64 at = requester / contexts_a_page(tables) * TABLES_ENTRY_BYTES;

	return at < TABLES_PAGE_BYTES ? tables_follow(tables, TABLES_ROOT, at, &directories, take) : TABLES_NO_PAGE;
}

static void put_context(struct iommu_tables *t, u32 page, u64 at, u32 top, u64 number, bool quiet)
{
	u64 mode = t->levels == 4 ? SV48 : SV39;

	tables_put(t, page, at + ATTRIBUTES, number << NUMBER_SHIFT);
	tables_put(t, page, at + TREE, *ELEM(t->address, top) >> TABLES_PAGE_SHIFT | mode);
	tables_put(t, page, at, VALID | (quiet ? QUIET : 0));
}

/* The page that stays empty: always the same one, so that no context of a quiet function ever leads elsewhere. */
static u32 empty_page(struct iommu_tables *tables)
{
	return tables->spare_used == 0 ? tables_take_spare(tables) : tables->pages;
}

bool riscv_hush(struct iommu_tables *tables, u32 requester)
{
	u32 empty = empty_page(tables), page = contexts_of(tables, requester, tables_take_spare);
	u64 at = place_of(tables, requester);

	if (empty == TABLES_NO_PAGE || page == TABLES_NO_PAGE)
		return false;
	if (tables_entry(tables, page, at) == 0)
		put_context(tables, page, at, empty, 0, true);
	return true;
}

/* WHY no context before its tree is whole: half of a domain is none. */
bool riscv_add(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet)
{
	u32 page = contexts_of(tables, domain->requester, tables_take_page);
	u64 at = place_of(tables, domain->requester);

	if (page == TABLES_NO_PAGE || tables_entry(tables, page, at) != 0)
		return false;
	u32 top = tables_take_page(tables);

	if (top == TABLES_NO_PAGE || !tables_map(tables, top, domain, &format))
		return false;
	put_context(tables, page, at, top, index + 1, quiet);
	return true;
}

/* ---- what the unit says ---- */

static bool refuse(struct span *why, struct span what)
{
	*why = what;
	return false;
}

/* WHY a bit less than trees have: addresses in the upper half are those whose upper bits are all set. */
bool riscv_can(u64 capabilities, u32 features, struct iommu_tables *tables, struct span *why)
{
	enum : u64 { VERSION = 0xff, FIRST_VERSION = 0x10, HAS_SV39 = 1 << 9, HAS_SV48 = 1 << 10, EXTENDED = 1 << 22 };
	enum : u64 { BOTH_ORDERS = 1 << 27 };
	enum : u32 { BIG_ENDIAN = 1 };

	if ((capabilities & VERSION) < FIRST_VERSION)
		return refuse(why, span_text("older than version 1.0"));
	if ((capabilities & (HAS_SV39 | HAS_SV48)) == 0)
		return refuse(why, span_text("no tables of three or four levels"));
	if ((capabilities & BOTH_ORDERS) == 0 && (features & BIG_ENDIAN) != 0)
		return refuse(why, span_text("tables of the other byte order"));
	tables->function_bytes = (capabilities & EXTENDED) != 0 ? EXTENDED_BYTES : BASE_BYTES;
	tables->levels = (capabilities & HAS_SV48) != 0 ? 4 : 3;
	tables->bits = (u32)min_u64(capabilities >> 32 & 63, TABLES_PAGE_SHIFT + tables->levels * TABLES_LEVEL_BITS - 1);
	return true;
}

struct iommu_fault riscv_read_fault(struct span record)
{
	enum : u32 { READ_FIRST = 1, WRITE = 3, TRANSLATED_FIRST = 5, TRANSLATED_WRITE = 7, TRANSLATION = 8 };
	u64 first = span_le64(record, 0);
	u32 kind = (u32)(first >> 34 & 63);

	return (struct iommu_fault){ .requester = (u32)(first >> 40), .reason = (u32)(first & 0xfff),
		.has_address = (kind >= READ_FIRST && kind <= WRITE) || (kind >= TRANSLATED_FIRST && kind <= TRANSLATION),
		.read = kind != WRITE && kind != TRANSLATED_WRITE, .address = span_le64(record, 16) & ~(u64)TABLES_PAGE_MASK };
}
