/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of lib/iommu: tables are read as each unit reads them.
 */
#include "lib/elf/tests/report.h"
#include "lib/iommu/riscv.h"
#include "lib/iommu/smmu.h"
#include "lib/iommu/vtd.h"

enum : u64 { TABLES_AT = 0x7000000, NOWHERE = U64_MAX };
enum : u32 { FUNCTION = 3 << 3 };

static struct iommu_tables tables;
static u8 published[TABLES_BYTES_MAX];
enum : u32 { PAGES = TABLES_PAGES_MAX - TABLES_SPARE_MAX };

/* A kind of unit: how its tables are made, and where it would go; NOWHERE: it refuses. */
struct kind {
	u32 levels, bits, function_bytes;
	u32 beyond;         /* a function that its tables have no place for */
	bool (*add)(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet);
	bool (*hush)(struct iommu_tables *tables, u32 requester);
	u64 (*reach)(u32 requester, u64 address);
	/* Whether it records what it refuses. */
	bool (*records)(u32 requester);
};

static void begin(const struct kind *kind, u32 pages)
{
	tables.levels = kind->levels;
	tables.function_bytes = kind->function_bytes;
	tables.bits = kind->bits;
	tables.pages = pages;
	tables.spare = pages > 1 ? TABLES_SPARE_MAX : 0;
	/* Not in one piece, as the keeper gives them. */
	for (u32 i = 0; i < TABLES_PAGES_MAX; i++)
		*ELEM(tables.address, i) = TABLES_AT + (u64)(i ^ 16) * PAGE_BYTES;
	tables_begin(&tables);
}

static struct mspan published_page(u32 page) { return mspan_part(MSPAN_OF_ARRAY(published), page * PAGE_BYTES, PAGE_BYTES); }

static void publish(void)
{
	for (u32 page = 0; page < TABLES_PAGES_MAX; page++)
		(void)tables_withdraw(&tables, page, published_page(page));
	for (u32 page = TABLES_PAGES_MAX; page > 0; page--)
		(void)tables_publish(&tables, page - 1, published_page(page - 1));
}

static u64 word_at(u64 address)
{
	u64 page = (address - TABLES_AT) / PAGE_BYTES ^ 16;

	/* What is half written may lead anywhere. */
	return page < TABLES_PAGES_MAX ? span_le64(SPAN_OF_ARRAY(published), page * PAGE_BYTES + address % PAGE_BYTES) : 0;
}

static u64 page_of(u64 word) { return word & ((1ull << 52) - PAGE_BYTES); }

static u64 root(void) { return TABLES_AT + 16 * PAGE_BYTES; }

/* Through a tree whose entries have all `bits' of `mask'. */
static u64 walk(u64 at, u64 levels, u64 address, u64 mask, u64 bits)
{
	for (u64 level = levels; level > 0; level--) {
		u64 word = word_at(at + (address >> (12 + 9 * (level - 1)) & 511) * 8);

		if ((word & mask) != bits)
			return NOWHERE;
		at = page_of(word);
	}
	return at + address % PAGE_BYTES;
}

/* ---- Intel's ---- */

/* What the unit reads of a function; 0: nothing is there. */
static u64 context_of(u32 requester, u64 *second)
{
	u64 bus = word_at(root() + requester / 256 * 16);

	if ((bus & 1) == 0)
		return 0;
	*second = word_at(page_of(bus) + requester % 256 * 16 + 8);
	return word_at(page_of(bus) + requester % 256 * 16);
}

static u64 vtd_reach(u32 requester, u64 address)
{
	u64 second = 0, context = context_of(requester, &second), levels = (second & 7) + 2;

	if ((context & 1) == 0 || address >> (12 + 9 * levels) != 0)
		return NOWHERE;
	return walk(page_of(context), levels, address, 3, 3);
}

static bool vtd_records(u32 requester)
{
	u64 second = 0;

	return (context_of(requester, &second) & 2) == 0;
}

/* ---- Arm's ---- */

