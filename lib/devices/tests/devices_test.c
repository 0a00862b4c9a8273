/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of lib/devices: the table and its hostile readers, ACPI's static devices, device trees, PCI functions.
 */
#include "lib/acpi/acpi.h"
#include "lib/acpi/tests/builder.h"
#include "lib/devices/described.h"
#include "lib/devices/functions.h"
#include "lib/devices/resets.h"
#include "lib/devices/tables.h"
#include "lib/devices/trees.h"
#include "lib/elf/tests/report.h"
#include "lib/fdt/tests/builder.h"

static struct device_table table;
static struct device device;
static struct builder b;
static struct tree_builder tree;
static struct pci_host host;

static struct span shared(void)
{
	table.magic = DEVICES_MAGIC;
	table.version = DEVICES_VERSION;
	return SPAN_OF_STRUCT(table);
}

static bool has(const struct device *d, u32 index, enum device_resource_kind kind, u64 base, u64 count)
{
	const struct device_resource *r = ELEM(d->resource, index);

	return index < d->resource_count && r->kind == kind && r->base == base && r->count == count;
}

/* ---- the table ---- */

static struct device *add(struct span name, u64 base)
{
	struct device *d = devices_add(&table);

	device_add_name(&table, d, name);
	device_add_resource(&table, d, DEVICE_MEMORY, base, 0x100);
	device_classify(d);
	return d;
}

static void numbers_are_given_within_a_class(struct report *r)
{
	table = (struct device_table){};
	add(span_text("ns16550a"), 0x1000)->number = 1;
	(void)add(span_text("arm,pl011"), 0x2000);
	add(span_text("PNP0501"), 0x3000)->number = 1;
	(void)add(span_text("unheard of"), 0x4000);
	devices_number(&table);
	report_case(r, span_text("a number that is claimed stays, others get the lowest free"),
		    table.device[0].number == 1 && table.device[1].number == 0 && table.device[2].number == 2 &&
			    table.device[3].number == 0);
	report_case(r, span_text("a device is found by class and number"),
		    devices_find(shared(), span_text("serial"), 0, &device) && device_is(&device, span_text("arm,pl011")) &&
			    !devices_find(shared(), span_text("serial"), 3, &device));
	report_case(r, span_text("what is not known is of another class"),
		    devices_find(shared(), span_text("other"), 0, &device));
}

static void pages_of_two_are_marked(struct report *r)
{
	table = (struct device_table){};
	(void)add(span_text("a"), 0x1000);
	(void)add(span_text("b"), 0x1f80);
	(void)add(span_text("c"), 0x3000);
	device_add_resource(&table, ELEM(table.device, 0), DEVICE_LINE, 9, 1);
	device_add_resource(&table, ELEM(table.device, 2), DEVICE_LINE, 9, 1);
	device_add_resource(&table, ELEM(table.device, 1), DEVICE_LINE, 8, 1);
	devices_mark_shared(&table);
	report_case(r, span_text("a line of two is marked"),
		    table.device[0].resource[1].shared == 1 && table.device[2].resource[1].shared == 1 &&
			    table.device[1].resource[1].shared == 0);
	report_case(r, span_text("registers in one page are marked, on both sides"),
		    table.device[0].resource[0].shared == 1 && table.device[1].resource[0].shared == 1 &&
			    table.device[2].resource[0].shared == 0);
}

static void what_has_no_room_is_counted(struct report *r)
{
	table = (struct device_table){};
	for (u32 i = 0; i < DEVICES_MAX + 3; i++)
		(void)add(span_text("a"), 0x1000ull * i);
	for (u32 i = 0; i < 9; i++)
		device_add_name(&table, ELEM(table.device, 0), span_text("x"));
	device_add_name(&table, ELEM(table.device, 1), span_text("a name that is longer than its place is"));
	report_case(r, span_text("what has no room is left out, and counted"),
		    table.count == DEVICES_MAX && table.left_out == 3 + 4 + 1);
}

static bool stopped_at(u64 base, u64 count)
{
	struct device_resource stop;

	table = (struct device_table){};
	device_add_resource(&table, add(span_text("ns16550a"), 0x1000), DEVICE_STOP, base, count);
	return devices_read(shared(), 0, &device) && device_stop(&device, &stop) && stop.base == base && stop.count == count;
}

