/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding tables: the root pointer, the root table, and a small memory that holds them.
 */
#include "lib/acpi/acpi.h"
#include "lib/acpi/tests/builder.h"
#include "lib/acpi/tests/tests.h"

enum : u64 { MEMORY_BYTES = 16 * PAGE_BYTES, ROOT_AT = 0x1004, LIST_AT = 0x2000, FIRST_AT = 0x2ff0, SECOND_AT = 0x5000 };

static struct builder b;
static u8 memory[MEMORY_BYTES];
static struct boot_info info;

static struct mspan at_address(u64 at, u64 bytes) { return mspan_part(MSPAN_OF_ARRAY(memory), at, bytes); }
static struct span view(u64 at, u64 bytes) { return span_of(at_address(at, bytes)); }

static void tables_are_validated(struct report *r)
{
	builder_begin(&b, span_text("XSDT"));
	builder_put(&b, 0x1122334455667788, 8);
	builder_put(&b, 0x99, 8);
	struct mspan table = builder_finish(&b);

	report_case(r, span_text("a table with right length and checksum is valid"), acpi_table_valid(span_of(table)));
	report_case(r, span_text("its signature is recognized"), acpi_table_is(span_of(table), span_text("XSDT")));
	report_case(r, span_text("64-bit entries are read"),
		    acpi_root_entries(span_of(table), 8) == 2 && acpi_root_entry(span_of(table), 8, 0) == 0x1122334455667788);
	report_case(r, span_text("32-bit entries are read"),
		    acpi_root_entries(span_of(table), 4) == 4 && acpi_root_entry(span_of(table), 4, 2) == 0x99);
	report_case(r, span_text("a length field that is not the span's is refused"),
		    !acpi_table_valid(span_first(span_of(table), b.used - 1)));
	mspan_put_u8(table, 40, 1);
	report_case(r, span_text("a wrong checksum is refused"), !acpi_table_valid(span_of(table)));
	report_case(r, span_text("a table shorter than a header is refused"), !acpi_table_valid(span_first(span_of(table), 8)));
}

/* A root pointer with an address of each size. */
static void put_root(struct mspan all, u32 old_address, u64 address)
{
	mspan_fill(all, 0);
	span_copy(all, span_text("RSD PTR "));
	mspan_put_u8(all, 15, 2);
	mspan_put_le32(all, 16, old_address);
	mspan_put_le32(all, 20, 36);
	mspan_put_le64(all, 24, address);
	builder_checksum(mspan_first(all, 20), 8);
	builder_checksum(all, 32);
}

static void roots_are_read(struct report *r)
{
	struct acpi_root root;
	struct mspan all = mspan_first(MSPAN_OF_ARRAY(b.bytes), 36);

	put_root(all, 0x1000, 0x200000000);
	report_case(r, span_text("the extended root wins"),
		    acpi_read_root(span_of(all), &root) && root.address == 0x200000000 && root.entry_bytes == 8);
	report_case(r, span_text("20 bytes give the old root"),
		    acpi_read_root(span_first(span_of(all), 20), &root) && root.address == 0x1000 && root.entry_bytes == 4);
	mspan_put_u8(all, 33, 1);
	report_case(r, span_text("a wrong extended checksum falls back to the old root"),
		    acpi_read_root(span_of(all), &root) && root.entry_bytes == 4);
	mspan_put_u8(all, 16, 1);
	report_case(r, span_text("a wrong checksum is refused"), !acpi_read_root(span_of(all), &root));
	report_case(r, span_text("19 bytes are refused"), !acpi_read_root(span_first(span_of(all), 19), &root));
}

static void place(u64 at)
{
	struct mspan table = builder_finish(&b);

	span_copy(at_address(at, mspan_len(table)), span_of(table));
}

