/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices for drivers. See found.h.
 */
#include "userspace/services/keeper/found.h"
#include "userspace/services/keeper/domains.h"
#include "userspace/services/keeper/hold.h"
#include "lib/base/text.h"
#include "abi/objects.h"
#include "abi/structs.h"
#include "abi/stubs.h"

enum : u32 { KINDS = DEVICE_RESOURCE_KINDS };

static struct held_pages table;
static struct device device;

handle_t found_table(void)
{
	return hold_pages(&table, HELD_FOUND, DEVICES_SHARED_BYTES) ? table.memory : handle_none();
}

static bool known(void)
{
	return !handle_is_none(found_table()) && devices_complete(rt_pages_span(table.pages));
}

/* How many names of the manifest come before the first that the device has; all: it has none. */
static u32 match_of(const struct manifest_device *wanted, const struct device *found)
{
	u32 i = 0;

	while (i < wanted->match_count && !device_is(found, manifest_text(ELEM(wanted->match, i)->text)))
		i++;
	return i;
}

/* Registers that share a page with another device's, or begin inside one, and lines of two devices cannot be given alone. */
static bool can_be_given(const struct device *found)
{
	for (u32 i = 0; i < found->resource_count; i++) {
		const struct device_resource *r = ELEM(found->resource, i);
		bool in_pages = r->kind == DEVICE_MEMORY || r->kind == DEVICE_CONFIG;
		bool whole = r->shared == 0 && (!in_pages || page_aligned(r->base));

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
	if (!devices_find(rt_pages_span(table.pages), manifest_text(wanted->class), wanted->number, &device))
		text_add(why, " is not in this machine");
	else if (device_is_kernels(&device))
		text_add(why, " is the kernel's own");
	else if (match_of(wanted, &device) == wanted->match_count)
		text_add(why, " is of a kind that this driver does not know");
	else if (!can_be_given(&device))
		text_add(why, " has registers or a line that cannot be given to one driver alone");
	else if (device_is_active(&device) && wanted->dma_pages == 0)
		text_add(why, " reaches memory by itself, and the manifest does not say that (`dma_kib')");
	else
		return FOUND_THERE;
	return FOUND_ABSENT;
}

struct span found_program(const struct manifest_record *m)
{
	u32 match = m->device.class[0] != 0 ? match_of(&m->device, &device) : 0;

	return match < m->device.match_count ? manifest_text(ELEM(m->device.match, match)->program) : span_empty();
}

static enum status derive(const struct device_resource *r, u32 line, handle_t *out, u32 *rights)
{
	u32 more = RIGHT_DUPLICATE | RIGHT_TRANSFER; /* to hand it over */
	u64 pages = page_ceil(r->count) >> PAGE_SHIFT;

	switch ((enum device_resource_kind)r->kind) {
	case DEVICE_MEMORY:
	case DEVICE_CONFIG:
		/* WHY configuration space is only read: in it the device's registers could be moved over others'. */
		*rights = RIGHT_INSPECT | MEMORY_RIGHT_READ | (r->kind == DEVICE_MEMORY ? MEMORY_RIGHT_WRITE : 0);
		return sys_cap_derive(rt_handle(span_text("devices")), *rights | more, r->base >> PAGE_SHIFT, pages, out);
	case DEVICE_PORTS:
		*rights = RIGHT_INSPECT | IOPORT_RIGHT_READ | IOPORT_RIGHT_WRITE;
		return sys_cap_derive(rt_handle(span_text("ioports")), *rights | more, r->base, r->count, out);
	case DEVICE_LINE:
	case DEVICE_MESSAGES:
		*rights = IRQ_RIGHT_BIND;
		return sys_cap_derive(rt_handle(span_text("irqs")), *rights | more, line, 1, out);
	case DEVICE_REQUESTER:
	case DEVICE_BEHIND:
	case DEVICE_ACTIVE:
	case DEVICE_STOP:
	case DEVICE_RESET:
	case DEVICE_RESOURCE_KINDS: break;
	}
	return STATUS_INVALID;
}

static struct span name_of(u32 kind)
{
	switch ((enum device_resource_kind)kind) {
	case DEVICE_MEMORY: return span_text("registers");
	case DEVICE_PORTS: return span_text("ports");
	case DEVICE_CONFIG: return span_text("config");
	case DEVICE_LINE:
	case DEVICE_MESSAGES:
	case DEVICE_REQUESTER:
	case DEVICE_BEHIND:
	case DEVICE_ACTIVE:
	case DEVICE_STOP:
	case DEVICE_RESET:
	case DEVICE_RESOURCE_KINDS: break;
	}
	return span_text("irq");
}

/* ---- devices that write to memory ---- */

/* The last lines are messages, where there are any; they are given out from the end. */
static bool take_message_line(struct unit *unit)
{
	u32 taken = units_with_line();
	struct cap_info all;
	struct irq_message message;
	handle_t line;

	if (unit->message_line != 0)
		return true;
	if (sys_cap_inspect(rt_handle(span_text("irqs")), &all) != STATUS_OK || all.count <= taken + 1)
		return false;
	u32 number = (u32)all.count - 1 - taken;

	if (sys_cap_derive(rt_handle(span_text("irqs")), IRQ_RIGHT_BIND, number, 1, &line) != STATUS_OK)
		return false;
	bool is_message = sys_irq_message(line, &message) == STATUS_OK;

	sys_cap_drop(line);
	if (!is_message)
		return false;
	unit->message_line = number;
	return true;
}

static bool has_wire(void)
{
	for (u32 i = 0; i < device.resource_count; i++)
		if (ELEM(device.resource, i)->kind == DEVICE_LINE)
			return true;
	return false;
}

/* What only a driver gets whose device writes to memory: configuration space, and a message instead of a wire, which is a write
 * to memory, too. */
static bool is_given(struct unit *unit, const struct manifest_record *m, const struct device_resource *r)
{
	switch ((enum device_resource_kind)r->kind) {
	case DEVICE_CONFIG: return m->device.dma_pages != 0;
	case DEVICE_MESSAGES: return m->device.dma_pages != 0 && !has_wire() && take_message_line(unit);
	case DEVICE_REQUESTER:
	case DEVICE_BEHIND:
	case DEVICE_ACTIVE:
	case DEVICE_STOP:
	case DEVICE_RESET: return false;
	case DEVICE_MEMORY:
	case DEVICE_PORTS:
	case DEVICE_LINE:
	case DEVICE_RESOURCE_KINDS: break;
	}
	return true;
}

/* WHY not only READ and WRITE: a driver lends pieces to clients, and takes them back, also what its earlier instances lent. */
enum : u32 {
	DMA_RIGHTS = RIGHT_INSPECT | RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_REVOKE | MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE,
};

static enum status make_piece(struct unit *unit, u32 piece, u64 pages)
{
	return hold(unit, HELD_DMA + piece, sys_dma_memory_create(rt_handle(span_text("dma")), rt_handle(span_text("root-group")),
		pages << PAGE_SHIFT, ELEM(unit->dma, piece)));
}

/* The same memory for every instance. */
static enum status make_dma(struct unit *unit, const struct manifest_record *m)
{
	u32 left = m->device.dma_pages;
	enum status status = STATUS_OK;

	for (u32 piece = 0; left != 0 && status == STATUS_OK; piece++) {
		u32 pages = left < MANIFEST_DMA_PIECE_PAGES ? left : MANIFEST_DMA_PIECE_PAGES;

		if (handle_is_none(*ELEM(unit->dma, piece)))
			status = make_piece(unit, piece, pages);
		left -= pages;
	}
	return status;
}

static void add_dma(const struct unit *unit, struct spawn *child)
{
	for (u32 piece = 0; piece < MANIFEST_DMA_PIECES_MAX && !handle_is_none(*ELEM(unit->dma, piece)); piece++) {
		TEXT_BUFFER(name, 16);

		text_add(&name, "dma");
		if (piece > 0)
			text_add_u64(&name, piece);
		spawn_add_handle(child, text_span(&name), *ELEM(unit->dma, piece), DMA_RIGHTS);
	}
}

enum found found_kept(struct unit *unit, const struct manifest_record *m, struct text *why)
{
	u32 requester = 0;

	if (m->device.dma_pages == 0 || !device_translated(&device, &requester) || !domains_are_made())
		return FOUND_THERE;
	if (!device_requester(&device, &requester))
		text_add(why, " reaches no memory: the IOMMU does not know it from others behind its bridge");
	else if (make_dma(unit, m) == STATUS_OK)
		return domains_look(unit, requester, why);
	else
		text_add(why, " cannot be kept to its memory: there is none");
	return FOUND_ABSENT;
}

bool found_stop(const struct manifest_record *m, struct device_resource *stop, u32 *reset)
{
	TEXT_BUFFER(why, 128);

	if (found_device(m, &why) != FOUND_THERE)
		return false;
	if (!device_stop(&device, stop))
		*stop = (struct device_resource){};
	if (!device_reset(&device, reset))
		*reset = DEVICES_MAX;
	return true;
}

struct mspan found_resets(void) { return rt_pages_mspan(table.pages); }

static enum status grant_resource(struct unit *unit, const struct device_resource *r, u32 number, struct spawn *child,
	struct grants_made *made)
{
	TEXT_BUFFER(name, 24);
	handle_t derived;
	u32 rights = 0, line = r->kind == DEVICE_MESSAGES ? unit->message_line : (u32)r->base;
	enum status status = derive(r, line, &derived, &rights);

	if (status != STATUS_OK)
		return status;
	text_add_span(&name, name_of(r->kind));
	if (number > 0)
		text_add_u64(&name, number);
	*ELEM(made->handle, made->count++) = derived;
	spawn_add_handle(child, text_span(&name), derived, rights);
	return STATUS_OK;
}

/* WHY looked up again: between the look and the start the table may have changed. */
enum status found_grant(struct unit *unit, const struct manifest_record *m, struct spawn *child, struct grants_made *made)
{
	u32 seen[KINDS] = {};
	TEXT_BUFFER(why, 96);
	enum status status = STATUS_OK;

	if (m->device.class[0] == 0)
		return STATUS_OK;
	if (found_device(m, &why) != FOUND_THERE || found_kept(unit, m, &why) != FOUND_THERE)
		return STATUS_NOT_FOUND;
	status = make_dma(unit, m);
	for (u32 i = 0; i < device.resource_count && status == STATUS_OK; i++) {
		const struct device_resource *r = ELEM(device.resource, i);

		if (is_given(unit, m, r))
			status = grant_resource(unit, r, (*ELEM(seen, r->kind))++, child, made);
	}
	add_dma(unit, child);
	return status;
}