static void devices_are_stopped_by_their_own_registers(struct report *r)
{
	struct device_resource stop;

	report_case(r, span_text("a register that stops a device is found"), stopped_at(0x1014, 1) && stopped_at(0x10fc, 4));
	report_case(r, span_text("not one that is another's, or in part"),
		    !stopped_at(0x1100, 1) && !stopped_at(0xfff, 1) && !stopped_at(0x10fe, 4) && !stopped_at(0xfffffffc, 4));
	report_case(r, span_text("nor of another width, or across words"), !stopped_at(0x1010, 2) && !stopped_at(0x1012, 4));
	table = (struct device_table){};
	(void)add(span_text("ns16550a"), 0x1000);
	report_case(r, span_text("most devices have none"), devices_read(shared(), 0, &device) && !device_stop(&device, &stop));
}

static void resets_are_asked_for_and_told(struct report *r)
{
	static u8 pages[DEVICES_SHARED_BYTES];
	struct mspan both = MSPAN_OF_ARRAY(pages);
	const u32 last = DEVICES_MAX - 1;
	struct pci_kept kept = { .express = 0x80, .count = 1 }, again;

	kept.word[0] = (struct pci_kept_word){ .at = 0x10, .value = 0xfe000000 };
	resets_keep(both, last, &kept);
	report_case(r, span_text("none is asked for at first"),
		    resets_state(both, last) == RESET_NEVER && resets_wanted(both, last) == 0);
	resets_ask(both, last, RESET_STOP);
	resets_ask(both, last, RESET_WHOLE);
	report_case(r, span_text("one that is under way is asked for once"),
		    resets_wanted(both, last) == 1 && resets_how(both, last) == RESET_STOP &&
			    resets_state(both, last) == RESET_UNDER_WAY && resets_wanted(both, last - 1) == 0);
	resets_tell(both, last, 1, false);
	report_case(r, span_text("once told it is done"), resets_state(both, last) == RESET_DONE && resets_wanted(both, last) == 0);
	resets_ask(both, last, RESET_WHOLE);
	resets_tell(both, last, 1, true);
	report_case(r, span_text("word of another than was asked for is none"), resets_state(both, last) == RESET_UNDER_WAY);
	resets_tell(both, last, 2, true);
	report_case(r, span_text("one that failed is told"), resets_state(both, last) == RESET_FAILED);
	again = resets_kept(both, last);
	report_case(r, span_text("what is put back is kept meanwhile"), span_equal(SPAN_OF_STRUCT(again), SPAN_OF_STRUCT(kept)));
}

static bool reset_at(u64 place)
{
	u32 found = 0;

	table = (struct device_table){};
	device_add_resource(&table, add(span_text("ns16550a"), 0x1000), DEVICE_RESET, place, 1);
	return devices_read(shared(), 0, &device) && device_reset(&device, &found) && found == place;
}

static void places_of_resets_are_within_bounds(struct report *r)
{
	report_case(r, span_text("a place among those there are is read"), reset_at(0) && reset_at(DEVICES_MAX - 1));
	report_case(r, span_text("no other is"), !reset_at(DEVICES_MAX) && !reset_at(1ull << 32));
}

static void tables_that_lie_are_refused(struct report *r)
{
	table = (struct device_table){};
	(void)add(span_text("ns16550a"), 0x1000);
	report_case(r, span_text("a right one is read"), devices_read(shared(), 0, &device) && !devices_read(shared(), 1, &device));
	table.count = U32_MAX;
	report_case(r, span_text("a count beyond the table is not believed"), devices_count(shared()) == DEVICES_MAX);
	table.device[0].resource[0].base = U64_MAX;
	report_case(r, span_text("a range that wraps is refused"), !devices_read(shared(), 0, &device));
	table.device[0].resource[0] = (struct device_resource){ .kind = DEVICE_RESOURCE_KINDS, .count = 1 };
	report_case(r, span_text("a kind that is not known is refused"), !devices_read(shared(), 0, &device));
	table.device[0].resource_count = DEVICE_RESOURCES_MAX + 1;
	report_case(r, span_text("more registers than there is room are refused"), !devices_read(shared(), 0, &device));
	table.device[0].resource_count = 0;
	table.device[0].name_count = U32_MAX;
	report_case(r, span_text("more names too"), !devices_read(shared(), 0, &device));
	table.device[0].name_count = 0;
	mspan_fill(MSPAN_OF_ARRAY(table.device[0].class), 'a');
	report_case(r, span_text("text without end is refused"), !devices_read(shared(), 0, &device));
	table.magic = 0;
	report_case(r, span_text("a table that is not complete has nothing"), devices_count(SPAN_OF_STRUCT(table)) == 0);
	report_case(r, span_text("nor has one that is cut"), devices_count(span_first(shared(), sizeof(table) - 1)) == 0);
}

