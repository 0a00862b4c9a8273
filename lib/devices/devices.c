/* SPDX-License-Identifier: Apache-2.0
 *
 * Making the table, and reading it. See devices.h.
 */
#include "lib/devices/devices.h"
#include "lib/base/addr.h"

enum : u64 { HEAD_BYTES = 16 };
static_assert(sizeof(struct device_table) == HEAD_BYTES + DEVICES_MAX * sizeof(struct device));

/* ---- making it ---- */

static struct device spare; /* for what has no room */

struct device *devices_add(struct device_table *table)
{
	struct device *device = &spare;

	if (table->count < DEVICES_MAX)
		device = ELEM(table->device, table->count++);
	else
		table->left_out++;
	*device = (struct device){ .number = DEVICE_NUMBER_NONE };
	return device;
}

void devices_drop_last(struct device_table *table)
{
	if (table->count > 0)
		table->count--;
}

void device_add_name(struct device_table *table, struct device *device, struct span name)
{
	if (span_len(name) == 0)
		return;
	if (device->name_count < DEVICE_NAMES_MAX && span_len(name) < DEVICE_NAME_BYTES)
		mspan_set_text(MSPAN_OF_ARRAY(ELEM(device->name, device->name_count++)->text), name);
	else
		table->left_out++;
}

void device_add_resource(struct device_table *table, struct device *device, enum device_resource_kind kind, u64 base, u64 count)
{
	if (device->resource_count < DEVICE_RESOURCES_MAX && (kind != DEVICE_LINE || base < DEVICE_LINES_MAX))
		*ELEM(device->resource, device->resource_count++) =
			(struct device_resource){ .kind = kind, .base = base, .count = count };
	else
		table->left_out++;
}

void device_drop_requester(struct device *device)
{
	u32 kept = 0;

	for (u32 i = 0; i < device->resource_count; i++)
		if (ELEM(device->resource, i)->kind != DEVICE_REQUESTER && ELEM(device->resource, i)->kind != DEVICE_BEHIND)
			*ELEM(device->resource, kept++) = *ELEM(device->resource, i);
	device->resource_count = kept;
}

static bool taken(const struct device_table *table, u32 before, const struct device *device, u32 number)
{
	for (u32 i = 0; i < before; i++) {
		const struct device *other = ELEM(table->device, i);

		if (other->number == number && other != device &&
		    span_equal(device_text(other->class), device_text(device->class)))
			return true;
	}
	return false;
}

void devices_number(struct device_table *table)
{
	for (u32 i = 0; i < table->count; i++) {
		struct device *device = ELEM(table->device, i);

		if (device->number != DEVICE_NUMBER_NONE && taken(table, i, device, device->number))
			device->number = DEVICE_NUMBER_NONE;
	}
	for (u32 i = 0; i < table->count; i++) {
		struct device *device = ELEM(table->device, i);
		u32 number = 0;

		if (device->number != DEVICE_NUMBER_NONE)
			continue;
		while (taken(table, table->count, device, number))
			number++;
		device->number = number;
	}
}

static u64 first_page(const struct device_resource *r) { return r->base >> PAGE_SHIFT; }
static u64 last_page(const struct device_resource *r) { return (r->base + r->count - 1) >> PAGE_SHIFT; }

static bool same_page(const struct device_resource *a, const struct device_resource *b)
{
	return first_page(a) <= last_page(b) && first_page(b) <= last_page(a);
}

static bool same(const struct device_resource *a, const struct device_resource *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == DEVICE_MEMORY ? same_page(a, b) : a->kind == DEVICE_LINE && a->base == b->base;
}

static bool shares(const struct device_table *table, u32 own, const struct device_resource *resource)
{
	for (u32 i = 0; i < table->count; i++)
		for (u32 r = 0; i != own && r < ELEM(table->device, i)->resource_count; r++)
			if (same(resource, ELEM(ELEM(table->device, i)->resource, r)))
				return true;
	return false;
}

void devices_mark_shared(struct device_table *table)
{
	for (u32 i = 0; i < table->count; i++)
		for (u32 r = 0; r < ELEM(table->device, i)->resource_count; r++) {
			struct device_resource *resource = ELEM(ELEM(table->device, i)->resource, r);

			resource->shared = shares(table, i, resource) ? 1 : 0;
		}
}

/* ---- reading it ---- */

