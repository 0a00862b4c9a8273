/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices in words.
 */
#include "lib/devices/devices.h"

void device_add_title(struct text *t, const struct device *device)
{
	text_add_span(t, device_text(device->class));
	text_add_u64(t, device->number);
}

static void add_range(struct text *t, const struct device_resource *resource)
{
	text_add_hex(t, resource->base);
	if (resource->count > 1) {
		text_add(t, "-");
		text_add_hex(t, resource->base + resource->count - 1);
	}
}

static void add_resource(struct text *t, const struct device_resource *resource)
{
	switch ((enum device_resource_kind)resource->kind) {
	case DEVICE_MEMORY:
		text_add(t, "memory ");
		add_range(t, resource);

		break;
	case DEVICE_PORTS:
		text_add(t, "ports ");
		add_range(t, resource);
		break;
	case DEVICE_LINE:
		text_add(t, "line ");
		text_add_u64(t, resource->base);
		break;
	case DEVICE_CONFIG:
		text_add(t, "config ");
		text_add_hex(t, resource->base);
		break;
	case DEVICE_MESSAGES:
		text_add(t, "messages ");
		text_add_u64(t, resource->count);
		break;
	case DEVICE_REQUESTER:
		text_add(t, "requester ");
		text_add_hex(t, resource->base);
		break;
	case DEVICE_BEHIND:
		text_add(t, "behind a bridge");
		break;
	case DEVICE_ACTIVE:
		text_add(t, "reaches memory");
		break;
	case DEVICE_STOP:
		text_add(t, "stopped at ");
		text_add_hex(t, resource->base);
		break;
	case DEVICE_RESET:
		text_add(t, "can be reset");
		break;
	case DEVICE_RESOURCE_KINDS: break;
	}
	if (resource->shared != 0)
		text_add(t, " (shared)");
}

static struct span first_name(const struct device *device)
{
	return device->name_count > 0 ? device_text(device->name[0].text) : span_text("-");
}

void device_add_line(struct text *t, const struct device *device)
{
	TEXT_BUFFER(title, 32);

	device_add_title(&title, device);
	text_add_padded(t, text_span(&title), 12);
	text_add(t, " ");
	text_add_padded(t, device_text(device->place), 24);
	text_add(t, " ");
	text_add_padded(t, first_name(device), 24);
	for (u32 i = 0; i < device->resource_count; i++) {
		text_add_span(t, i == 0 ? span_text(" ") : span_text(", "));
		add_resource(t, ELEM(device->resource, i));
	}
	text_add(t, "\n");
}

void device_add_details(struct text *t, const struct device *device)
{
	text_add_field(t, span_text("class"), device_text(device->class));
	text_add_field_u64(t, span_text("number"), device->number);
	text_add_field(t, span_text("place"), device_text(device->place));
	for (u32 i = 0; i < device->name_count; i++)
		text_add_field(t, span_text("name"), device_text(ELEM(device->name, i)->text));
	for (u32 i = 0; i < device->resource_count; i++) {
		TEXT_BUFFER(value, 64);

		add_resource(&value, ELEM(device->resource, i));
		text_add_field(t, span_text("has"), text_span(&value));
	}
}