/* ---- ACPI ---- */

static void put(struct span bytes) { builder_put_text(&b, bytes); }

/* COM2: ports 2f8 to 2ff, line 3. `_STA' as given. */
static void put_serial(struct span status)
{
	static const u8 resources[] = {
		0x11, 0x10, 0x0a, 0x0d, 0x47, 0x01, 0xf8, 0x02, 0xf8, 0x02, 0x00, 0x08, 0x22, 0x08, 0x00, 0x79, 0x00,
	};
	u64 body = 4 + 5 + 5 + 5 + 2 + 5 + span_len(status) + sizeof(resources);

	builder_put(&b, 0x825b, 2);
	builder_put(&b, 0x40 | ((body + 2) & 0xf), 1);
	builder_put(&b, (body + 2) >> 4, 1);
	put(span_text("COM2"));
	put(span_text("\x08_HID"));
	builder_put(&b, 0x0105d0410cull, 5);
	put(span_text("\x08_UID"));
	builder_put(&b, 0x020a, 2);
	put(status);
	put(span_text("\x08_CRS"));
	put(SPAN_OF_ARRAY(resources));
}

static void static_devices_are_read(struct report *r)
{
	table = (struct device_table){};
	builder_begin(&b, span_text("DSDT"));
	builder_put(&b, 0x5b5b5b5b, 4);
	put_serial(span_text("\x08_STA\x0a\x0f"));
	devices_add_aml(&table, span_of(builder_finish(&b)), span_empty());
	const struct device *d = ELEM(table.device, 0);

	report_case(r, span_text("a serial line of the old bus is described"),
		    table.count == 1 && device_is(d, span_text("PNP0501")) && d->number == 1 &&
			    has(d, 0, DEVICE_PORTS, 0x2f8, 8) && has(d, 1, DEVICE_LINE, 3, 1) &&
			    span_equal(device_text(d->class), span_text("serial")) &&
			    span_equal(device_text(d->place), span_text("acpi COM2")));
}

static u32 described_with(struct span status)
{
	table = (struct device_table){};
	builder_begin(&b, span_text("DSDT"));
	put_serial(status);
	devices_add_aml(&table, span_of(builder_finish(&b)), span_empty());
	return table.count;
}

static void what_is_not_there_is_passed_over(struct report *r)
{
	report_case(r, span_text("without a status it is there"), described_with(span_empty()) == 1);
	report_case(r, span_text("a status of nothing"), described_with(span_text("\x08_STA\x0a\x0e")) == 0);
	report_case(r, span_text("a status that would have to be computed"), described_with(span_text("\x14\x08_STA")) == 0);
}

/* A device that tells which line some pins are: 35. */
#define LINK_BODY "\x08_HID\x0dPNP0C0F\0\x08_CRS\x11\x0e\x0a\x0b\x89\x06\x00\x01\x01\x23\x00\x00\x00\x79\x00"
#define LINK "\x5b\x82\x27GSI0" LINK_BODY

static void old_lines_are_translated(struct report *r)
{
	builder_begin(&b, span_text("APIC"));
	builder_put(&b, 0xfee00000, 4);
	builder_put(&b, 1, 4);
	builder_put(&b, 0x0c01, 2);
	builder_put(&b, 0, 2);
	builder_put(&b, 0xfec00000, 4);
	builder_put(&b, 0, 4);
	builder_put(&b, 0x0a02, 2);
	builder_put(&b, 0x0300, 2);
	builder_put(&b, 19, 4);
	builder_put(&b, 0, 2);
	struct span madt = span_of(builder_finish(&b));

	report_case(r, span_text("a line that is led elsewhere"), acpi_isa_line(madt, 3) == 19 && acpi_isa_line(madt, 4) == 4);
	table = (struct device_table){};
	devices_add_madt(&table, madt);
	report_case(r, span_text("interrupt controllers are the kernel's"),
		    table.count == 2 && device_is_kernels(ELEM(table.device, 1)) &&
			    has(ELEM(table.device, 1), 0, DEVICE_MEMORY, 0xfec00000, 4096));
	report_case(r, span_text("a table that ends within an entry"), acpi_isa_line(span_first(madt, span_len(madt) - 1), 3) == 3);
}

