/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices from the functions of PCI. See functions.h.
 */
#include "lib/devices/functions.h"

/* SPEC: PCI Code and ID Assignment Specification 1.11, 1 "Class Codes" */
static struct span class_name(u32 class)
{
	switch (class) {
	case 0x01: return span_text("block");
	case 0x02: return span_text("net");
	case 0x03: return span_text("display");
	case 0x04: return span_text("sound");
	case 0x06: return span_text("bridge");
	case 0x09: return span_text("input");
	case 0x0c: return span_text("bus");
	default: return span_empty();
	}
}

/* SPEC: virtio 1.2, 5 "Device Types" */
struct span virtio_name(u32 number)
{
	switch (number) {
	case 1: return span_text("virtio-net");
	case 2: return span_text("virtio-block");
	case 3: return span_text("virtio-console");
	case 4: return span_text("virtio-rng");
	case 8: return span_text("virtio-scsi");
	case 9: return span_text("virtio-9p");
	case 16: return span_text("virtio-gpu");
	case 18: return span_text("virtio-input");
	default: return span_empty();
	}
}

enum : u32 { VIRTIO_VENDOR = 0x1af4, VIRTIO_FIRST = 0x1000, VIRTIO_NEW_FIRST = 0x1040, VIRTIO_END = 0x1080 };

bool functions_is_virtio(const struct pci_function *f)
{
	return f->vendor == VIRTIO_VENDOR && f->device >= VIRTIO_FIRST && f->device < VIRTIO_END;
}

/* SPEC: virtio 1.2, 4.1.2 "PCI Device Discovery": older numbers have the type in the subsystem. */
static struct span virtio_of(const struct pci_function *f)
{
	if (!functions_is_virtio(f))
		return span_empty();
	return virtio_name(f->device >= VIRTIO_NEW_FIRST ? f->device - VIRTIO_NEW_FIRST : f->subsystem >> 16);
}

static void add_names(struct device_table *table, struct device *device, const struct pci_function *f)
{
	TEXT_BUFFER(name, DEVICE_NAME_BYTES);

	device_add_name(table, device, virtio_of(f));
	text_add(&name, "pci");
	text_add_hex_digits(&name, f->vendor, 4);
	text_add(&name, ",");
	text_add_hex_digits(&name, f->device, 4);
	device_add_name(table, device, text_span(&name));
	text_clear(&name);
	text_add(&name, "pciclass,");
	text_add_hex_digits(&name, f->class_code, 6);
	device_add_name(table, device, text_span(&name));
}

static void add_bar(struct device_table *table, struct device *device, const struct pci_host *host, const struct pci_bar *bar)
{
	u64 at = bar->address, end;

	if (bar->kind == PCI_BAR_NONE || bar->address == 0 || ckd_add(&end, bar->address, bar->bytes))
		return;
	if (bar->kind == PCI_BAR_PORTS && host->ports.bytes == 0)
		device_add_resource(table, device, DEVICE_PORTS, at, bar->bytes);
	else if (bar->kind == PCI_BAR_PORTS && pci_physical(&host->ports, bar->address, bar->bytes, &at))
		device_add_resource(table, device, DEVICE_MEMORY, at, bar->bytes);
	/* WHY as it is where no window has it: firmware that gave the place knows more windows than the tables tell. */
	else if (bar->kind == PCI_BAR_MEMORY && (pci_physical(&host->memory, bar->address, bar->bytes, &at) || at == bar->address))
		device_add_resource(table, device, DEVICE_MEMORY, at, bar->bytes);
}

static void set_place(struct device *device, u32 function)
{
	struct text place = text_on(mspan_first(MSPAN_OF_ARRAY(device->place), DEVICE_PLACE_BYTES - 1));

	text_add(&place, "pci ");
	text_add_hex_digits(&place, function >> 8, 2);
	text_add(&place, ":");
	text_add_hex_digits(&place, function >> 3 & 0x1f, 2);
	text_add(&place, ".");
	text_add_u64(&place, function & 7);
}

static void add_function(struct device_table *table, const struct pci_host *host, const struct pci_function *f)
{
	struct device *device = devices_add(table);

	set_place(device, f->function);
	add_names(table, device, f);
	for (u32 i = 0; i < PCI_BARS_MAX && !f->bridge; i++)
		add_bar(table, device, host, ELEM(f->bar, i));
	if (f->line != PCI_NO_LINE)
		device_add_resource(table, device, DEVICE_LINE, f->line, 1);
	if (!f->bridge)
		device_add_resource(table, device, DEVICE_CONFIG,
			host->ecam + (u64)(f->function - (host->first_bus << 8)) * PCI_FUNCTION_BYTES, PCI_FUNCTION_BYTES);
	if (f->messages != 0)
		device_add_resource(table, device, DEVICE_MESSAGES, 1, f->messages);
	if (f->active)
		device_add_resource(table, device, DEVICE_ACTIVE, 0, 1);
	if (f->stop != 0)
		device_add_resource(table, device, DEVICE_STOP, f->stop, 1);
	/* WHY another kind behind bridges: some ask in their own name for whoever is behind them. */
	if (!f->bridge && !f->past && f->way - host->behind.first < host->behind.count)
		device_add_resource(table, device, f->way == f->function ? DEVICE_REQUESTER : DEVICE_BEHIND, f->way, 1);
	device_classify(device);
	if (span_equal(device_text(device->class), span_text("other")) && span_len(class_name(f->class_code >> 16)) != 0)
		mspan_set_text(MSPAN_OF_ARRAY(device->class), class_name(f->class_code >> 16));
}

void devices_add_functions(struct device_table *table, const struct pci_host *host, const struct pci_found *found)
{
	for (u32 i = 0; i < found->count; i++)
		add_function(table, host, ELEM(found->function, i));
	table->left_out += found->left_out;
}
