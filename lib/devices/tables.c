/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from ACPI's tables. See tables.h.
 */
#include "lib/devices/tables.h"
#include "lib/devices/aml.h"

static void add_kernels(struct device_table *table, struct span name, u64 address, u64 bytes)
{
	struct device *device = devices_add(table);

	mspan_set_text(MSPAN_OF_ARRAY(device->place), span_text("acpi"));
	device_add_name(table, device, name);
	device_add_resource(table, device, DEVICE_MEMORY, address, bytes);
	device_classify(device);
}

void devices_add_madt(struct device_table *table, struct span madt)
{
	u64 address, bytes, end;

	if (acpi_local_apic(madt, &address))
		add_kernels(table, span_text("acpi,local-apic"), address, PAGE_BYTES);
	for (u32 i = 0; acpi_ioapic(madt, i, &address); i++)
		add_kernels(table, span_text("acpi,ioapic"), address, PAGE_BYTES);
	for (u32 i = 0; acpi_gic(madt, i, &address, &bytes); i++)
		if (bytes != 0 && !ckd_add(&end, address, bytes))
			add_kernels(table, span_text("acpi,gic"), address, bytes);
}

void devices_add_hpet(struct device_table *table, struct span hpet)
{
	u64 address;

	if (acpi_hpet(hpet, &address))
		add_kernels(table, span_text("acpi,hpet"), address, 1024);
}

static void add_described(struct device_table *table, const struct acpi_device *described, struct span madt)
{
	struct device *device = devices_add(table);
	struct text place = text_on(mspan_first(MSPAN_OF_ARRAY(device->place), DEVICE_PLACE_BYTES - 1));

	text_add(&place, "acpi ");
	text_add_span(&place, span_until_zero(SPAN_OF_ARRAY(described->name)));
	device_add_name(table, device, span_until_zero(SPAN_OF_ARRAY(described->id)));
	for (u32 i = 0; i < described->resource_count; i++) {
		const struct acpi_resource *r = ELEM(described->resource, i);

		switch (r->kind) {
		case ACPI_RESOURCE_MEMORY: device_add_resource(table, device, DEVICE_MEMORY, r->base, r->count); break;
		case ACPI_RESOURCE_PORTS: device_add_resource(table, device, DEVICE_PORTS, r->base, r->count); break;
		case ACPI_RESOURCE_LINE: device_add_resource(table, device, DEVICE_LINE, acpi_isa_line(madt, (u32)r->base), 1); break;
		}
	}
	device_classify(device);
	/* WHY only these: COM1 is number 0 whether or not there is another. */
	if (span_equal(device_text(device->class), span_text("serial")) && described->has_uid && described->uid != 0 &&
	    described->uid <= DEVICES_MAX)
		device->number = described->uid - 1;
}

void devices_add_aml(struct device_table *table, struct span aml, struct span madt)
{
	struct acpi_device described;
	u64 at = AML_HEADER_BYTES;

	while (acpi_next_described(aml, &at, &described))
		if (described.resource_count != 0 && !acpi_is_link(&described))
			add_described(table, &described, madt);
}