static void controllers_of_arm_are_the_kernels(struct report *r)
{
	builder_begin(&b, span_text("APIC"));
	builder_put(&b, 0, 8);
	builder_put(&b, 0x180c, 8);
	builder_put(&b, 0x8000000, 8);
	builder_put(&b, 0, 8);
	builder_put(&b, 0x100e, 4);
	builder_put(&b, 0x80a0000, 8);
	builder_put(&b, 0xf60000, 4);
	table = (struct device_table){};
	devices_add_madt(&table, span_of(builder_finish(&b)));
	report_case(r, span_text("registers of ARM's interrupt controller, and no others are made up"), table.count == 2 &&
			device_is_kernels(ELEM(table.device, 0)) && has(ELEM(table.device, 0), 0, DEVICE_MEMORY, 0x8000000, 0x10000) &&
			device_is_kernels(ELEM(table.device, 1)) && has(ELEM(table.device, 1), 0, DEVICE_MEMORY, 0x80a0000, 0xf60000));
}

static void links_are_no_devices(struct report *r)
{
	builder_begin(&b, span_text("DSDT"));
	put(span_text(LINK));
	table = (struct device_table){};
	devices_add_aml(&table, span_of(builder_finish(&b)), span_empty());
	report_case(r, span_text("a link is no device"), table.count == 0);
}

static void configuration_space_is_found(struct report *r)
{
	struct acpi_ecam ecam;

	builder_begin(&b, span_text("MCFG"));
	builder_put(&b, 0, 8);
	builder_put(&b, 0xb0000000, 8);
	builder_put(&b, 0xff000000, 4);
	builder_put(&b, 0, 4);
	struct span mcfg = span_of(builder_finish(&b));

	report_case(r, span_text("configuration space and its buses"),
		    acpi_ecam(mcfg, 0, &ecam) && ecam.base == 0xb0000000 && ecam.first_bus == 0 && ecam.last_bus == 255);
	report_case(r, span_text("there is one"), !acpi_ecam(mcfg, 1, &ecam) && !acpi_ecam(mcfg, U32_MAX, &ecam));
	mspan_put_le64(MSPAN_OF_ARRAY(b.bytes), 44, U64_MAX << 20);
	report_case(r, span_text("space that wraps is refused"), !acpi_ecam(mcfg, 0, &ecam));
}

/* ---- host bridges by ACPI ---- */

/* `Device (NAME)' with a body; its length always in two bytes. */
static void put_device(struct span name, struct span body)
{
	u64 bytes = 2 + span_len(name) + span_len(body);

	builder_put(&b, 0x825b, 2);
	builder_put(&b, 0x40 | (bytes & 0xf), 1);
	builder_put(&b, bytes >> 4, 1);
	put(name);
	put(body);
}

/* Device 4: its first pin goes by the link, its second is line 40. A part of the third is missing. */
#define ROUTES "\x08_PRT\x12\x2b\x03\x12\x0d\x04\x0c\xff\xff\x04\x00\x00GSI0\x00\x12\x0b\x04\x0c\xff\xff\x04\x00\x01\x00" \
	"\x0a\x28\x12\x0e\x03\x0c\xff\xff\x04\x00\x0a\x02GSI0\x00"
/* Ports 0 to ffff at 3eff0000, and memory, which says nothing new. */
#define WINDOWS "\x08_CRS\x11\x39\x0a\x36\x87\x17\x00\x01\x0c\x03\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0\xff\x3e\0\0\x01\0" \
	"\x87\x17\x00\x00\x0c\x01\0\0\0\0\0\0\0\x10\xff\xff\xfe\x3e\0\0\0\0\0\0\xff\x2e\x79\x00"

/* Between them what a reader has to go by: a region, a method, a field; and a name of another kind with the same letters. */
#define HOST_HEAD "\x08_HID\x0c\x41\xd0\x0a\x08\x08_BBN\x00\x5b\x80REG_\x00\x00\x0a\x08\x14\x0b_OSC\x04\x08_PRT"

static struct span host_table(struct span body)
{
	builder_begin(&b, span_text("DSDT"));
	put_device(span_text("PCI0"), body);
	return span_of(builder_finish(&b));
}

static bool describe(struct span aml, u32 segment, u32 bus)
{
	const struct acpi_ecam ecam = { .segment = segment, .first_bus = bus };

	host = (struct pci_host){};
	return acpi_describe_host(aml, &ecam, &host);
}

static bool has_pin(u32 index, u32 device_at, u32 pin, u32 line)
{
	const struct pci_pin *p = ELEM(host.pin, index);

	return index < host.pin_count && p->device == device_at && p->pin == pin && p->line == line;
}

