/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of lib/iommu: tables are read as the unit reads them.
 */
#include "lib/elf/tests/report.h"
#include "lib/iommu/vtd.h"

enum : u64 { TABLES_AT = 0x7000000, RANGE_END = U64_MAX };
enum : u32 { FUNCTION = 3 << 3 };

static struct vtd_tables tables;
static u8 published[VTD_BYTES_MAX];
alignas(64) static u8 shared[DOMAINS_BYTES];

static void begin(u32 levels, u32 pages)
{
	tables.levels = levels;
	tables.pages = pages;
	/* Not in one piece, as the keeper gives them. */
	for (u32 i = 0; i < VTD_PAGES_MAX; i++)
		*ELEM(tables.address, i) = TABLES_AT + (u64)(i ^ 16) * PAGE_BYTES;
	vtd_begin(&tables);
}

static void publish(void)
{
	for (u32 page = VTD_PAGES_MAX; page > 0; page--)
		(void)vtd_publish(&tables, page - 1, mspan_part(MSPAN_OF_ARRAY(published), (page - 1) * PAGE_BYTES, PAGE_BYTES));
}

static u64 word_at(u64 address)
{
	u64 page = (address - TABLES_AT) / PAGE_BYTES ^ 16;

	return span_le64(SPAN_OF_ARRAY(published), page * PAGE_BYTES + address % PAGE_BYTES);
}

static u64 page_of(u64 word) { return word & ~0xfffull; }

/* What the unit reads of a function; 0: nothing is there. */
static u64 context_of(u32 requester, u64 *second)
{
	u64 root = word_at(TABLES_AT + 16 * PAGE_BYTES + requester / 256 * 16);

	if ((root & 1) == 0)
		return 0;
	*second = word_at(page_of(root) + requester % 256 * 16 + 8);
	return word_at(page_of(root) + requester % 256 * 16);
}

/* Where the unit would go, as the specification has it; RANGE_END: nowhere. */
static u64 reach(u32 requester, u64 address)
{
	u64 second = 0, context = context_of(requester, &second), levels = (second & 7) + 2, at = page_of(context);

	if ((context & 1) == 0 || address >> (12 + 9 * levels) != 0)
		return RANGE_END;
	for (u64 level = levels; level > 0; level--) {
		u64 word = word_at(at + (address >> (12 + 9 * (level - 1)) & 511) * 8);

		if ((word & 3) != 3)
			return RANGE_END;
		at = page_of(word);
	}
	return at + address % PAGE_BYTES;
}

static struct domain domain_of(u32 requester, u64 first, u64 second)
{
	return (struct domain){ .requester = requester, .pieces = 2, .name = "rng",
		.piece = { { first, 0x10000 }, { second, 0x2000 } } };
}

static bool add(u32 index, const struct domain *d)
{
	bool done = vtd_add(&tables, index, d, false);

	publish();
	return done;
}

static void devices_reach_their_own(struct report *r)
{
	for (u32 levels = 3; levels <= 4; levels++) {
		struct domain d = domain_of(FUNCTION, 0x1f0000, 0x47fffe000), e = domain_of(FUNCTION + 1, 0x5000000, 0x400000);

		begin(levels, VTD_PAGES_MAX);
		bool added = add(0, &d) && add(1, &e), all = true;

		for (u64 at = 0; at < 0x10000; at += 0x800)
			all = all && reach(FUNCTION, 0x1f0000 + at) == 0x1f0000 + at && reach(FUNCTION + 1, 0x1f0000 + at) == RANGE_END;
		report_case(r, span_text("a device reaches its memory where it is, and no other does"), added && all);
		report_case(r, span_text("what is beside it is out of reach"), reach(FUNCTION, 0x1effff) == RANGE_END &&
				reach(FUNCTION, 0x200000) == RANGE_END && reach(FUNCTION, 0x47fffd000) == RANGE_END &&
				reach(FUNCTION, 0x480000000) == RANGE_END && reach(FUNCTION, 0) == RANGE_END);
		report_case(r, span_text("both pieces"), reach(FUNCTION, 0x47ffff123) == 0x47ffff123 &&
				reach(FUNCTION + 1, 0x401000) == 0x401000 && reach(FUNCTION, 0x401000) == RANGE_END);
		report_case(r, span_text("a device without a domain reaches nothing, on its bus or another"),
			    reach(FUNCTION + 2, 0x1f0000) == RANGE_END && reach(256 + FUNCTION, 0x1f0000) == RANGE_END);
	}
}

static void domains_have_numbers(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(FUNCTION + 1, 0x600000, 0x800000);
	u64 second = 0;

	begin(3, VTD_PAGES_MAX);
	report_case(r, span_text("a quiet one is there as before"),
		    vtd_add(&tables, 0, &d, true) && vtd_add(&tables, 1, &e, false));
	publish();
	report_case(r, span_text("and only its faults are not recorded"), (context_of(FUNCTION, &second) & 0xfff) == 3 &&
			second == (1 | 1 << 8) && (context_of(FUNCTION + 1, &second) & 0xfff) == 1 && second == (1 | 2 << 8));
}

static void strangers_can_be_hushed(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000);
	u64 second = 0;

	begin(3, VTD_PAGES_MAX);
	bool done = add(0, &d) && vtd_hush(&tables, FUNCTION) && vtd_hush(&tables, FUNCTION + 1) && vtd_hush(&tables, 256 + FUNCTION);

	publish();
	report_case(r, span_text("who has no domain reaches nothing, without words"), done &&
			reach(FUNCTION + 1, 0x200000) == RANGE_END &&
			context_of(FUNCTION + 1, &second) == 2 && second == 0 && context_of(256 + FUNCTION, &second) == 2 && second == 0);
	report_case(r, span_text("who has one is heard"),
		    (context_of(FUNCTION, &second) & 0xfff) == 1 && reach(FUNCTION, 0x200000) == 0x200000);
	begin(3, 1);
	report_case(r, span_text("without room for its bus it is not"), !vtd_hush(&tables, FUNCTION) && !vtd_hush(&tables, 0x10000));
}

