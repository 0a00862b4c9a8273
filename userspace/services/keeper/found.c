/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices for drivers. See found.h.
 */
#include "userspace/services/keeper/found.h"
#include "lib/base/text.h"
#include "lib/devices/devices.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { KINDS = DEVICE_RESOURCE_KINDS };

static pages_t table;
static struct device device;

handle_t found_table(void)
{
	if (table.v == 0 && rt_pages_create(DEVICES_TABLE_BYTES, true, &table) != STATUS_OK)
		return handle_none();
	return rt_pages_memory(table);
}

static bool known(void)
{
	return table.v != 0 && devices_complete(rt_pages_span(table));
}

static bool drives(const struct manifest_device *wanted, const struct device *found)
{
	for (u32 i = 0; i < wanted->match_count; i++)
		if (device_is(found, manifest_text(ELEM(wanted->match, i)->text)))
			return true;
	return false;
}

/* Registers that share a page with another device's, or begin inside one, cannot be given alone. */
static bool can_be_given(const struct device *found)
{
	for (u32 i = 0; i < found->resource_count; i++) {
		const struct device_resource *r = ELEM(found->resource, i);
		bool whole = r->kind != DEVICE_MEMORY || (r->shared == 0 && page_aligned(r->base));

		if (!whole || r->base >> PAGE_SHIFT > U32_MAX || r->count > U32_MAX)
			return false;
	}
	return true;
}

enum found found_device(const struct manifest_record *m, struct text *why)
{
	const struct manifest_device *wanted = &m->device;

	if (wanted->class[0] == 0)
		return FOUND_THERE;
	if (!known())
		return FOUND_NOT_YET;
	text_add(why, "device ");
	text_add_span(why, manifest_text(wanted->class));
	text_add_u64(why, wanted->number);
	if (!devices_find(rt_pages_span(table), manifest_text(wanted->class), wanted->number, &device))
		text_add(why, " is not in this machine");
	else if (device_is_kernels(&device))
		text_add(why, " is the kernel's own");
	else if (!drives(wanted, &device))
		text_add(why, " is of a kind that this driver does not know");
	else if (!can_be_given(&device))
		text_add(why, " has registers that cannot be given to one driver alone");
	else
		return FOUND_THERE;
	return FOUND_ABSENT;
}

static enum status derive(const struct device_resource *r, handle_t *out, u32 *rights)
{
	u32 more = RIGHT_DUPLICATE | RIGHT_TRANSFER; /* to hand it over */
	u64 pages = page_ceil(r->count) >> PAGE_SHIFT;

	switch ((enum device_resource_kind)r->kind) {
	case DEVICE_MEMORY:
		*rights = RIGHT_INSPECT | MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE;
		return sys_cap_derive(rt_handle(span_text("devices")), *rights | more, r->base >> PAGE_SHIFT, pages, out);
	case DEVICE_PORTS:
		*rights = RIGHT_INSPECT | IOPORT_RIGHT_READ | IOPORT_RIGHT_WRITE;
		return sys_cap_derive(rt_handle(span_text("ioports")), *rights | more, r->base, r->count, out);
	case DEVICE_LINE:
		*rights = IRQ_RIGHT_BIND;
		return sys_cap_derive(rt_handle(span_text("irqs")), *rights | more, r->base, 1, out);
	case DEVICE_RESOURCE_KINDS: break;
	}
	return STATUS_INVALID;
}

static struct span name_of(u32 kind)
{
	switch ((enum device_resource_kind)kind) {
	case DEVICE_MEMORY: return span_text("registers");
	case DEVICE_PORTS: return span_text("ports");
	case DEVICE_LINE:
	case DEVICE_RESOURCE_KINDS: break;
	}
	return span_text("irq");
}

/* WHY looked up again: between the look and the start the table may have changed. */
enum status found_grant(const struct manifest_record *m, struct spawn *child, struct grants_made *made)
{
	u32 seen[KINDS] = {};
	TEXT_BUFFER(why, 96);

	if (m->device.class[0] == 0)
		return STATUS_OK;
	if (found_device(m, &why) != FOUND_THERE)
		return STATUS_NOT_FOUND;
	for (u32 i = 0; i < device.resource_count; i++) {
		const struct device_resource *r = ELEM(device.resource, i);
		u32 rights = 0, *number = ELEM(seen, r->kind);
		TEXT_BUFFER(name, 24);
		handle_t derived;
		enum status status = derive(r, &derived, &rights);

		if (status != STATUS_OK)
			return status;
		text_add_span(&name, name_of(r->kind));
		if (*number > 0)
			text_add_u64(&name, *number);
		(*number)++;
		*ELEM(made->handle, made->count++) = derived;
		spawn_add_handle(child, text_span(&name), derived, rights);
	}
	return STATUS_OK;
}