static void hosts_are_described(struct report *r)
{
	struct span aml = host_table(span_text(HOST_HEAD ROUTES LINK WINDOWS));

	report_case(r, span_text("pins by a link and by their line; what lacks a part is left out"), describe(aml, 0, 0) &&
			host.pin_count == 2 && has_pin(0, 4 << 11, 1, 35) && has_pin(1, 4 << 11, 2, 40) && host.pin_mask == 0xf800);
	report_case(r, span_text("ports that appear in memory"),
		    host.ports.bus == 0 && host.ports.physical == 0x3eff0000 && host.ports.bytes == 0x10000);
	report_case(r, span_text("another's buses are not meant"), !describe(aml, 1, 0) && !describe(aml, 0, 16));
	aml = host_table(span_text(HOST_HEAD "\x14\x06_PRT\x00" LINK));
	report_case(r, span_text("routes that would have to be computed are none"), describe(aml, 0, 0) && host.pin_count == 0);
	builder_begin(&b, span_text("DSDT"));
	put(span_text(LINK));
	put_device(span_text("PCI0"), span_text(HOST_HEAD ROUTES));
	report_case(r, span_text("a link outside the bridge"),
		    describe(span_of(builder_finish(&b)), 0, 0) && has_pin(0, 4 << 11, 1, 35));
	report_case(r, span_text("without windows ports are the processor's"), host.ports.bytes == 0);
}

static void spoilt_hosts_do_no_harm(struct report *r)
{
	bool good = true;

	for (u32 value = 0; value < 256; value++)
		for (usize at = ACPI_HEADER_BYTES; at < 260; at++) {
			struct span aml = host_table(span_text(HOST_HEAD ROUTES LINK WINDOWS));

			mspan_put_u8(MSPAN_OF_ARRAY(b.bytes), at, (u8)value);
			(void)describe(aml, 0, 0);
			good = good && host.pin_count <= PCI_PINS_MAX && host.ports.physical <= U64_MAX - host.ports.bytes;
			(void)describe(span_first(aml, at), 0, 0);
			good = good && host.pin_count <= PCI_PINS_MAX;
		}
	report_case(r, span_text("any byte of a bridge may be wrong, and any may be the last"), good);
}

/* Every single byte of a table may be any other: what is read stays within the bounds of the table. */
static void spoilt_tables_do_no_harm(struct report *r)
{
	bool good = true;

	for (u32 at = 36; at < 100; at++)
		for (u32 value = 0; value < 256; value++) {
			builder_begin(&b, span_text("DSDT"));
			put_serial(span_empty());
			struct span whole = span_of(builder_finish(&b));

			mspan_put_u8(MSPAN_OF_ARRAY(b.bytes), at, (u8)value);
			table = (struct device_table){};
			devices_add_aml(&table, whole, whole);
			devices_add_madt(&table, whole);
			devices_add_hpet(&table, whole);
			good = good && table.count <= 40;
			for (u32 i = 0; i < table.count; i++)
				good = good && ELEM(table.device, i)->resource_count <= DEVICE_RESOURCES_MAX;
		}
	report_case(r, span_text("any byte may be wrong"), good);
}

/* ---- device trees ---- */

enum : u32 { GIC = 7, PLIC = 8, SMMU = 9, SECOND_PLIC = 10, PLIC_LINES = 200, PROCESSOR = 11, EXTERNAL = 9 };

static void put_controller(struct span name, struct span kind, u32 phandle, u32 cells)
{
	tree_node(&tree, name);
	tree_property(&tree, span_text("compatible"), kind);
	tree_cells(&tree, span_text("reg"), 4, 0, 0x8000000, 0, 0x1000);
	tree_cells(&tree, span_text("phandle"), 1, phandle, 0, 0, 0);
	tree_cells(&tree, span_text("#interrupt-cells"), 1, cells, 0, 0, 0);
	tree_cells(&tree, span_text("riscv,ndev"), 1, PLIC_LINES, 0, 0, 0);
	tree_cells(&tree, span_text("interrupts-extended"), 2, PROCESSOR, EXTERNAL, 0, 0);
	tree_end_node(&tree);
}

static void begin_tree(u32 parent)
{
	tree_begin(&tree);
	tree_node(&tree, span_text(""));
	tree_cells(&tree, span_text("#address-cells"), 1, 2, 0, 0, 0);
	tree_cells(&tree, span_text("#size-cells"), 1, 2, 0, 0, 0);
	tree_cells(&tree, span_text("interrupt-parent"), 1, parent, 0, 0, 0);
	put_controller(span_text("gic@8000000"), span_text("arm,gic-v3\0"), GIC, 3);
	put_controller(span_text("plic@c000000"), span_text("sifive,plic-1.0.0\0riscv,plic0\0"), PLIC, 1);
}