/* The stream table entry; 0: nothing is there. */
static u64 stream_of(u32 stream)
{
	u64 first = stream < 1 << 15 ? word_at(root() + stream / 64 * 8) : 0;

	return (first & 31) == 7 ? word_at(page_of(first) + stream % 64 * 64) : 0;
}

/* What the context descriptor says, as far as it matters; 0: the stream has none. */
static u64 descriptor_at(u32 stream)
{
	u64 entry = stream_of(stream);

	return (entry & 15) == (5 << 1 | 1) ? (entry & ((1ull << 52) - 64)) : 0;
}

static u64 smmu_reach(u32 stream, u64 address)
{
	u64 at = descriptor_at(stream), control = at == 0 ? 0 : word_at(at);
	u64 bits = 64 - (control & 63);

	/* Valid, of 64 bits, pages of 4 KiB by the first tree only; what is refused is aborted. */
	if ((control >> 31 & 1) == 0 || (control >> 41 & 1) == 0 || (control >> 6 & 3) != 0 || (control >> 30 & 1) == 0 ||
	    (control >> 46 & 1) == 0 || bits != 47 || address >> bits != 0)
		return NOWHERE;
	return walk(page_of(word_at(at + 8)), 4, address, 3, 3);
}

static bool smmu_records(u32 stream)
{
	u64 at = descriptor_at(stream);

	return at != 0 ? (word_at(at) >> 45 & 1) != 0 : (stream_of(stream) & 1) == 0;
}

/* ---- RISC-V's ---- */

static const struct kind *kind; /* the one that is tried */

/* Where a function's context is; 0: the directory does not lead there. */
static u64 riscv_context_at(u32 function)
{
	u64 a_page = PAGE_BYTES / tables.function_bytes;
	u64 first = function / a_page < 512 ? word_at(root() + function / a_page * 8) : 0;

	return (first & 0x3ff) == 1 ? (first >> 10 << 12) + function % a_page * tables.function_bytes : 0;
}

/* What the unit reads of it: whether it counts, no ATS, page requests or processes, and no second stage, and no interrupts. */
static bool riscv_context_good(u64 at)
{
	bool rest = true;

	for (u64 more = 32; more < tables.function_bytes; more += 8)
		rest = rest && word_at(at + more) == 0;
	return (word_at(at) & ~16ull) == 1 && word_at(at + 8) == 0 && rest;
}

/* As the tree of a processor, whose pages are the user's, accessed, written to, and not to be run. */
static u64 riscv_walk(u64 at, u64 levels, u64 address)
{
	for (u64 level = levels; level > 0; level--) {
		u64 word = word_at(at + (address >> (12 + 9 * (level - 1)) & 511) * 8);

		if ((word & 0x3ff) != (level == 1 ? 0xd7 : 1) || word >> 54 != 0)
			return NOWHERE;
		at = word >> 10 << 12;
	}
	return at + address % PAGE_BYTES;
}

/* Valid, without processes, and neither stage translates. WHY no matter what else is set: not every unit refuses that. */
static bool riscv_passes_all(u64 at)
{
	return (word_at(at) & (1 | 1 << 5)) == 1 && word_at(at + 8) >> 60 == 0 && word_at(at + 24) >> 60 == 0;
}

static u64 riscv_reach(u32 function, u64 address)
{
	u64 at = riscv_context_at(function), tree = at == 0 ? 0 : word_at(at + 24), levels = (tree >> 60) - 8 + 3;

	if (at != 0 && riscv_passes_all(at))
		return address;
	if (at == 0 || !riscv_context_good(at) || tree >> 60 != kind->levels + 5 || address >> (12 + 9 * levels - 1) != 0)
		return NOWHERE;
	return riscv_walk((tree & ((1ull << 44) - 1)) << 12, levels, address);
}

/* What has no context is recorded. */
static bool riscv_records(u32 function)
{
	u64 at = riscv_context_at(function);

	return at == 0 || !riscv_context_good(at) || (word_at(at) & 16) == 0;
}

