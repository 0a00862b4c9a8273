/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of reading ACPI tables: tables built byte by byte, right ones and spoilt ones.
 */
#include "kernel/arch/x86/common/acpi/tables.h"
#include "lib/acpi/tests/builder.h"
#include "lib/elf/tests/report.h"

static void put_cpu(struct builder *b, u32 id, u32 flags)
{
	builder_put(b, 0x0800, 2);
	builder_put(b, 0, 1);
	builder_put(b, id, 1);
	builder_put(b, flags, 4);
}

static void begin_madt(struct builder *b)
{
	builder_begin(b, span_text("APIC"));
	builder_put(b, 0xfee00000, 4);
	builder_put(b, 1, 4);
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
	builder_put(&b, 0x1009, 2);  /* x2APIC */
	builder_put(&b, 0, 2);
	builder_put(&b, 0x123, 4);
	builder_put(&b, 1, 4);
	builder_put(&b, 7, 4);
	builder_put(&b, 0x0c01, 2);  /* I/O controller */
	builder_put(&b, 0, 2);
	builder_put(&b, 0xfec00000, 4);
	builder_put(&b, 24, 4);
	builder_put(&b, 0x0a02, 2);  /* override: ISA 9 is line 20, low, level */
	builder_put(&b, 0x0900, 2);
	builder_put(&b, 20, 4);
	builder_put(&b, 0xf, 2);
	acpi_read_madt(span_of(builder_finish(&b)), &facts);
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
	builder_put(&b, 0, 1);
	builder_put(&b, 0, 1);   /* an entry of no length */
	put_cpu(&b, 2, 1);
	acpi_read_madt(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("an entry without length ends the list"), facts.cpu_count == 1);
	facts = (struct acpi_facts){};
	begin_madt(&b);
	builder_put(&b, 0x0800, 2);
	builder_put(&b, 0, 2);   /* cut short */
	acpi_read_madt(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("an entry that reaches beyond the table is ignored"), facts.cpu_count == 0);
	begin_madt(&b);
	for (u32 i = 0; i < 40; i++)
		put_cpu(&b, i, 1);
	acpi_read_madt(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("processors above the limit are counted as left out"),
		    facts.cpu_count == ACPI_CPUS_MAX && facts.cpus_left_out == 40 - ACPI_CPUS_MAX);
}

static void fadt_tests(struct report *r)
{
	struct builder b;
	struct acpi_facts facts = {};
	struct mspan table;

	builder_begin(&b, span_text("FACP"));
	b.used = 244;
	table = builder_finish(&b);
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

	builder_begin(&b, span_text("DSDT"));
	builder_put_text(&b, span_text("__S5_S5\x08_S5_\x12\x08\x04\x0a\x05\x0a\x06\x00\x00"));
	acpi_read_sleep(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("the sleep package is found"),
		    facts.can_sleep && facts.sleep_type_a == 5 && facts.sleep_type_b == 6);
	facts = (struct acpi_facts){};
	for (usize cut = b.used - 1; cut >= ACPI_HEADER_BYTES; cut--) {
		struct span shorter = span_first(span_of(MSPAN_OF_ARRAY(b.bytes)), cut);

		acpi_read_sleep(shorter, &facts);
	}
	builder_begin(&b, span_text("DSDT"));
	builder_put_text(&b, span_text("\x08_S5_\x0a\x05"));
	facts = (struct acpi_facts){};
	acpi_read_sleep(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("a name that is no package is not taken"), !facts.can_sleep);
}

int main(void)
{
	struct report report = {};

	madt_tests(&report);
	spoilt_madt_tests(&report);
	fadt_tests(&report);
	sleep_tests(&report);
	return report_end(&report);
}
