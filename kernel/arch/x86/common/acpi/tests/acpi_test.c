/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of reading ACPI tables: tables built byte by byte, right ones and spoilt ones.
 */
#include "kernel/arch/x86/common/acpi/tables.h"
#include "lib/elf/tests/report.h"

enum : usize { BUFFER_BYTES = 512 };

/* A table under construction. */
struct builder {
	u8 bytes[BUFFER_BYTES];
	usize used;
};

static void put(struct builder *b, u64 value, usize width)
{
	mspan_put_le(MSPAN_OF_ARRAY(b->bytes), b->used, value, width);
	b->used += width;
}

static void put_text(struct builder *b, struct span text)
{
	span_copy(mspan_from(MSPAN_OF_ARRAY(b->bytes), b->used), text);
	b->used += span_len(text);
}

static void begin(struct builder *b, struct span signature)
{
	*b = (struct builder){};
	put_text(b, signature);
	b->used = ACPI_HEADER_BYTES;
}

static void checksum(struct mspan bytes, usize at)
{
	u32 sum = 0;

	mspan_put_u8(bytes, at, 0);
	for (usize i = 0; i < mspan_len(bytes); i++)
		sum += mspan_u8(bytes, i);
	mspan_put_u8(bytes, at, (u8)(0 - sum));
}

static struct mspan finish(struct builder *b)
{
	struct mspan table = mspan_first(MSPAN_OF_ARRAY(b->bytes), b->used);

	mspan_put_le32(table, 4, (u32)b->used);
	checksum(table, 9);
	return table;
}