static const struct kind kinds[] = {
	{ 3, 39, 16, 0x10000, vtd_add, vtd_hush, vtd_reach, vtd_records },
	{ 4, 48, 16, 0x10000, vtd_add, vtd_hush, vtd_reach, vtd_records },
	{ 4, 44, 64, 0x8000, smmu_add, smmu_hush, smmu_reach, smmu_records },
	{ 3, 38, 32, 0x10000, riscv_add, riscv_hush, riscv_reach, riscv_records },
	{ 4, 44, 64, 0x8000, riscv_add, riscv_hush, riscv_reach, riscv_records },
};

static u64 reach(u32 requester, u64 address) { return kind->reach(requester, address); }

static struct domain domain_of(u32 requester, u64 first, u64 second)
{
	return (struct domain){ .requester = requester, .pieces = 2, .name = "rng",
		.piece = { { first, 0x10000 }, { second, 0x2000 } } };
}

static bool add(u32 index, const struct domain *d)
{
	bool done = kind->add(&tables, index, d, false);

	publish();
	return done;
}

static void devices_reach_their_own(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x1f0000, 0x47fffe000), e = domain_of(FUNCTION + 1, 0x5000000, 0x400000);

	begin(kind, PAGES);
	bool added = add(0, &d) && add(1, &e), all = true;

	for (u64 at = 0; at < 0x10000; at += 0x800)
		all = all && reach(FUNCTION, 0x1f0000 + at) == 0x1f0000 + at && reach(FUNCTION + 1, 0x1f0000 + at) == NOWHERE;
	report_case(r, span_text("a device reaches its memory where it is, and no other does"), added && all);
	report_case(r, span_text("what is beside it is out of reach"), reach(FUNCTION, 0x1effff) == NOWHERE &&
			reach(FUNCTION, 0x200000) == NOWHERE && reach(FUNCTION, 0x47fffd000) == NOWHERE &&
			reach(FUNCTION, 0x480000000) == NOWHERE && reach(FUNCTION, 0) == NOWHERE);
	report_case(r, span_text("both pieces"), reach(FUNCTION, 0x47ffff123) == 0x47ffff123 &&
			reach(FUNCTION + 1, 0x401000) == 0x401000 && reach(FUNCTION, 0x401000) == NOWHERE);
	report_case(r, span_text("a device without a domain reaches nothing, on its bus or another, and is heard"),
		    reach(FUNCTION + 2, 0x1f0000) == NOWHERE && reach(256 + FUNCTION, 0x1f0000) == NOWHERE &&
			    kind->records(FUNCTION + 2) && kind->records(256 + FUNCTION));
}

static void quiet_ones_are_not_heard(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(FUNCTION + 1, 0x600000, 0x800000);

	begin(kind, PAGES);
	report_case(r, span_text("a quiet one is there as before"),
		    kind->add(&tables, 0, &d, true) && kind->add(&tables, 1, &e, false));
	publish();
	report_case(r, span_text("and only its faults are not recorded"), reach(FUNCTION, 0x200000) == 0x200000 &&
			!kind->records(FUNCTION) && kind->records(FUNCTION + 1));
}

static void strangers_can_be_hushed(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000);

	begin(kind, PAGES);
	bool done = add(0, &d) && kind->hush(&tables, FUNCTION) && kind->hush(&tables, FUNCTION + 1) &&
		    kind->hush(&tables, 256 + FUNCTION);

	publish();
	report_case(r, span_text("who has no domain reaches nothing, without words"), done &&
			reach(FUNCTION + 1, 0x200000) == NOWHERE && !kind->records(FUNCTION + 1) && !kind->records(256 + FUNCTION));
	report_case(r, span_text("who has one is heard"), kind->records(FUNCTION) && reach(FUNCTION, 0x200000) == 0x200000);
	begin(kind, 1);
	report_case(r, span_text("without room for its bus it is not"),
		    !kind->hush(&tables, FUNCTION) && !kind->hush(&tables, kind->beyond));
}