static bool refused(const struct domain *d)
{
	begin(3, VTD_PAGES_MAX);
	return !add(0, d) && reach(d->requester & 0xffff, d->piece[0].address) == RANGE_END;
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
	d.piece[1] = (struct domain_piece){ (1ull << 39) - 0x1000, 0x2000 };
	report_case(r, span_text("a piece beyond what tables can say"), refused(&d));
	d.piece[1] = (struct domain_piece){ 0xfedff000, 0x2000 };
	report_case(r, span_text("a piece where interrupts are"), refused(&d));
	d = good;
	d.pieces = DOMAIN_PIECES_MAX + 1;
	report_case(r, span_text("more pieces than there can be"), refused(&d));
	d = good;
	d.requester = 0x10000 + FUNCTION;
	report_case(r, span_text("a number that no function has"), refused(&d));
	begin(3, VTD_PAGES_MAX);
	d = domain_of(FUNCTION, 0x600000, 0x800000);
	report_case(r, span_text("a function has one domain"),
		    add(0, &good) && !add(1, &d) && reach(FUNCTION, 0x600000) == RANGE_END && reach(FUNCTION, 0x200000) == 0x200000);
	bool nothing = true;

	for (u32 pages = 1; pages < 7; pages++) {
		begin(3, pages);
		nothing = nothing && (add(0, &good) ? pages >= 6 : reach(FUNCTION, 0x200000) == RANGE_END);
	}
	report_case(r, span_text("without room a device reaches nothing"), nothing);
}

static void making_again_changes_nothing(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), e = domain_of(FUNCTION + 1, 0x600000, 0x800000);
	bool changed = false;

	mspan_fill(MSPAN_OF_ARRAY(published), 0);
	begin(4, VTD_PAGES_MAX);
	bool added = add(0, &d) && add(1, &e);

	mspan_put_u8(MSPAN_OF_ARRAY(published), 3 * PAGE_BYTES + 1234, 0x55);
	begin(4, VTD_PAGES_MAX);
	added = added && vtd_add(&tables, 0, &d, false) && vtd_add(&tables, 1, &e, false);
	for (u32 page = 0; page < VTD_PAGES_MAX; page++) {
		bool did = vtd_publish(&tables, page, mspan_part(MSPAN_OF_ARRAY(published), page * PAGE_BYTES, PAGE_BYTES));

		changed = changed || (did && page != 3);
	}
	report_case(r, span_text("tables made again are the same, and what was spoilt is mended"),
		    added && !changed && span_equal(SPAN_OF_ARRAY(published), SPAN_OF_ARRAY(tables.bytes)));
}

static void units_say_what_they_can(struct report *r)
{
	struct vtd_fault fault;

	report_case(r, span_text("levels"), vtd_levels(0x600) == 4 && vtd_levels(0x200) == 3 && vtd_levels(0x100) == 0);
	report_case(r, span_text("a fault"), vtd_read_fault(0x12345678, 1ull << 63 | 5ull << 32 | FUNCTION, &fault) &&
			fault.address == 0x12345000 && fault.requester == FUNCTION && fault.reason == 5 && !fault.read);
	report_case(r, span_text("what a device wanted to read"), vtd_read_fault(0, 3ull << 62, &fault) && fault.read);
	report_case(r, span_text("none"), !vtd_read_fault(U64_MAX, 1ull << 62, &fault));
}

static void both_sides_share_a_page(struct report *r)
{
	struct domain d = domain_of(FUNCTION, 0x200000, 0x400000), got;
	struct domain_told told = { .state = DOMAIN_KEPT, .faults = 2 };
	struct mspan page = MSPAN_OF_ARRAY(shared);

	report_case(r, span_text("nothing is asked for at first"),
		    !domains_asked(page, 0, &got) && !domains_asked(page, DOMAINS_MAX, &got));
	domains_ask(page, DOMAINS_MAX - 1, &d);
	report_case(r, span_text("what is asked for is read"), domains_asked(page, DOMAINS_MAX - 1, &got) && got.asked == 1 &&
			got.requester == FUNCTION && got.piece[1].bytes == 0x2000 && !domains_asked(page, 0, &got));
	domains_tell(page, DOMAINS_MAX - 1, &told);
	report_case(r, span_text("and answered"), domains_told(page, DOMAINS_MAX - 1).state == DOMAIN_KEPT &&
			domains_told(page, DOMAINS_MAX - 1).faults == 2 && domains_told(page, 0).state == DOMAIN_NOT_YET);
	report_case(r, span_text("after a fault it is quiet"), domain_is_quiet(&got, &told));
	domains_forgive(page, DOMAINS_MAX - 1, 2);
	report_case(r, span_text("until that is forgiven"),
		    domains_asked(page, DOMAINS_MAX - 1, &got) && !domain_is_quiet(&got, &told));
	mspan_fill(page, 0xff);
	report_case(r, span_text("a page that holds anything asks for nothing"), !domains_asked(page, 0, &got));
}

int main(void)
{
	struct report report = {};

	devices_reach_their_own(&report);
	domains_have_numbers(&report);
	strangers_can_be_hushed(&report);
	what_cannot_be_is_refused(&report);
	making_again_changes_nothing(&report);
	units_say_what_they_can(&report);
	both_sides_share_a_page(&report);
	return report_end(&report);
}