static void put_lines(u32 parent, u32 first, u32 second, u32 third)
{
	begin_tree(parent);
	put_controller(span_text("plic@d000000"), span_text("riscv,plic0\0"), SECOND_PLIC, 1);
	tree_node(&tree, span_text("serial@9000000"));
	tree_property(&tree, span_text("compatible"), span_text("arm,pl011\0arm,primecell\0"));
	tree_cells(&tree, span_text("reg"), 4, 0, 0x9000000, 0, 0x1000);
	tree_cells(&tree, span_text("interrupts"), 3, first, second, third, 0);
	tree_end_node(&tree);
	tree_end_node(&tree);
}

static const struct device *read_tree(void)
{
	struct fdt fdt;

	table = (struct device_table){};
	if (fdt_open(span_of(tree_finish(&tree)), &fdt))
		devices_add_tree(&table, &fdt);
	return ELEM(table.device, table.count - 1);
}

static void trees_are_read(struct report *r)
{
	put_lines(GIC, 0, 1, 4);
	const struct device *d = read_tree();

	report_case(r, span_text("a device with its registers and its line"),
		    table.count == 4 && device_is(d, span_text("arm,pl011")) && device_is(d, span_text("arm,primecell")) &&
			    has(d, 0, DEVICE_MEMORY, 0x9000000, 0x1000) && has(d, 1, DEVICE_LINE, 33, 1) && d->resource_count == 2);
	report_case(r, span_text("controllers are the kernel's"), device_is_kernels(ELEM(table.device, 0)));
	put_lines(PLIC, 10, 0, 0);
	report_case(r, span_text("lines of another controller"), has(read_tree(), 1, DEVICE_LINE, 10, 1));
	put_lines(PLIC, PLIC_LINES + 1, 0, 0);
	report_case(r, span_text("lines that it has not are nobody's"), read_tree()->resource_count == 1);
	put_lines(SECOND_PLIC, 10, PLIC_LINES, 0);
	report_case(r, span_text("lines of the second of its kind, as far as the kernel takes them"),
		    has(read_tree(), 1, DEVICE_LINE, PLIC_LINES + 1 + 10, 1) && read_tree()->resource_count == 2 && table.left_out == 1);
	put_lines(GIC, 1, 13, 4);
	report_case(r, span_text("a processor's own line is nobody's"), read_tree()->resource_count == 1);
	put_lines(99, 0, 1, 4);
	report_case(r, span_text("a controller that is not there has no lines"), read_tree()->resource_count == 1);
}

/* 16 entries of which each names a pin; written cell by cell. */
static void put_map(u32 entries)
{
	u8 bytes[16 * 9 * 4] = {};

	for (u32 i = 0; i < entries; i++)
		for (u32 cell = 0; cell < 9; cell++) {
			u32 slot = i / 4 << 11, pin = i % 4 + 1;
			const u32 cells[] = { slot, 0, 0, pin, GIC, 0, 3 + (i / 4 + i % 4) % 4, 4, 0 };
			u32 at = i * 32 + cell * 4;

			if (cell < 8)
				mspan_put_le32(MSPAN_OF_ARRAY(bytes), at, __builtin_bswap32(*ELEM(cells, cell)));
		}
	tree_property(&tree, span_text("interrupt-map"), span_first(SPAN_OF_ARRAY(bytes), entries * 32ull));
}

static void put_windows(void)
{
	const u32 cells[] = { 0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000, 0x2000000, 0, 0x10000000, 0, 0x10000000, 0, 0x2eff0000 };
	u8 bytes[sizeof(cells)];

	for (u32 i = 0; i < ARRAY_LEN(cells); i++)
		mspan_put_le32(MSPAN_OF_ARRAY(bytes), i * 4, __builtin_bswap32(*ELEM(cells, i)));
	tree_property(&tree, span_text("ranges"), SPAN_OF_ARRAY(bytes));
}

static bool read_host(void)
{
	struct fdt fdt;

	return fdt_open(span_of(tree_finish(&tree)), &fdt) && tree_pci_host(&fdt, 0, &host) && !tree_pci_host(&fdt, 1, &host);
}

/* What the next tree says of functions behind a unit. */
static u32 behind_first, behind_to, behind_count = 0x10000, unit_bytes = 0x20000;
static bool unit_is_riscvs;

