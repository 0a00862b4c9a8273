/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices that the tables' byte code names statically. See described.h. What looks like a device is one only
 * if everything about it fits; bytes that happen to look like one do no harm but to be listed.
 */
#include "lib/devices/aml.h"
#include "lib/devices/described.h"

enum : u64 { BODY_MAX = 4096 };
enum : u32 { STATUS_PRESENT = 1 };

/* ---- resources. SPEC: 6.4.2 "Small Resource Data Type", 6.4.3 "Large Resource Data Type" ---- */

static void add(struct acpi_device *out, enum acpi_resource_kind kind, u64 base, u64 count)
{
	if (count != 0 && out->resource_count < ACPI_RESOURCES_MAX)
		*ELEM(out->resource, out->resource_count++) = (struct acpi_resource){ kind, base, count };
}

static void add_lines(struct acpi_device *out, u32 mask)
{
	for (u32 line = 0; line < 16; line++)
		if ((mask >> line & 1) != 0)
			add(out, ACPI_RESOURCE_LINE, line, 1);
}

static void read_small(struct acpi_device *out, u32 type, struct span item)
{
	enum : u32 { LINES = 4, PORTS = 8, FIXED_PORTS = 9 };

	if (type == LINES && span_len(item) >= 2)
		add_lines(out, span_le16(item, 0));
	else if (type == PORTS && span_len(item) >= 7)
		add(out, ACPI_RESOURCE_PORTS, span_le16(item, 1), span_u8(item, 6));
	else if (type == FIXED_PORTS && span_len(item) >= 3)
		add(out, ACPI_RESOURCE_PORTS, span_le16(item, 0) & 0x3ff, span_u8(item, 2));
}

static void read_large(struct acpi_device *out, u32 type, struct span item)
{
	enum : u32 { FIXED_MEMORY = 6, LINES = 9 };

	if (type == FIXED_MEMORY && span_len(item) >= 9)
		add(out, ACPI_RESOURCE_MEMORY, span_le32(item, 1), span_le32(item, 5));
	else if (type == LINES && span_len(item) >= 6 && span_u8(item, 1) != 0)
		add(out, ACPI_RESOURCE_LINE, span_le32(item, 2), 1);
}

static void read_current(struct span body, struct acpi_device *out)
{
	struct span list = aml_buffer(aml_value(body, span_text("_CRS")));
	struct aml_resource item;

	while (aml_next_resource(&list, &item)) {
		if (item.large)
			read_large(out, item.type, item.bytes);
		else
			read_small(out, item.type, item.bytes);
	}
}

/* ---- devices ---- */

/* Without a status it is there. A status that has to be computed is not known. */
static bool is_present(struct span body)
{
	if (span_find_text(body, span_text("_STA")) == span_len(body))
		return true;
	return (aml_value_number(body, span_text("_STA"), 0) & STATUS_PRESENT) != 0;
}

static bool read_device(const struct aml_device *device, struct acpi_device *out)
{
	const u8 nested[] = { AML_EXTENDED, AML_DEVICE };
	struct span body = device->body, uid = aml_value(body, span_text("_UID"));

	*out = (struct acpi_device){};
	if (span_find_text(body, SPAN_OF_ARRAY(nested)) != span_len(body) || !is_present(body) || !aml_id(body, &out->id))
		return false;
	mspan_set_text(MSPAN_OF_ARRAY(out->name), device->name);
	out->has_uid = aml_take_number(&uid, &out->uid);
	read_current(body, out);
	return true;
}

bool acpi_next_described(struct span aml, u64 *at, struct acpi_device *out)
{
	struct aml_device device;

	while (aml_next_device(aml, at, BODY_MAX, &device))
		if (read_device(&device, out))
			return true;
	return false;
}
