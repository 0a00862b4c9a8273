/* SPDX-License-Identifier: Apache-2.0
 *
 * Host bridges of PCI as the tables' byte code names them statically: which interrupt line a pin is, and where ports
 * appear in memory. See tables.h.
 *
 * SPEC: ACPI 6.5, 6.2.13 "_PRT", 6.1.5 "_HID", 6.5.5 "_BBN", 6.5.6 "_SEG", 6.4.3.5 "Address Space Resource Descriptors".
 */
#include "lib/devices/aml.h"
#include "lib/devices/tables.h"

enum : u64 { HOST_BODY_MAX = 16384 };
enum : u32 { SLOT_SHIFT = 11, SLOT_MASK = 0x1f };

/* ---- lines ---- */

bool acpi_is_link(const struct acpi_device *device)
{
	return span_equal(span_until_zero(SPAN_OF_ARRAY(device->id)), span_text("PNP0C0F"));
}

/* The line of the link device with the name. */
static bool line_of_link(struct span aml, struct span name, u32 *line)
{
	struct acpi_device link;
	u64 at = 0;

	while (acpi_next_described(aml, &at, &link)) {
		if (!acpi_is_link(&link) || !span_equal(span_until_zero(SPAN_OF_ARRAY(link.name)), name))
			continue;
		if (link.resource_count == 0 || link.resource[0].kind != ACPI_RESOURCE_LINE)
			return false;
		*line = (u32)link.resource[0].base;
		return true;
	}
	return false;
}

/* A source that is 0 makes the index the line itself. A link is looked for near the bridge first. */
static bool read_source(struct span aml, struct span host, struct span rest, u32 *line)
{
	struct span name;
	u32 none = 0;

	if (span_len(rest) != 0 && span_u8(rest, 0) == AML_ZERO)
		return aml_take_number(&rest, &none) && aml_take_number(&rest, line);
	return aml_take_name(&rest, &name) && (line_of_link(host, name, line) || line_of_link(aml, name, line));
}

/* Four parts: the device's address with all its functions, the pin from 0 on, the source and its index. */
static bool read_route(struct span aml, struct span host, struct span route, struct pci_pin *out)
{
	enum : u32 { PARTS = 4, ALL_FUNCTIONS = 0xffff, PINS = 4 };
	u32 address = 0;

	if (span_len(route) == 0 || span_u8(route, 0) != PARTS)
		return false;
	route = span_from(route, 1);
	if (!aml_take_number(&route, &address) || (address & ALL_FUNCTIONS) != ALL_FUNCTIONS || address >> 16 > SLOT_MASK ||
	    !aml_take_number(&route, &out->pin) || out->pin >= PINS)
		return false;
	out->device = (address >> 16) << SLOT_SHIFT;
	out->pin++;
	return read_source(aml, host, route, &out->line);
}

static void read_routes(struct span aml, struct span host, struct pci_host *out)
{
	struct span value = aml_value(host, span_text("_PRT")), routes, route;
	u8 kind = span_len(value) != 0 ? span_u8(value, 0) : 0;

	out->pin_mask = SLOT_MASK << SLOT_SHIFT;
	if (kind != AML_PACKAGE && kind != AML_VARIABLE_PACKAGE)
		return;
	u32 count = 0;

	value = span_from(value, 1);
	if (!aml_take_package(&value, &routes) || span_len(routes) == 0)
		return;
	if (kind == AML_PACKAGE)
		routes = span_from(routes, 1);
	else if (!aml_take_number(&routes, &count))
		return;
	while (out->pin_count < PCI_PINS_MAX && span_len(routes) != 0 && span_u8(routes, 0) == AML_PACKAGE) {
		struct pci_pin pin = {};

		routes = span_from(routes, 1);
		if (!aml_take_package(&routes, &route))
			return;
		if (read_route(aml, host, route, &pin))
			*ELEM(out->pin, out->pin_count++) = pin;
	}
}

/* ---- ports ---- */

/* WHY by the distance: ports that appear in memory lie elsewhere there; those of the processor are where they are. */
static void read_window(const struct aml_resource *item, struct pci_host *out)
{
	enum : u32 { DWORDS = 7, WORDS = 8, QWORDS = 10, PORTS = 1, HEAD = 3 };
	u32 width = item->type == DWORDS ? 4 : item->type == QWORDS ? 8 : 2;
	u64 end;

	if (!item->large || (item->type != DWORDS && item->type != WORDS && item->type != QWORDS) ||
	    !span_has(item->bytes, 0, HEAD + 5 * width) || span_u8(item->bytes, 0) != PORTS)
		return;
	struct pci_window window = { .bus = span_le(item->bytes, HEAD + width, width),
		.bytes = span_le(item->bytes, HEAD + 4 * width, width) };
	u64 distance = span_le(item->bytes, HEAD + 3 * width, width);

	if (distance != 0 && !ckd_add(&window.physical, window.bus, distance) && !ckd_add(&end, window.bus, window.bytes) &&
	    !ckd_add(&end, window.physical, window.bytes))
		out->ports = window;
}

static void read_windows(struct span host, struct pci_host *out)
{
	struct span list = aml_buffer(aml_value(host, span_text("_CRS")));
	struct aml_resource item;

	while (aml_next_resource(&list, &item))
		read_window(&item, out);
}

/* ---- host bridges ---- */

static bool is_host(struct span body, const struct acpi_ecam *ecam)
{
	char id[9] = {};

	if (!aml_id(body, &id))
		return false;
	struct span name = span_until_zero(SPAN_OF_ARRAY(id));

	return (span_equal(name, span_text("PNP0A08")) || span_equal(name, span_text("PNP0A03"))) &&
	       aml_value_number(body, span_text("_SEG"), 0) == ecam->segment &&
	       aml_value_number(body, span_text("_BBN"), 0) == ecam->first_bus;
}

bool acpi_describe_host(struct span aml, const struct acpi_ecam *ecam, struct pci_host *out)
{
	struct aml_device device;
	u64 at = AML_HEADER_BYTES;

	while (aml_next_device(aml, &at, HOST_BODY_MAX, &device)) {
		if (!is_host(device.body, ecam))
			continue;
		read_routes(aml, device.body, out);
		read_windows(device.body, out);
		return true;
	}
	return false;
}
