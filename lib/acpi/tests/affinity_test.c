/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of nodes, entry by entry.
 */
#include "lib/acpi/affinity.h"
#include "lib/acpi/nodes.h"
#include "lib/acpi/tests/builder.h"
#include "lib/acpi/tests/tests.h"

static struct builder b;

static bool is_memory(struct acpi_affinity a, u32 domain, u64 base, u64 end)
{
	return a.kind == ACPI_AFFINITY_MEMORY && a.domain == domain && a.base == base && a.end == end;
}

static bool is_cpu(struct acpi_affinity a, u32 domain, u32 cpu)
{
	return a.kind == ACPI_AFFINITY_CPU && a.domain == domain && a.cpu == cpu;
}

static void enabled_entries_are_read(struct report *r)
{
	u64 at = 0;

	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 7, 0x1000, 0x1000, 0);     /* not enabled */
	builder_put_memory(&b, 0x01020304, 0x100000000, 0x40000000, 1);
	builder_put_memory(&b, 9, 0x5000, 0, 1);          /* empty */
	builder_put(&b, 0x0409, 2);                       /* a kind that is not known */
	builder_put(&b, 0xffff, 2);
	builder_put_cpu(&b, 0x0a0b0c0d, 5, 1);
	builder_put_cpu(&b, 1, 6, 0);                     /* not enabled */
	builder_put_cpu_x2(&b, 8, 0x12345, 1);
	builder_put_cpu_gic(&b, 11, 0x105, 0);            /* not enabled */
	builder_put_cpu_gic(&b, 12, 0x106, 1);
	builder_put_memory(&b, 2, 0x2000, 0x1000, 3);     /* could be unplugged */
	struct span table = span_of(builder_finish(&b));

	report_case(r, span_text("memory is read, what is not enabled or empty is passed over"),
		    is_memory(acpi_affinity_next(table, &at), 0x01020304, 0x100000000, 0x140000000));
	report_case(r, span_text("a processor's domain is put together from its two parts"),
		    is_cpu(acpi_affinity_next(table, &at), 0x0a0b0c0d, 5));
	report_case(r, span_text("a processor with a long number is read"),
		    is_cpu(acpi_affinity_next(table, &at), 8, 0x12345));
	report_case(r, span_text("a processor with another kind of interrupt controller is read"),
		    is_cpu(acpi_affinity_next(table, &at), 12, 0x106));
	report_case(r, span_text("memory that could be unplugged is memory"),
		    is_memory(acpi_affinity_next(table, &at), 2, 0x2000, 0x3000));
	report_case(r, span_text("the list ends"), acpi_affinity_next(table, &at).kind == ACPI_AFFINITY_END &&
			acpi_affinity_next(table, &at).kind == ACPI_AFFINITY_END);
}

static void the_first_revision_has_short_domains(struct report *r)
{
	u64 at = 0;

	builder_begin_affinity(&b, 1);
	builder_put_memory(&b, 0xabcdef01, 0x1000, 0x1000, 1);
	builder_put_cpu(&b, 0xabcdef02, 5, 1);
	struct span table = span_of(builder_finish(&b));

	report_case(r, span_text("the first revision's domains have 8 bits"),
		    is_memory(acpi_affinity_next(table, &at), 1, 0x1000, 0x2000) && is_cpu(acpi_affinity_next(table, &at), 2, 5));
}

static bool damaged_then_end(struct span table)
{
	u64 at = 0;

	return acpi_affinity_next(table, &at).kind == ACPI_AFFINITY_DAMAGED &&
	       acpi_affinity_next(table, &at).kind == ACPI_AFFINITY_END;
}

