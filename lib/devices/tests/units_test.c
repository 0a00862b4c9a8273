/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of units between devices and memory, by ACPI's tables: Intel's and Arm's.
 */
#include "lib/acpi/acpi.h"
#include "lib/acpi/tests/builder.h"
#include "lib/devices/dmar.h"
#include "lib/devices/iort.h"
#include "lib/elf/tests/report.h"

static struct device_table table;
static struct builder b;

static bool has(const struct device *d, u32 index, enum device_resource_kind kind, u64 base, u64 count)
{
	const struct device_resource *r = ELEM(d->resource, index);

	return index < d->resource_count && r->kind == kind && r->base == base && r->count == count;
}

/* ---- Intel's ---- */

/* A unit, and in its scope one function: kind, bus, and the first step of its path. */
static void put_unit(u32 flags, u32 segment, u64 base, u32 kind, u32 bus, u32 slot)
{
	builder_put(&b, 24 << 16, 4);
	builder_put(&b, flags, 2);
	builder_put(&b, segment, 2);
	builder_put(&b, base, 8);
	builder_put(&b, kind | 8 << 8, 4);
	builder_put(&b, bus << 8, 2);
	builder_put(&b, slot, 2);
}

static struct span put_units(u64 base)
{
	builder_begin(&b, span_text("DMAR"));
	builder_put(&b, 38, 4);
	builder_put(&b, 0, 8);
	builder_put(&b, 8 << 16 | 7, 8); /* of a kind that is not known */
	put_unit(0x100, 0, 0xfed80000, 1, 0, 2 | 1 << 8);
	put_unit(1, 1, 0xfed70000, 0, 0, 0);
	put_unit(0x101, 0, base, 3, 0, 3);
	return span_of(builder_finish(&b));
}

static void units_between_devices_and_memory(struct report *r)
{
	struct dmar_unit unit;
	struct span dmar = put_units(0xfed90000);

	report_case(r, span_text("the unit of the rest of the first segment"),
		    dmar_unit(dmar, &unit) && unit.base == 0xfed90000 && unit.bytes == 8192);
	report_case(r, span_text("what another unit has, and what that one has else"),
		    !dmar_has(dmar, 2 << 3 | 1) && dmar_has(dmar, 2 << 3) && dmar_has(dmar, 3 << 3));
	table = (struct device_table){};
	devices_add_dmar(&table, &unit);
	report_case(r, span_text("it is a device, with a message"), has(ELEM(table.device, 0), 0, DEVICE_MEMORY, 0xfed90000, 8192) &&
			has(ELEM(table.device, 0), 1, DEVICE_MESSAGES, 1, 1) &&
			span_equal(device_text(table.device[0].class), span_text("iommu")));
	mspan_put_u8(MSPAN_OF_ARRAY(b.bytes), 56 + 48 + 4, 0);
	report_case(r, span_text("where no unit has the rest, the first one has what it names"),
		    dmar_unit(dmar, &unit) && unit.base == 0xfed80000 && dmar_has(dmar, 2 << 3 | 1) && !dmar_has(dmar, 2 << 3));
	report_case(r, span_text("registers within a page, and such that wrap, are refused"),
		    !dmar_unit(put_units(0xfed90800), &unit) && !dmar_unit(put_units(U64_MAX << 12), &unit) &&
			    !dmar_unit(put_units(0), &unit));
	dmar = put_units(0xfed90000);
	report_case(r, span_text("a table that ends within a unit has it not"),
		    dmar_unit(span_first(dmar, span_len(dmar) - 1), &unit) && unit.base == 0xfed80000 &&
			    !dmar_unit(span_first(dmar, 60), &unit) && !dmar_has(span_first(dmar, 60), 2 << 3));
	bool good = true;

	for (u32 value = 0; value < 256; value++)
		for (usize at = ACPI_HEADER_BYTES; at < span_len(put_units(0xfed90000)); at++) {
			mspan_put_u8(MSPAN_OF_ARRAY(b.bytes), at, (u8)value);
			dmar = span_first(SPAN_OF_ARRAY(b.bytes), b.used);
			if (dmar_unit(dmar, &unit))
				good = good && unit.base % 4096 == 0 && unit.bytes <= 16 * 4096;
			(void)dmar_has(dmar, 2 << 3);
		}
	report_case(r, span_text("any byte may be wrong"), good);
}

/* ---- Arm's units ---- */