static void table_tests(struct report *r)
{
	struct builder b;
	struct mspan table;

	begin(&b, span_text("XSDT"));
	put(&b, 0x1122334455667788, 8);
	put(&b, 0x99, 8);
	table = finish(&b);
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

static void root_tests(struct report *r)
{
	struct builder b = {};
	struct acpi_root root;
	struct mspan all = mspan_first(MSPAN_OF_ARRAY(b.bytes), 36);

	put_text(&b, span_text("RSD PTR "));
	mspan_put_u8(all, 15, 2);
	mspan_put_le32(all, 16, 0x1000);
	mspan_put_le32(all, 20, 36);
	mspan_put_le64(all, 24, 0x200000000);
	checksum(mspan_first(all, 20), 8);
	checksum(all, 32);
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

static void put_cpu(struct builder *b, u32 id, u32 flags)
{
	put(b, 0x0800, 2);
	put(b, 0, 1);
	put(b, id, 1);
	put(b, flags, 4);
}

static void begin_madt(struct builder *b)
{
	begin(b, span_text("APIC"));
	put(b, 0xfee00000, 4);
	put(b, 1, 4);
}

static void madt_tests(struct report *r)
{
	struct builder b;
	struct acpi_facts facts = {};

	begin_madt(&b);
	put_cpu(&b, 0, 1);
	put_cpu(&b, 3, 1);
	put_cpu(&b, 4, 0);   /* not enabled */
	put_cpu(&b, 3, 1);   /* twice */
	put(&b, 0x1009, 2);  /* x2APIC */
	put(&b, 0, 2);
	put(&b, 0x123, 4);
	put(&b, 1, 4);
	put(&b, 7, 4);
	put(&b, 0x0c01, 2);  /* I/O controller */
	put(&b, 0, 2);
	put(&b, 0xfec00000, 4);
	put(&b, 24, 4);
	put(&b, 0x0a02, 2);  /* override: ISA 9 is line 20, low, level */
	put(&b, 0x0900, 2);
	put(&b, 20, 4);
	put(&b, 0xf, 2);
	acpi_read_madt(span_of(finish(&b)), &facts);
	report_case(r, span_text("enabled processors are found, each once"),
		    facts.cpu_count == 3 && facts.apic_id[0] == 0 && facts.apic_id[1] == 3 && facts.apic_id[2] == 0x123);
	report_case(r, span_text("an interrupt controller is found"),
		    facts.ioapic_count == 1 && facts.ioapic[0].address == 0xfec00000 && facts.ioapic[0].first_line == 24);
	report_case(r, span_text("an override is found"),
		    facts.override_count == 1 && facts.override[0].isa == 9 && facts.override[0].line == 20 &&
		    facts.override[0].active_low && facts.override[0].level);
}

static void spoilt_madt_tests(struct report *r)
{
	struct builder b;
	struct acpi_facts facts = {};

	begin_madt(&b);
	put_cpu(&b, 1, 1);
	put(&b, 0, 1);
	put(&b, 0, 1);   /* an entry of no length */
	put_cpu(&b, 2, 1);
	acpi_read_madt(span_of(finish(&b)), &facts);
	report_case(r, span_text("an entry without length ends the list"), facts.cpu_count == 1);
	facts = (struct acpi_facts){};
	begin_madt(&b);
	put(&b, 0x0800, 2);
	put(&b, 0, 2);   /* cut short */
	acpi_read_madt(span_of(finish(&b)), &facts);
	report_case(r, span_text("an entry that reaches beyond the table is ignored"), facts.cpu_count == 0);
	begin_madt(&b);
	for (u32 i = 0; i < 40; i++)
		put_cpu(&b, i, 1);
	acpi_read_madt(span_of(finish(&b)), &facts);
	report_case(r, span_text("processors above the limit are counted as left out"),
		    facts.cpu_count == ACPI_CPUS_MAX && facts.cpus_left_out == 40 - ACPI_CPUS_MAX);
}

static void fadt_tests(struct report *r)
{
	struct builder b;
	struct acpi_facts facts = {};
	struct mspan table;

	begin(&b, span_text("FACP"));
	b.used = 244;
	table = finish(&b);
	mspan_put_le32(table, 40, 0x5000);
	mspan_put_le32(table, 64, 0x604);
	mspan_put_le32(table, 76, 0x608);
	mspan_put_le32(table, 112, 1u << 10 | 1u << 8);
	mspan_put_u8(table, 116, 1);
	mspan_put_le64(table, 120, 0xcf9);
	mspan_put_u8(table, 128, 0x0f);
	acpi_read_fadt(span_of(table), &facts);
	report_case(r, span_text("power and timer ports are found"),
		    facts.pm1a_control == 0x604 && facts.pm1b_control == 0 && facts.pm_timer == 0x608 && facts.pm_timer_32);
	report_case(r, span_text("the reset register is found"),
		    facts.reset.space == ACPI_SPACE_PORT && facts.reset.address == 0xcf9 && facts.reset_value == 0x0f);
	report_case(r, span_text("the DSDT's old address is used when there is no new one"), facts.dsdt == 0x5000);
	mspan_put_le32(table, 64, 0x10604);
	acpi_read_fadt(span_of(table), &facts);
	report_case(r, span_text("a port that cannot be one is none"), facts.pm1a_control == 0);
	acpi_read_fadt(span_first(span_of(table), 100), &facts);
	report_case(r, span_text("a short table has no reset register"), facts.reset.space == ACPI_SPACE_NONE);
}

/* Name (_S5, Package (4) { 5, 6, 0, 0 }) */
static void sleep_tests(struct report *r)
{
	struct builder b;
	struct acpi_facts facts = {};

	begin(&b, span_text("DSDT"));
	put_text(&b, span_text("__S5_S5\x08_S5_\x12\x08\x04\x0a\x05\x0a\x06\x00\x00"));
	acpi_read_sleep(span_of(finish(&b)), &facts);
	report_case(r, span_text("the sleep package is found"),
		    facts.can_sleep && facts.sleep_type_a == 5 && facts.sleep_type_b == 6);
	facts = (struct acpi_facts){};
	for (usize cut = b.used - 1; cut >= ACPI_HEADER_BYTES; cut--) {
		struct span shorter = span_first(span_of(MSPAN_OF_ARRAY(b.bytes)), cut);

		acpi_read_sleep(shorter, &facts);
	}
	begin(&b, span_text("DSDT"));
	put_text(&b, span_text("\x08_S5_\x0a\x05"));
	facts = (struct acpi_facts){};
	acpi_read_sleep(span_of(finish(&b)), &facts);
	report_case(r, span_text("a name that is no package is not taken"), !facts.can_sleep);
}

int main(void)
{
	struct report report = {};

	table_tests(&report);
	root_tests(&report);
	madt_tests(&report);
	spoilt_madt_tests(&report);
	fadt_tests(&report);
	sleep_tests(&report);
	return report_end(&report);
}