static bool refused(const struct domain *d)
{
	begin(kind, PAGES);
	return !add(0, d) && reach(d->requester & 0xffff, d->piece[0].address) == NOWHERE;
}

/* Whether the first function reaches its memory and nobody else does, whichever pages the unit has seen so far. */
static bool publish_page_by_page(u32 second, u32 third)
{
	bool good = true;

	for (u32 page = TABLES_PAGES_MAX; page-- > 0;) {
		(void)tables_publish(&tables, page, published_page(page));
		u64 at = reach(third, 0x600000);

		good = good && reach(FUNCTION, 0x200000) == 0x200000 && reach(second, 0x600000) == NOWHERE &&
		       reach(second, 0x200000) == NOWHERE && (at == NOWHERE || at == 0x600000) && reach(third, 0x200000) == NOWHERE;
	}
	return good && reach(third, 0x600000) == 0x600000;
}

static u64 group_leads(u32 requester)
{
	u64 a_page = PAGE_BYTES / tables.function_bytes;

	return word_at(root() + requester / a_page * (kind->hush == vtd_hush ? 16 : 8));
}

static void domains_after_strangers(struct report *r)
{
	enum : u32 { SECOND = 256 + FUNCTION, THIRD = 512 + FUNCTION };
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(THIRD, 0x600000, 0x800000),
		      f = domain_of(SECOND + 1, 0xa00000, 0xc00000);

	mspan_fill(MSPAN_OF_ARRAY(published), 0);
	begin(kind, PAGES);
	bool done = add(0, &d) && kind->hush(&tables, SECOND);

	publish();
	u64 before = group_leads(SECOND);

	begin(kind, PAGES);
	done = done && kind->add(&tables, 0, &d, false) && kind->add(&tables, 1, &e, false) && kind->hush(&tables, SECOND);
	report_case(r, span_text("a domain after a stranger moves nobody's pages, whatever the unit has seen of it"), done &&
			publish_page_by_page(SECOND, THIRD) && group_leads(SECOND) == before && !kind->records(SECOND));
	begin(kind, PAGES);
	done = kind->add(&tables, 0, &d, false) && kind->add(&tables, 1, &e, false) && kind->add(&tables, 2, &f, false) &&
	       kind->hush(&tables, SECOND);
	report_case(r, span_text("nor one beside the stranger"), done && publish_page_by_page(SECOND, THIRD) &&
			reach(SECOND + 1, 0xa00000) == 0xa00000 && !kind->records(SECOND) && kind->records(SECOND + 1));
}

static void what_cannot_be_is_refused(struct report *r)
{
	struct domain good = domain_of(FUNCTION, 0x200000, 0x400000), d = good;

	d.piece[1].address += 0x800;
	report_case(r, span_text("a piece that begins within a page"), refused(&d));
	d = good;
	d.piece[1].bytes = 0;
	report_case(r, span_text("an empty piece"), refused(&d));
	d.piece[1] = (struct domain_piece){ U64_MAX << 12, 0x2000 };
	report_case(r, span_text("a piece that wraps"), refused(&d));
	d.piece[1] = (struct domain_piece){ (1ull << kind->bits) - 0x1000, 0x2000 };
	report_case(r, span_text("a piece beyond what tables can say"), refused(&d));
	d = good;
	d.pieces = DOMAIN_PIECES_MAX + 1;
	report_case(r, span_text("more pieces than there can be"), refused(&d));
	d = good;
	d.requester = kind->beyond + FUNCTION;
	report_case(r, span_text("a number that no function has"), refused(&d));
	begin(kind, PAGES);
	d = domain_of(FUNCTION, 0x600000, 0x800000);
	report_case(r, span_text("a function has one domain"),
		    add(0, &good) && !add(1, &d) && reach(FUNCTION, 0x600000) == NOWHERE && reach(FUNCTION, 0x200000) == 0x200000);
}