static void put_host(u32 first, u32 last, u32 entries)
{
	begin_tree(GIC);
	tree_node(&tree, span_text("pcie@10000000"));
	tree_property(&tree, span_text("compatible"), span_text("pci-host-ecam-generic\0"));
	tree_cells(&tree, span_text("reg"), 4, 0x40, 0x10000000, 0, 0x10000000);
	tree_cells(&tree, span_text("bus-range"), 2, first, last, 0, 0);
	put_windows();
	tree_cells(&tree, span_text("interrupt-map-mask"), 4, 0x1800, 0, 0, 7);
	put_map(entries);
	tree_cells(&tree, span_text("iommu-map"), 4, behind_first, SMMU, behind_to, behind_count);
	tree_end_node(&tree);
	tree_node(&tree, span_text("smmuv3@9050000"));
	tree_property(&tree, span_text("compatible"), unit_is_riscvs ? span_text("riscv,iommu\0") : span_text("arm,smmu-v3\0"));
	tree_cells(&tree, span_text("reg"), 4, 0, 0x9050000, 0, unit_bytes);
	tree_cells(&tree, span_text("phandle"), 1, SMMU, 0, 0, 0);
	tree_end_node(&tree);
	tree_end_node(&tree);
}

static void host_bridges_are_read(struct report *r)
{
	struct fdt fdt;

	put_host(0, 255, 16);
	report_case(r, span_text("a host bridge"), fdt_open(span_of(tree_finish(&tree)), &fdt) && tree_pci_host(&fdt, 0, &host) &&
			host.ecam == 0x4010000000 && host.bus_count == 256 && host.pin_count == 16);
	report_case(r, span_text("its windows"), host.ports.physical == 0x3eff0000 && host.ports.bytes == 0x10000 &&
			host.memory.bus == 0x10000000 && host.memory.bytes == 0x2eff0000);
	report_case(r, span_text("its pins"), host.pin[5].device == 0x800 && host.pin[5].pin == 2 && host.pin[5].line == 32 + 5);
	put_host(9, 3, 1);
	report_case(r, span_text("one that contradicts itself has no buses"), fdt_open(span_of(tree_finish(&tree)), &fdt) &&
			tree_pci_host(&fdt, 0, &host) && host.bus_count == 0);
	put_host(0, 255, 0);
	report_case(r, span_text("one without a map has no lines"), read_host() && host.pin_count == 0);
}

static void trees_say_what_is_behind_a_unit(struct report *r)
{
	put_host(0, 255, 1);
	report_case(r, span_text("all functions behind a unit"),
		    read_host() && host.behind.first == 0 && host.behind.count == 0x10000);
	behind_to = 0x10000;
	put_host(0, 255, 1);
	report_case(r, span_text("by numbers that are not their own they are not known"), read_host() && host.behind.count == 0);
	behind_first = behind_to = 0x100;
	put_host(0, 255, 1);
	report_case(r, span_text("nor by such that no function has"), read_host() && host.behind.count == 0);
	behind_first = behind_to = 0;
	unit_bytes = 0;
	put_host(0, 255, 1);
	report_case(r, span_text("a unit without registers is none"), read_host() && host.behind.count == 0);
	unit_bytes = 0x1000;
	unit_is_riscvs = true;
	put_host(0, 255, 1);
	report_case(r, span_text("a unit of RISC-V's"), read_host() && host.behind.count == 0x10000);
	behind_count = 0;
	put_host(0, 255, 1);
	report_case(r, span_text("an entry of no functions is none"), read_host() && host.behind.count == 0);
	behind_count = 0x10000;
}

static void any_cell_of_a_tree_may_be_wrong(struct report *r)
{
	struct fdt fdt;
	bool good = true;

	for (usize at = TREE_STRUCTURE_AT; at < 1100; at += 4)
		for (u32 shift = 0; shift < 32; shift++) {
			put_host(0, 255, 8);
			struct mspan whole = tree_finish(&tree);

			tree_put32(whole, at, 1u << shift);
			table = (struct device_table){};
			if (!fdt_open(span_of(whole), &fdt))
				continue;
			devices_add_tree(&table, &fdt);
			for (u32 i = 0; i < 4 && tree_pci_host(&fdt, i, &host); i++)
				good = good && host.bus_count <= 256 && host.pin_count <= PCI_PINS_MAX &&
				       host.behind.count <= 0x10000;
		}
	report_case(r, span_text("any cell may be wrong"), good && table.count <= DEVICES_MAX);
}

/* ---- PCI ---- */