static void lengths_that_cannot_be_end_the_list(struct report *r)
{
	builder_begin_affinity(&b, 3);
	builder_put(&b, 0x0001, 2);                       /* no length at all */
	builder_put_memory(&b, 2, 0x2000, 0x1000, 1);
	report_case(r, span_text("an entry without length ends the list"), damaged_then_end(span_of(builder_finish(&b))));
	builder_begin_affinity(&b, 3);
	builder_put(&b, 0x2701, 2);                       /* memory, one byte too short */
	b.used += 37;
	builder_put_memory(&b, 2, 0x2000, 0x1000, 1);
	report_case(r, span_text("an entry too short for its kind ends the list"), damaged_then_end(span_of(builder_finish(&b))));
	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 2, 0x2000, 0x1000, 1);
	b.used--;
	report_case(r, span_text("an entry that reaches beyond the table ends the list"),
		    damaged_then_end(span_of(builder_finish(&b))));
	builder_begin_affinity(&b, 3);
	builder_put(&b, 1, 1);
	report_case(r, span_text("half an entry's head ends the list"), damaged_then_end(span_of(builder_finish(&b))));
	builder_begin(&b, span_text("SRAT"));
	u64 at = 0;

	report_case(r, span_text("a table with nothing but its header is empty"),
		    acpi_affinity_next(span_of(builder_finish(&b)), &at).kind == ACPI_AFFINITY_END);
}

static void ranges_that_wrap_are_told(struct report *r)
{
	u64 at = 0;

	builder_begin_affinity(&b, 3);
	builder_put_memory(&b, 0, U64_MAX - 0xfff, 0x1000, 1);
	report_case(r, span_text("a range that reaches beyond 64 bits is told"),
		    acpi_affinity_next(span_of(builder_finish(&b)), &at).kind == ACPI_AFFINITY_WRAPS);
}

/* Two nodes of memory, as the loader numbered them: the second domain's is cut into two regions. */
static void two_nodes(struct boot_info *info)
{
	*info = (struct boot_info){ .region_count = 4 };
	info->region[0] = (struct boot_region){ .base = 0x1000, .bytes = 0x1000, .kind = BOOT_MEMORY_RESERVED };
	info->region[1] = (struct boot_region){ .base = 0x2000, .bytes = 0x2000, .kind = BOOT_MEMORY_USABLE };
	info->region[2] = (struct boot_region){ .base = 0x4000, .bytes = 0x1000, .kind = BOOT_MEMORY_IMAGE };
	info->region[3] = (struct boot_region){ .base = 0x5000, .bytes = 0x3000, .kind = BOOT_MEMORY_LOADER, .node = 1 };
}

static void node_tests(struct report *r)
{
	static struct boot_info info;

	two_nodes(&info);
	builder_begin_affinity(&b, 3);
	builder_put_cpu(&b, 70, 0, 1);
	builder_put_cpu(&b, 70, 4, 0);
	builder_put_cpu_x2(&b, 90, 4, 1);
	builder_put_cpu(&b, 95, 5, 1);
	builder_put_cpu_gic(&b, 90, 6, 1);
	builder_put_memory(&b, 70, 0x1000, 0x3000, 1);
	builder_put_memory(&b, 90, 0x100000, 0x1000, 3); /* nothing plugged in */
	builder_put_memory(&b, 90, 0x4000, 0x4000, 1);
	struct span table = span_of(builder_finish(&b));

	report_case(r, span_text("a processor has the node of the memory near it"),
		    acpi_cpu_node(table, &info, 0) == 0 && acpi_cpu_node(table, &info, 4) == 1 &&
			    acpi_cpu_node(table, &info, 6) == 1);
	report_case(r, span_text("one without memory near it, and one that is not listed, have node 0"),
		    acpi_cpu_node(table, &info, 5) == 0 && acpi_cpu_node(table, &info, 77) == 0);
	builder_put(&b, 1, 2); /* an entry without length */
	builder_put_cpu(&b, 90, 8, 1);
	table = span_of(builder_finish(&b));
	report_case(r, span_text("behind damage nothing is read"),
		    acpi_cpu_node(table, &info, 8) == 0 && acpi_cpu_node(table, &info, 4) == 1);
}

void affinity_tests(struct report *r)
{
	enabled_entries_are_read(r);
	the_first_revision_has_short_domains(r);
	lengths_that_cannot_be_end_the_list(r);
	ranges_that_wrap_are_told(r);
	node_tests(r);
}