/* Both pieces are in 1 GiB, so a tree of three levels has four pages; before it are the root and a page of functions. */
static void without_room_nothing_is_reached(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000);
	u32 needed = 6 + (kind->levels == 4 ? 1 : 0);
	bool good = true;

	for (u32 pages = 1; pages <= needed; pages++) {
		begin(kind, pages);
		bool added = add(0, &d);

		good = good && added == (pages == needed) && (reach(FUNCTION, 0x200000) == NOWHERE) == !added;
	}
	report_case(r, span_text("without room a device reaches nothing"), good);
}

static void making_again_changes_nothing(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(FUNCTION + 1, 0x600000, 0x800000);
	bool changed = false;

	mspan_fill(MSPAN_OF_ARRAY(published), 0);
	begin(kind, PAGES);
	bool added = add(0, &d) && add(1, &e);

	mspan_put_u8(MSPAN_OF_ARRAY(published), 3 * PAGE_BYTES + 1234, 0x55);
	begin(kind, PAGES);
	added = added && kind->add(&tables, 0, &d, false) && kind->add(&tables, 1, &e, false);
	for (u32 page = 0; page < TABLES_PAGES_MAX; page++) {
		bool did = tables_publish(&tables, page, published_page(page));

		changed = changed || (did && page != 3);
	}
	report_case(r, span_text("tables made again are the same, and what was spoilt is mended"),
		    added && !changed && span_equal(SPAN_OF_ARRAY(published), SPAN_OF_ARRAY(tables.bytes)));
}

static bool withdraw(void)
{
	bool any = false;

	for (u32 page = 0; page < TABLES_PAGES_MAX; page++)
		any |= tables_withdraw(&tables, page, published_page(page));
	return any;
}

/* Who has no domain gets one, or is heard again: its entry is never there with words of both. */
static void entries_are_not_torn(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(FUNCTION + 1, 0x600000, 0x800000);
	bool good = true;

	for (u32 to = 0; to < 2; to++) {
		/* Intel's of who has no domain does not count; Arm's does, and has one word. */
		bool counts = kind->hush == riscv_hush || (kind->hush == smmu_hush && to == 1);

		mspan_fill(MSPAN_OF_ARRAY(published), 0);
		begin(kind, PAGES);
		good = good && add(0, &d) && kind->hush(&tables, FUNCTION + 1);
		publish();
		good = good && !kind->records(FUNCTION + 1) && !withdraw();
		begin(kind, PAGES);
		good = good && kind->add(&tables, 0, &d, false) && (to == 0 || kind->add(&tables, 1, &e, false));
		good = good && withdraw() == counts && (!counts || kind->records(FUNCTION + 1)) && !withdraw() &&
		       reach(FUNCTION, 0x200000) == 0x200000 && reach(FUNCTION + 1, 0x600000) == NOWHERE;
		publish();
		good = good && reach(FUNCTION + 1, 0x600000) == (to == 0 ? NOWHERE : 0x600000) && kind->records(FUNCTION + 1);
	}
	report_case(r, span_text("an entry that becomes another is taken away first, and no other is"), good);
	good = kind->add(&tables, 2, &e, true);
	begin(kind, PAGES);
	good = !good && kind->add(&tables, 0, &d, true) && kind->add(&tables, 1, &e, false) && !withdraw();
	report_case(r, span_text("one that becomes quiet is not"), good);
}

/* ---- tables of another layout ---- */

/* Which domains are asked for, and which functions are hushed, from the first bit on. WHY they may become fewer: strangers are
 * an instance's own, and so is the layout. */
struct layout { u32 domains, strangers; };

static const struct layout layouts[] = { { 0, 0 }, { 5, 0 }, { 7, 0 }, { 6, 1 }, { 4, 3 }, { 3, 2 } };