static void put_node(u32 kind, u32 bytes, u32 maps, u32 map_at)
{
	builder_put(&b, kind | bytes << 8, 4);
	builder_put(&b, 0, 4);
	builder_put(&b, maps, 4);
	builder_put(&b, map_at, 4);
}

static void put_bridge(u32 segment, u32 from, u32 more, u32 to, u32 whose)
{
	put_node(2, 36 + 20, 1, 36);
	builder_put(&b, 0, 8);
	builder_put(&b, 0, 4);
	builder_put(&b, segment, 4);
	builder_put(&b, 0, 4);
	builder_put(&b, from, 4);
	builder_put(&b, more, 4);
	builder_put(&b, to, 4);
	builder_put(&b, whose, 4);
	builder_put(&b, 0, 4);
}

enum : u32 { UNIT_AT = 48 + 24, UNIT_BYTES = 68 };

/* A node of another kind, the unit, a bridge of another segment, and the bridge. */
static struct span put_iort(u64 base, u32 from, u32 more, u32 to)
{
	builder_begin(&b, span_text("IORT"));
	builder_put(&b, 4, 4);
	builder_put(&b, 48, 4);
	builder_put(&b, 0, 4);
	put_node(0, 24, 0, 0);
	builder_put(&b, 0, 8);
	put_node(4, UNIT_BYTES, 0, 0);
	builder_put(&b, base, 8);
	builder_put(&b, 0, 8);
	builder_put(&b, 0, 8);
	builder_put(&b, 0, 4);
	builder_put(&b, 106, 4);
	builder_put(&b, 0, 4);
	builder_put(&b, 109, 4);
	builder_put(&b, 108, 4);
	builder_put(&b, 0, 8);
	put_bridge(1, 0, 0xff, 0, UNIT_AT);
	put_bridge(0, from, more, to, UNIT_AT);
	return span_of(builder_finish(&b));
}

static bool behind(struct span iort, u32 first, u32 count)
{
	struct iort_unit unit;
	struct pci_range range = {};

	if (iort_unit(iort, &unit))
		range = iort_range(iort, &unit);
	return range.first == first && range.count == count;
}

static void arms_units(struct report *r)
{
	struct iort_unit unit;
	struct span iort = put_iort(0x9050000, 0, 0xffff, 0);

	report_case(r, span_text("Arm's unit, its lines, and what is behind it"), iort_unit(iort, &unit) && unit.base == 0x9050000 &&
			unit.lines == 3 && unit.line[0] == 106 && unit.line[2] == 108 && behind(iort, 0, 0x10000));
	table = (struct device_table){};
	devices_add_iort(&table, &unit);
	report_case(r, span_text("it is a device, with wires"), has(ELEM(table.device, 0), 0, DEVICE_MEMORY, 0x9050000, 0x20000) &&
			has(ELEM(table.device, 0), 1, DEVICE_LINE, 106, 1) && table.device[0].resource_count == 4 &&
			span_equal(device_text(table.device[0].class), span_text("iommu")));
	report_case(r, span_text("a part of the functions"), behind(put_iort(0x9050000, 0x100, 0xff, 0x100), 0x100, 0x100));
	report_case(r, span_text("numbers that are not the functions' own are not used, nor such that no function has"),
		    behind(put_iort(0x9050000, 0, 0xffff, 0x10000), 0, 0) && behind(put_iort(0x9050000, 1, 0xffff, 1), 0, 0));
	report_case(r, span_text("registers within a page, and such that wrap"), !iort_unit(put_iort(0x9050800, 0, 1, 0), &unit) &&
			!iort_unit(put_iort(U64_MAX << 12, 0, 1, 0), &unit) && !iort_unit(put_iort(0, 0, 1, 0), &unit));
	bool good = true;

	for (u32 value = 0; value < 256; value++)
		for (usize at = ACPI_HEADER_BYTES; at < span_len(put_iort(0x9050000, 0, 0xffff, 0)); at++) {
			mspan_put_u8(MSPAN_OF_ARRAY(b.bytes), at, (u8)value);
			iort = span_first(SPAN_OF_ARRAY(b.bytes), b.used);
			if (iort_unit(iort, &unit))
				good = good && unit.base % 4096 == 0 && iort_range(iort, &unit).count <= 0x10000;
			if (iort_unit(span_first(iort, at), &unit))
				good = good && iort_range(span_first(iort, at), &unit).count <= 0x10000;
		}
	report_case(r, span_text("any byte of Arm's table may be wrong, and any may be the last"), good);
}

int main(void)
{
	struct report report = {};

	units_between_devices_and_memory(&report);
	arms_units(&report);
	return report_end(&report);
}
