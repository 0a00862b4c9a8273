/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of what units say of themselves and of faults, and of the page that the keeper shares.
 */
#include "lib/elf/tests/report.h"
#include "lib/iommu/riscv.h"
#include "lib/iommu/smmu.h"
#include "lib/iommu/vtd.h"

enum : u32 { FUNCTION = 3 << 3 };

static struct iommu_tables tables; /* too large for a stack */
alignas(64) static u8 shared[DOMAINS_BYTES];

static void units_say_what_they_can(struct report *r)
{
	struct iommu_tables *t = &tables;
	struct iommu_fault fault;

	report_case(r, span_text("levels"), vtd_levels(0x600, t) && t->levels == 4 && t->bits == 48 && vtd_levels(0x200, t) &&
			t->levels == 3 && t->bits == 39 && !vtd_levels(0x100, t));
	report_case(r, span_text("a fault"), vtd_read_fault(0x12345678, 1ull << 63 | 5ull << 32 | FUNCTION, &fault) &&
			fault.has_address && fault.address == 0x12345000 && fault.requester == FUNCTION && fault.reason == 5 && !fault.read);
	report_case(r, span_text("what a device wanted to read"), vtd_read_fault(0, 3ull << 62, &fault) && fault.read);
	report_case(r, span_text("none"), !vtd_read_fault(U64_MAX, 1ull << 62, &fault));
}

static void arms_units_say_what_they_can(struct report *r)
{
	enum : u32 { GOOD_0 = 1 << 27 | 1 << 24 | 2 << 21 | 1 << 4 | 2 << 2 | 1 << 1, GOOD_1 = 16, GOOD_5 = 1 << 4 | 4 };
	static const struct { u32 idr0, idr1, idr5; } bad[] = {
		{ GOOD_0 & ~(1u << 1), GOOD_1, GOOD_5 }, { GOOD_0 & ~(2u << 2), GOOD_1, GOOD_5 }, { GOOD_0 & ~(1u << 4), GOOD_1, GOOD_5 },
		{ GOOD_0 & ~(1u << 27), GOOD_1, GOOD_5 }, { GOOD_0 | 3 << 21, GOOD_1, GOOD_5 },
		{ (GOOD_0 & ~(3u << 24)) | 2 << 24, GOOD_1, GOOD_5 }, { GOOD_0, 14, GOOD_5 }, { GOOD_0, GOOD_1 | 1u << 30, GOOD_5 },
		{ GOOD_0, GOOD_1 | 1u << 29, GOOD_5 }, { GOOD_0, GOOD_1, 4 },
	};
	struct span why = span_empty();
	bool none = true;

	report_case(r, span_text("what QEMU's is, can be driven"),
		    smmu_can(GOOD_0, GOOD_1, GOOD_5, &tables, &why) && tables.levels == 4 && tables.bits == 44);
	report_case(r, span_text("addresses have 47 bits at most"),
		    smmu_can(GOOD_0, GOOD_1, 1 << 4 | 5, &tables, &why) && tables.bits == 47);
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		why = span_empty();
		none = none && !smmu_can(ELEM(bad, i)->idr0, ELEM(bad, i)->idr1, ELEM(bad, i)->idr5, &tables, &why) && span_len(why) != 0;
	}
	report_case(r, span_text("and what lacks anything cannot"), none);
}

static void arms_events(struct report *r)
{
	alignas(8) u8 event[SMMU_EVENT_BYTES] = {};
	struct mspan e = MSPAN_OF_ARRAY(event);

	mspan_put_le64(e, 0, (u64)FUNCTION << 32 | 0x10);
	mspan_put_le64(e, 16, 0x12345678);
	struct iommu_fault fault = smmu_read_event(span_of(e));

	report_case(r, span_text("an event"), fault.requester == FUNCTION && fault.reason == 0x10 && fault.has_address &&
			!fault.read && fault.address == 0x12345000);
	mspan_put_le64(e, 8, 1ull << 35);
	report_case(r, span_text("what a device wanted to read, by Arm's"), smmu_read_event(span_of(e)).read);
	mspan_put_u8(e, 0, 4);
	report_case(r, span_text("who has no entry has no address"), !smmu_read_event(span_of(e)).has_address);
}

static void riscvs_units_say_what_they_can(struct report *r)
{
	enum : u64 { GOOD = 0x10 | 1 << 9 | 1 << 10 | 1 << 22 | 56ull << 32 };
	struct iommu_tables *t = &tables;
	struct span why = span_empty();

	report_case(r, span_text("RISC-V's of QEMU"),
		    riscv_can(GOOD, 0, t, &why) && t->levels == 4 && t->bits == 47 && t->function_bytes == 64);
	report_case(r, span_text("contexts without interrupts"),
		    riscv_can(GOOD & ~(1ull << 22), 0, t, &why) && t->function_bytes == 32);
	report_case(r, span_text("three levels"), riscv_can(GOOD & ~(1ull << 10), 0, t, &why) && t->levels == 3 && t->bits == 38);
	report_case(r, span_text("addresses of fewer bits"), riscv_can(0x10 | 1 << 10 | 40ull << 32, 0, t, &why) && t->bits == 40);
	report_case(r, span_text("an older version"), !riscv_can(GOOD & ~0x10ull, 0, t, &why) && span_len(why) != 0);
	report_case(r, span_text("the other byte order, where that can be changed"),
		    riscv_can(GOOD | 1 << 27, 1, t, &why) && riscv_can(GOOD, 1 << 1, t, &why));
	why = span_empty();
	report_case(r, span_text("and where it cannot"), !riscv_can(GOOD, 1, t, &why) && span_len(why) != 0);
	why = span_empty();
	report_case(r, span_text("no known tables"), !riscv_can(GOOD & ~(3ull << 9), 0, t, &why) && span_len(why) != 0);
}

static void riscvs_records(struct report *r)
{
	/* By what was asked for: nothing, to run, to read, to write; the same of what a device says it has translated; to
	 * translate; a message. */
	static const struct { bool has_address, read; } kinds_of[] = {
		{ false, true }, { true, true }, { true, true }, { true, false },
		{ false, true }, { true, true }, { true, true }, { true, false }, { true, true }, { false, true },
	};
	alignas(8) u8 record[RISCV_FAULT_BYTES] = {};
	struct mspan e = MSPAN_OF_ARRAY(record);
	bool good = true;

	for (u64 i = 0; i < ARRAY_LEN(kinds_of); i++) {
		mspan_put_le64(e, 0, (u64)FUNCTION << 40 | i << 34 | 0xfffffull << 12 | 15);
		mspan_put_le64(e, 16, 0x12345678);
		struct iommu_fault fault = riscv_read_fault(span_of(e));

		good = good && fault.requester == FUNCTION && fault.reason == 15 && fault.address == 0x12345000 &&
		       fault.has_address == ELEM(kinds_of, i)->has_address && fault.read == ELEM(kinds_of, i)->read;
	}
	report_case(r, span_text("records"), good);
}

static void both_sides_share_a_page(struct report *r)
{
	struct domain d = { .requester = FUNCTION, .pieces = 2, .piece = { { 0x200000, 0x10000 }, { 0x400000, 0x2000 } } }, got;
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

	units_say_what_they_can(&report);
	arms_units_say_what_they_can(&report);
	arms_events(&report);
	riscvs_units_say_what_they_can(&report);
	riscvs_records(&report);
	both_sides_share_a_page(&report);
	return report_end(&report);
}