/* In one group and in several, and with trees that begin and end elsewhere. */
static const struct domain asked[] = {
	{ .requester = 256 + FUNCTION, .pieces = 2, .piece = { { 0xa00000, 0x10000 }, { 0xc00000, 0x2000 } } },
	{ .requester = FUNCTION, .pieces = 2, .piece = { { 0x90000000, 0x10000 }, { 0x200000, 0x2000 } } },
	{ .requester = 20 << 3, .pieces = 2, .piece = { { 0x600000, 0x10000 }, { 0x47fffe000, 0x2000 } } },
};
static const u32 strange[] = { FUNCTION + 1, 512 + FUNCTION };
static struct iommu_tables steps; /* as is published, but for the entry that is next */

static bool make_layout(const struct layout *layout)
{
	bool good = true;

	begin(kind, PAGES);
	for (u32 i = 0; i < ARRAY_LEN(asked); i++)
		good = good && ((layout->domains >> i & 1) == 0 || kind->add(&tables, i, ELEM(asked, i), false));
	for (u32 i = 0; i < ARRAY_LEN(strange); i++)
		good = good && ((layout->strangers >> i & 1) == 0 || kind->hush(&tables, *ELEM(strange, i)));
	return good;
}

/* Whether a function that reaches anything where somebody's memory is reaches its own. */
static bool stays_within(u32 requester, const struct domain *own, u32 of)
{
	const struct domain *whose = ELEM(asked, of);
	bool good = true;

	for (u32 i = 0; i < whose->pieces; i++) {
		u64 first = whose->piece[i].address, last = first + whose->piece[i].bytes - PAGE_BYTES;

		for (u64 at = first; at <= last; at += last - first) {
			u64 got = reach(requester, at);

			good = good && (got == NOWHERE || (own == whose && got == at));
		}
	}
	return good && reach(requester, 0) == NOWHERE && reach(requester, root()) == NOWHERE;
}

static bool all_stay_within(void)
{
	bool good = true;

	for (u32 of = 0; of < ARRAY_LEN(asked); of++) {
		for (u32 i = 0; i < ARRAY_LEN(asked); i++)
			good = good && stays_within(ELEM(asked, i)->requester, ELEM(asked, i), of);
		for (u32 i = 0; i < ARRAY_LEN(strange); i++)
			good = good && stays_within(*ELEM(strange, i), nullptr, of);
	}
	return good;
}

/* Entry by entry, in the order of tables_publish. */
static bool publish_in_steps(u32 page)
{
	bool good = true;

	for (u64 at = PAGE_BYTES; at > 0; at -= TABLES_ENTRY_BYTES) {
		u64 word = tables_entry(&tables, page, at - TABLES_ENTRY_BYTES);

		if (word == tables_entry(&steps, page, at - TABLES_ENTRY_BYTES))
			continue;
		tables_put(&steps, page, at - TABLES_ENTRY_BYTES, word);
		good = tables_publish(&steps, page, published_page(page)) && good && all_stay_within();
	}
	return good;
}

/* As lib/iommu/driver does it: what is behind the pages that are used stays as it was. */
static bool change_to(const struct layout *layout)
{
	bool good = make_layout(layout);

	for (u32 page = 0; page < TABLES_PAGES_MAX; page++) {
		(void)tables_withdraw(&tables, page, published_page(page));
		good = good && all_stay_within();
	}
	span_copy(MSPAN_OF_ARRAY(steps.bytes), SPAN_OF_ARRAY(published));
	for (u32 page = PAGES + tables.spare_used; page-- > PAGES;)
		good = publish_in_steps(page) && good;
	for (u32 page = tables.used; page-- > 0;)
		good = publish_in_steps(page) && good;
	for (u32 i = 0; i < ARRAY_LEN(asked); i++) {
		u64 at = ELEM(asked, i)->piece[0].address;

		good = good && reach(ELEM(asked, i)->requester, at) == ((layout->domains >> i & 1) != 0 ? at : NOWHERE);
	}
	return good;
}