/* Reserved memory, tables that begin in one region and end in the next, registers behind them. */
static void make_machine(void)
{
	info = (struct boot_info){ .rsdp = ROOT_AT, .direct_bytes = 12 * PAGE_BYTES, .region_count = 4 };
	info.region[0] = (struct boot_region){ .base = 3 * PAGE_BYTES, .bytes = 3 * PAGE_BYTES, .kind = BOOT_MEMORY_ACPI };
	info.region[1] = (struct boot_region){ .base = PAGE_BYTES, .bytes = 2 * PAGE_BYTES, .kind = BOOT_MEMORY_RESERVED };
	info.region[2] = (struct boot_region){ .base = 6 * PAGE_BYTES, .bytes = PAGE_BYTES, .kind = BOOT_MEMORY_MMIO };
	info.region[3] = (struct boot_region){ .base = 11 * PAGE_BYTES, .bytes = 4 * PAGE_BYTES, .kind = BOOT_MEMORY_ACPI };
	mspan_fill(MSPAN_OF_ARRAY(memory), 0);
	put_root(at_address(ROOT_AT, 36), 0, LIST_AT);
	builder_begin(&b, span_text("XSDT"));
	builder_put(&b, 6 * PAGE_BYTES, 8);        /* registers */
	builder_put(&b, U64_MAX - 8, 8);
	builder_put(&b, FIRST_AT, 8);
	builder_put(&b, SECOND_AT, 8);
	place(LIST_AT);
	builder_begin(&b, span_text("AAAA"));
	place(FIRST_AT);
	builder_begin(&b, span_text("BBBB"));
	builder_put(&b, 0x77, 8);
	place(SECOND_AT);
}

static enum acpi_found find(struct span signature, struct span *out) { return acpi_find(&info, view, signature, out); }

static void only_memory_is_looked_at(struct report *r)
{
	make_machine();
	report_case(r, span_text("a range over two regions is readable"), acpi_readable(&info, FIRST_AT, 0x100));
	report_case(r, span_text("registers are not"), !acpi_readable(&info, 6 * PAGE_BYTES, 1) &&
			!acpi_readable(&info, 6 * PAGE_BYTES - 1, 2));
	report_case(r, span_text("what no region describes is not"), !acpi_readable(&info, 0, 1) &&
			!acpi_readable(&info, 7 * PAGE_BYTES, 1));
	report_case(r, span_text("nothing behind the direct map is"), acpi_readable(&info, 12 * PAGE_BYTES - 1, 1) &&
			!acpi_readable(&info, 12 * PAGE_BYTES - 1, 2));
	report_case(r, span_text("a range that wraps is not"), !acpi_readable(&info, U64_MAX - 1, 8));
}

static void tables_are_found_by_signature(struct report *r)
{
	struct span table = span_empty();

	make_machine();
	report_case(r, span_text("a table behind unreadable ones is found"),
		    find(span_text("AAAA"), &table) == ACPI_GOOD && span_len(table) == ACPI_HEADER_BYTES);
	report_case(r, span_text("and the next one"),
		    find(span_text("BBBB"), &table) == ACPI_GOOD && span_le64(table, ACPI_HEADER_BYTES) == 0x77);
	report_case(r, span_text("one that is not listed is absent"), find(span_text("CCCC"), &table) == ACPI_ABSENT);
	mspan_put_u8(at_address(SECOND_AT, 64), 40, 1);
	report_case(r, span_text("a table with a wrong checksum is damaged"), find(span_text("BBBB"), &table) == ACPI_DAMAGED);
	report_case(r, span_text("but others are still found"), find(span_text("AAAA"), &table) == ACPI_GOOD);
	mspan_put_le32(at_address(FIRST_AT, 64), 4, 5 * PAGE_BYTES);
	report_case(r, span_text("one that reaches out of memory is damaged"), find(span_text("AAAA"), &table) == ACPI_DAMAGED);
	mspan_put_le32(at_address(FIRST_AT, 64), 4, ACPI_HEADER_BYTES - 1);
	report_case(r, span_text("one shorter than its header is damaged"), find(span_text("AAAA"), &table) == ACPI_DAMAGED);
}

static void without_a_root_there_is_nothing(struct report *r)
{
	struct span table = span_empty();

	make_machine();
	mspan_put_u8(at_address(LIST_AT, 64), 10, 1);
	report_case(r, span_text("a damaged root table is told"), find(span_text("AAAA"), &table) == ACPI_DAMAGED);
	mspan_put_u8(at_address(ROOT_AT, 36), 10, 1);
	report_case(r, span_text("a damaged root pointer is told"), find(span_text("AAAA"), &table) == ACPI_DAMAGED);
	info.rsdp = 0;
	report_case(r, span_text("without a root pointer everything is absent"), find(span_text("AAAA"), &table) == ACPI_ABSENT);
	info.rsdp = 6 * PAGE_BYTES;
	report_case(r, span_text("a root pointer outside memory is not looked at"),
		    find(span_text("AAAA"), &table) == ACPI_ABSENT);
}

void find_tests(struct report *r)
{
	tables_are_validated(r);
	roots_are_read(r);
	only_memory_is_looked_at(r);
	tables_are_found_by_signature(r);
	without_a_root_there_is_nothing(r);
}