bool devices_complete(struct span shared)
{
	return span_len(shared) >= sizeof(struct device_table) && span_u32(shared, 0) == DEVICES_MAGIC &&
	       span_u32(shared, 4) == DEVICES_VERSION;
}

u32 devices_count(struct span shared)
{
	return devices_complete(shared) ? (u32)min_u64(span_u32(shared, 8), DEVICES_MAX) : 0;
}

/* Ends, and holds what a person can read. */
static bool text_good(struct span field)
{
	struct span text = span_until_zero(field);

	for (usize i = 0; i < span_len(text); i++)
		if (!ascii_is_print(span_u8(text, i)))
			return false;
	return span_len(text) < span_len(field);
}

static bool resource_good(const struct device_resource *resource)
{
	u64 end;

	return resource->kind < DEVICE_RESOURCE_KINDS && resource->shared <= 1 && resource->count != 0 &&
	       !ckd_add(&end, resource->base, resource->count);
}

/* WHY among its own: who writes there is not to be led to another's. */
static bool stop_good(const struct device *device, const struct device_resource *stop)
{
	if ((stop->count != 1 && stop->count != 4) || stop->base % stop->count != 0)
		return false;
	for (u32 i = 0; i < device->resource_count; i++) {
		const struct device_resource *r = ELEM(device->resource, i);

		if (r->kind == DEVICE_MEMORY && stop->base >= r->base && stop->base + stop->count <= r->base + r->count)
			return true;
	}
	return false;
}

static bool device_good(const struct device *device)
{
	if (!text_good(SPAN_OF_ARRAY(device->class)) || !text_good(SPAN_OF_ARRAY(device->place)) ||
	    device->name_count > DEVICE_NAMES_MAX || device->resource_count > DEVICE_RESOURCES_MAX)
		return false;
	for (u32 i = 0; i < device->name_count; i++)
		if (!text_good(SPAN_OF_ARRAY(ELEM(device->name, i)->text)))
			return false;
	for (u32 i = 0; i < device->resource_count; i++)
		if (!resource_good(ELEM(device->resource, i)))
			return false;
	for (u32 i = 0; i < device->resource_count; i++)
		if (ELEM(device->resource, i)->kind == DEVICE_STOP && !stop_good(device, ELEM(device->resource, i)))
			return false;
	return true;
}

bool devices_read(struct span shared, u32 index, struct device *out)
{
	if (index >= devices_count(shared))
		return false;
	u64 at = HEAD_BYTES + (u64)index * sizeof(struct device);

	span_copy(MSPAN_OF_STRUCT(*out), span_part(shared, at, sizeof(*out)));
	return device_good(out);
}

bool devices_find(struct span shared, struct span class, u32 number, struct device *out)
{
	u32 count = devices_count(shared);

	for (u32 i = 0; i < count; i++)
		if (devices_read(shared, i, out) && out->number == number && span_equal(device_text(out->class), class))
			return true;
	return false;
}

static bool first_of(const struct device *device, u32 kind, struct device_resource *out)
{
	for (u32 i = 0; i < min_u64(device->resource_count, DEVICE_RESOURCES_MAX); i++) {
		*out = *ELEM(device->resource, i);
		if (out->kind == kind)
			return true;
	}
	return false;
}

static bool number_as(const struct device *device, u32 kind, u32 *out)
{
	struct device_resource found = {};
	bool there = first_of(device, kind, &found);

	*out = (u32)found.base;
	return there && found.base <= U32_MAX;
}

bool device_is_active(const struct device *device)
{
	struct device_resource unused;

	return first_of(device, DEVICE_ACTIVE, &unused);
}

bool device_stop(const struct device *device, struct device_resource *out) { return first_of(device, DEVICE_STOP, out); }

bool device_reset(const struct device *device, u32 *place)
{
	return number_as(device, DEVICE_RESET, place) && *place < DEVICES_MAX;
}

bool device_requester(const struct device *device, u32 *out) { return number_as(device, DEVICE_REQUESTER, out); }

bool device_translated(const struct device *device, u32 *out)
{
	return number_as(device, DEVICE_REQUESTER, out) || number_as(device, DEVICE_BEHIND, out);
}

bool device_is(const struct device *device, struct span name)
{
	for (u32 i = 0; i < min_u64(device->name_count, DEVICE_NAMES_MAX); i++)
		if (span_equal(device_text(ELEM(device->name, i)->text), name))
			return true;
	return false;
}

bool device_is_kernels(const struct device *device)
{
	return span_equal(device_text(device->class), span_text("kernel"));
}