/* A domain that is asked for after one behind it moves that one's pages, and so may another instance. */
static void layouts_may_change(struct report *r)
{
	bool good = true;

	for (u32 from = 0; from < ARRAY_LEN(layouts); from++)
		for (u32 to = 0; to < ARRAY_LEN(layouts); to++) {
			mspan_fill(MSPAN_OF_ARRAY(published), 0);
			good = make_layout(ELEM(layouts, from)) && good;
			publish();
			good = change_to(ELEM(layouts, to)) && good;
		}
	report_case(r, span_text("from any layout to any other, at no step does a device reach more than its own"), good);
}

/* ---- what is each unit's own ---- */

static void intels_own(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(FUNCTION + 1, 0x600000, 0x800000);
	u64 second = 0;

	kind = ELEM(kinds, 0);
	begin(kind, PAGES);
	report_case(r, span_text("domains have numbers, and the width of addresses"), add(0, &d) && add(1, &e) &&
			context_of(FUNCTION, &second) != 0 && second == (1 | 1 << 8) && context_of(FUNCTION + 1, &second) != 0 &&
			second == (1 | 2 << 8));
	d.piece[1] = (struct domain_piece){ 0xfedff000, 0x2000 };
	report_case(r, span_text("a piece where interrupts are"), refused(&d));
}

static void arms_own(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000);

	kind = ELEM(kinds, 2);
	begin(kind, PAGES);
	bool added = add(6, &d);
	u64 at = descriptor_at(FUNCTION), table = page_of(word_at(at + 8));

	report_case(r, span_text("a descriptor is in the page of its tree, behind it"), added && at == table + 2048);
	report_case(r, span_text("domains have numbers that are theirs alone"),
		    word_at(at) >> 48 == 7 && (word_at(at) >> 47 & 1) == 1 && (word_at(at + 24) & 0xff) == 0xff);
	for (u32 level = 0; level < 3; level++)
		table = page_of(word_at(table + (0x200000ull >> (39 - 9 * level) & 511) * 8));
	report_case(r, span_text("pages are accessed, for their domain, to be written, not to be run"),
		    (word_at(table) & 0xfff) == (3 | 1 << 6 | 3 << 8 | 1 << 10 | 1 << 11) && word_at(table) >> 52 == 6);
}

static bool is_empty(struct span page)
{
	for (u64 at = 0; at < span_len(page); at++)
		if (span_u8(page, at) != 0)
			return false;
	return true;
}

static void riscvs_own(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000);

	kind = ELEM(kinds, 4);
	begin(kind, PAGES);
	bool done = add(6, &d) && kind->hush(&tables, FUNCTION + 1) && kind->hush(&tables, 256);

	publish();
	report_case(r, span_text("domains of RISC-V's have numbers, and who has none has number 0"), done &&
			word_at(riscv_context_at(FUNCTION) + 16) == 7 << 12 && word_at(riscv_context_at(FUNCTION + 1) + 16) == 0);
	report_case(r, span_text("whoever is hushed is led to one page, and that is empty"),
		    word_at(riscv_context_at(FUNCTION + 1) + 24) == word_at(riscv_context_at(256) + 24) &&
			    is_empty(span_of(published_page(PAGES))));
	begin(kind, PAGES);
	tables.spare = 2;
	report_case(r, span_text("without room for a page of functions nobody is hushed"),
		    kind->hush(&tables, 0) && kind->hush(&tables, 63) && !kind->hush(&tables, 64));
}

int main(void)
{
	struct report report = {};

	for (u32 i = 0; i < ARRAY_LEN(kinds); i++) {
		kind = ELEM(kinds, i);
		devices_reach_their_own(&report);
		quiet_ones_are_not_heard(&report);
		strangers_can_be_hushed(&report);
		domains_after_strangers(&report);
		what_cannot_be_is_refused(&report);
		without_room_nothing_is_reached(&report);
		making_again_changes_nothing(&report);
		entries_are_not_torn(&report);
		layouts_may_change(&report);
	}
	intels_own(&report);
	arms_own(&report);
	riscvs_own(&report);
	return report_end(&report);
}