static void functions_have_numbers(struct report *r, struct pci_found *found)
{
	u32 number = 0;
	struct device_resource stop;

	report_case(r, span_text("without an IOMMU nobody knows a number"), !device_requester(ELEM(table.device, 2), &number));
	host.behind = (struct pci_range){ 0, 0x10000 };
	found->count = 2;
	found->function[1] = found->function[0];
	found->function[1].function |= 1 << 8;
	found->function[0].way = 4 << 3;
	found->function[1].way = 10 << 3;
	table = (struct device_table){};
	devices_add_functions(&table, &host, found);
	report_case(r, span_text("on the first bus an IOMMU knows a function by its number"),
		    device_requester(ELEM(table.device, 0), &number) && number == 4 << 3);
	report_case(r, span_text("behind a bridge it does not, but what is asked there goes by it, too"),
		    !device_requester(ELEM(table.device, 1), &number) && device_translated(ELEM(table.device, 1), &number) &&
			    number == 10 << 3);
	report_case(r, span_text("what was not turned on reaches no memory"), !device_is_active(ELEM(table.device, 0)));
	device_drop_requester(ELEM(table.device, 1));
	report_case(r, span_text("unless it goes past"), !device_translated(ELEM(table.device, 1), &number));
	u32 before = table.device[0].resource_count;

	found->function[0].past = found->function[0].active = true;
	found->function[0].stop = 0x3eff1004;
	devices_add_functions(&table, &host, found);
	report_case(r, span_text("nor what goes past it"), !device_translated(ELEM(table.device, 2), &number));
	report_case(r, span_text("what was turned on may reach memory, and is stopped where that was said"),
		    device_is_active(ELEM(table.device, 2)) && device_stop(ELEM(table.device, 2), &stop) && stop.base == 0x3eff1004);
	device_drop_requester(ELEM(table.device, 0));
	report_case(r, span_text("what goes past the IOMMU has no number, and all else"),
		    !device_requester(ELEM(table.device, 0), &number) && table.device[0].resource_count == before - 1);
}

static void functions_are_described(struct report *r)
{
	static struct pci_found found;

	found = (struct pci_found){ .count = 1 };
	found.function[0] = (struct pci_function){ .function = 4 << 3, .vendor = 0x1b36, .device = 2, .class_code = 0x070002,
		.line = 35, .bar = { { .kind = PCI_BAR_PORTS, .address = 0x1000, .bytes = 8 } } };
	host = (struct pci_host){ .ports = { 0, 0x3eff0000, 0x10000 } };
	table = (struct device_table){};
	devices_add_functions(&table, &host, &found);
	const struct device *d = ELEM(table.device, 0);

	report_case(r, span_text("a serial line on PCI, its ports in memory"),
		    device_is(d, span_text("pciclass,070002")) && device_is(d, span_text("pci1b36,0002")) &&
			    has(d, 0, DEVICE_MEMORY, 0x3eff1000, 8) && has(d, 1, DEVICE_LINE, 35, 1) &&
			    span_equal(device_text(d->place), span_text("pci 00:04.0")));
	host.ports = (struct pci_window){};
	devices_add_functions(&table, &host, &found);
	report_case(r, span_text("its ports as they are"), has(ELEM(table.device, 1), 0, DEVICE_PORTS, 0x1000, 8));
	found.function[0].vendor = 0x1af4;
	found.function[0].device = 0x1005;
	found.function[0].subsystem = 4 << 16;
	devices_add_functions(&table, &host, &found);
	report_case(r, span_text("virtio by its older number"), device_is(ELEM(table.device, 2), span_text("virtio-rng")));
	functions_have_numbers(r, &found);
}

int main(void)
{
	struct report report = {};

	numbers_are_given_within_a_class(&report);
	pages_of_two_are_marked(&report);
	what_has_no_room_is_counted(&report);
	devices_are_stopped_by_their_own_registers(&report);
	resets_are_asked_for_and_told(&report);
	places_of_resets_are_within_bounds(&report);
	tables_that_lie_are_refused(&report);
	static_devices_are_read(&report);
	what_is_not_there_is_passed_over(&report);
	old_lines_are_translated(&report);
	controllers_of_arm_are_the_kernels(&report);
	links_are_no_devices(&report);
	configuration_space_is_found(&report);
	spoilt_tables_do_no_harm(&report);
	hosts_are_described(&report);
	spoilt_hosts_do_no_harm(&report);
	trees_are_read(&report);
	host_bridges_are_read(&report);
	trees_say_what_is_behind_a_unit(&report);
	any_cell_of_a_tree_may_be_wrong(&report);
	functions_are_described(&report);
	return report_end(&report);
}
