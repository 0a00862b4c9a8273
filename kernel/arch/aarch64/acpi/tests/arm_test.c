/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of reading ACPI tables of aarch64: tables built byte by byte, right ones and spoilt ones.
 */
#include "kernel/arch/aarch64/acpi/tables.h"
#include "lib/acpi/tests/builder.h"
#include "lib/elf/tests/report.h"

static struct builder b;

static void fill_to(usize end)
{
	while (b.used < end)
		builder_put(&b, 0, 1);
}

static void put_cpu(u64 affinity, u32 flags)
{
	usize start = b.used;

	builder_put(&b, 0x500b, 2);
	fill_to(start + 8);
	builder_put(&b, 0x100 | affinity, 4);
	builder_put(&b, flags, 4);
	fill_to(start + 32);
	builder_put(&b, 0x8010000, 8);
	fill_to(start + 68);
	builder_put(&b, affinity, 8);
	fill_to(start + 80);
}

static void begin_madt(void)
{
	builder_begin(&b, span_text("APIC"));
	fill_to(44);
}

static void put_distributor(u32 version)
{
	builder_put(&b, 0x180c, 2);
	builder_put(&b, 0, 6);
	builder_put(&b, 0x8000000, 8);
	builder_put(&b, 0, 4);
	builder_put(&b, version, 4);
}

static void madt_tests(struct report *r)
{
	struct arm_facts facts = {};

	begin_madt();
	put_cpu(0, 1);
	put_cpu(0x100000001, 1);
	put_cpu(2, 0); /* not enabled */
	put_distributor(3);
	builder_put(&b, 0x100e, 2);
	builder_put(&b, 0, 2);
	builder_put(&b, 0x80a0000, 8);
	builder_put(&b, 0xf60000, 4);
	arm_read_madt(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("enabled processors are found"),
		    facts.cpu_count == 2 && facts.affinity[0] == 0 && facts.affinity[1] == 0x100000001 &&
			    facts.uid[1] == 0x101);
	report_case(r, span_text("the interrupt controller is found"), facts.gic_version == 3 &&
		    facts.distributor.base == 0x8000000 && facts.redistributors.base == 0x80a0000 &&
		    facts.redistributors.bytes == 0xf60000 && facts.interface == 0x8010000);
}

static void spoilt_madt_tests(struct report *r)
{
	struct arm_facts facts = {};

	begin_madt();
	for (u32 i = 0; i < ARM_CPUS_MAX + 3; i++)
		put_cpu(i, 1);
	builder_put(&b, 0x000c, 2); /* an entry of no length */
	put_distributor(2);
	arm_read_madt(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("more processors than there is room for are left out"), facts.cpu_count == ARM_CPUS_MAX);
	report_case(r, span_text("an entry without length ends the list"), facts.gic_version == 0);
	begin_madt();
	builder_put(&b, 0x040b, 2); /* a processor of four bytes */
	builder_put(&b, 1, 2);
	facts = (struct arm_facts){};
	arm_read_madt(span_of(builder_finish(&b)), &facts);
	report_case(r, span_text("a short entry is no processor"), facts.cpu_count == 0);
}

static u32 timer(u32 line)
{
	struct arm_facts facts = {};

	builder_begin(&b, span_text("GTDT"));
	fill_to(64);
	builder_put(&b, line, 4);
	arm_read_gtdt(span_of(builder_finish(&b)), &facts);
	return facts.timer_line;
}

static u64 console(u32 kind, u32 space)
{
	struct arm_facts facts = {};

	builder_begin(&b, span_text("SPCR"));
	builder_put(&b, kind, 4);
	builder_put(&b, space, 4);
	builder_put(&b, 0x9000000, 8);
	arm_read_spcr(span_of(builder_finish(&b)), &facts);
	return facts.pl011;
}

static struct arm_facts power(u32 flags)
{
	struct arm_facts facts = {};

	builder_begin(&b, span_text("FACP"));
	fill_to(129);
	builder_put(&b, flags, 2);
	arm_read_fadt(span_of(builder_finish(&b)), &facts);
	return facts;
}

int main(void)
{
	struct report report = {};
	struct arm_facts empty = {};

	madt_tests(&report);
	spoilt_madt_tests(&report);
	report_case(&report, span_text("the timer's line is a private one"), timer(27) == 27 && timer(32) == 0 && timer(3) == 0);
	report_case(&report, span_text("a console of the right kind is found"), console(3, 0) == 0x9000000);
	report_case(&report, span_text("others are not"), console(0, 0) == 0 && console(3, 1) == 0);
	report_case(&report, span_text("firmware's power control is told"), power(1).psci && !power(1).psci_by_hvc &&
		    power(3).psci_by_hvc && !power(0).psci);
	builder_begin(&b, span_text("FACP"));
	arm_read_fadt(span_of(builder_finish(&b)), &empty);
	report_case(&report, span_text("an old table has no such flags"), !empty.psci);
	return report_end(&report);
}
