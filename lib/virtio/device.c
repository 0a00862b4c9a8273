/* SPDX-License-Identifier: Apache-2.0
 *
 * Setting a device up, and its queues. See virtio.h.
 */
#include "abi/stubs.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"
#include "lib/virtio/parts.h"

/* SPEC: 4.1.4.3 "Common configuration structure layout" */
enum : u64 { EXIT_ABANDONED = 1 }; /* of the process */
enum : u64 {
	OFFERED_WHICH = 0, OFFERED = 4, AGREED_WHICH = 8, AGREED = 12, DEVICE_STATUS = 20,
	OWN_GENERATION = 21,
	QUEUE_WHICH = 22, QUEUE_SIZE = 24, QUEUE_MESSAGE = 26, QUEUE_ON = 28, QUEUE_NOTICE = 30,
	QUEUE_DESCRIPTORS = 32, QUEUE_OF_DRIVER = 40, QUEUE_OF_DEVICE = 48,
};
/* SPEC: 2.1 "Device Status Field" */
enum : u8 { SEEN = 1, DRIVEN = 2, RUNNING = 4, FEATURES_GOOD = 8 };
enum : u32 { RESET_POLLS = 100000, OWN_TRIES = 8, MESSAGE_ON = 1u << 31, MESSAGE_ALL_MASKED = 1u << 30, ENTRY_BYTES = 16 };
enum : u16 { NO_MESSAGE = 0xffff };

static u8 read8(const struct virtio *d, u64 at) { return mmio_read8(&d->common, d->common_at + at); }
static void write8(const struct virtio *d, u64 at, u8 value) { mmio_write8(&d->common, d->common_at + at, value); }
static u16 read16(const struct virtio *d, u64 at) { return mmio_read16(&d->common, d->common_at + at); }
static void write16(const struct virtio *d, u64 at, u16 value) { mmio_write16(&d->common, d->common_at + at, value); }
static u32 read32(const struct virtio *d, u64 at) { return mmio_read32(&d->common, d->common_at + at); }
static void write32(const struct virtio *d, u64 at, u32 value) { mmio_write32(&d->common, d->common_at + at, value); }

static enum status fail(struct text *why, struct span what, enum status status)
{
	text_add_span(why, what);
	return status;
}

/* The device finishes or drops what it was doing, and says 0 when it has. WHY polled: there is no interrupt for that. */
static bool reset(const struct virtio *d)
{
	write8(d, DEVICE_STATUS, 0);
	for (u32 i = 0; i < RESET_POLLS; i++)
		if (read8(d, DEVICE_STATUS) == 0)
			return true;
	return false;
}

static void set_command(u32 set, u32 clear)
{
	u32 command = virtio_config.read(0, PCI_COMMAND) & 0xffff;

	virtio_config.write(0, PCI_COMMAND, (command & ~clear) | set);
}

bool virtio_piece(u32 number, struct virtio_piece *out)
{
	struct cap_info info = {};
	TEXT_BUFFER(name, 16);

	text_add(&name, "dma");
	if (number > 0)
		text_add_u64(&name, number);
	*out = (struct virtio_piece){ .handle = rt_handle(text_span(&name)) };
	if (handle_is_none(out->handle) || sys_dma_address(out->handle, &out->address) != STATUS_OK ||
	    sys_cap_inspect(out->handle, &info) != STATUS_OK)
		return false;
	out->bytes = info.count << PAGE_SHIFT;
	return rt_pages_map(out->handle, 0, out->bytes, MAP_READ | MAP_WRITE, &out->pages) == STATUS_OK;
}

static enum status find(struct virtio *device, struct text *why)
{
	*device = (struct virtio){ .irq = rt_handle(span_text("irq")) };
	if (!virtio_find_parts(device))
		return fail(why, span_text("no virtio device of version 1 behind PCI"), STATUS_NOT_SUPPORTED);
	/* WHY: firmware may leave a device that it used without registers. */
	set_command(PCI_COMMAND_MEMORY, 0);
	/* WHY before the memory is looked at: an earlier instance's requests may still be written to it. */
	if (!reset(device))
		return fail(why, span_text("the device does not reset"), STATUS_IO);
	if (!virtio_piece(0, &device->memory))
		return fail(why, span_text("no memory for the device: [device] has no `dma_kib'"), STATUS_OUT_OF_FRAMES);
	set_command(PCI_COMMAND_MASTER, 0);
	write8(device, DEVICE_STATUS, SEEN);
	write8(device, DEVICE_STATUS, SEEN | DRIVEN);
	return STATUS_OK;
}

static u64 offered(const struct virtio *d)
{
	write32(d, OFFERED_WHICH, 0);
	u64 low = read32(d, OFFERED);

	write32(d, OFFERED_WHICH, 1);
	return low | (u64)read32(d, OFFERED) << 32;
}

static enum status agree(struct virtio *device, const struct virtio_wants *wants, struct text *why)
{
	u64 offer = offered(device), needed = wants->needed | VIRTIO_F_VERSION_1;

	if ((needed & ~offer) != 0)
		return fail(why, span_text("the device lacks a feature that the driver needs"), STATUS_NOT_SUPPORTED);
	device->features = offer & (needed | wants->wanted | VIRTIO_F_EVENT_INDEX | VIRTIO_F_INDIRECT | VIRTIO_F_PLATFORM |
				    VIRTIO_F_PACKED);
	write32(device, AGREED_WHICH, 0);
	write32(device, AGREED, (u32)device->features);
	write32(device, AGREED_WHICH, 1);
	write32(device, AGREED, (u32)(device->features >> 32));
	write8(device, DEVICE_STATUS, SEEN | DRIVEN | FEATURES_GOOD);
	if ((read8(device, DEVICE_STATUS) & FEATURES_GOOD) == 0)
		return fail(why, span_text("the device does not take the features that it offered"), STATUS_NOT_SUPPORTED);
	return STATUS_OK;
}

/* ---- interrupts ---- */

/* The first message of the device's table says where to write what. SPEC: PCI 3.0, 6.8.2.9 */
static bool set_message(const struct irq_message *message)
{
	u32 at = pci_capability(&virtio_config, 0, PCI_ID_MSIX, 0);
	struct mmio table;
	u64 bytes = 0;

	if (at == 0)
		return false;
	u32 place = virtio_config.read(0, at + 4);
	u64 offset = place & ~7u;

	if (!virtio_map_bar(place & 7, &bytes, &table) || offset > bytes || ENTRY_BYTES > bytes - offset)
		return false;
	mmio_write32(&table, offset, (u32)message->address);
	mmio_write32(&table, offset + 4, (u32)(message->address >> 32));
	mmio_write32(&table, offset + 8, message->data);
	mmio_write32(&table, offset + 12, 0);
	virtio_config.write(0, at, (virtio_config.read(0, at) & ~MESSAGE_ALL_MASKED) | MESSAGE_ON);
	return true;
}

static enum status choose_interrupt(struct virtio *d, struct text *why)
{
	struct irq_message message;

	if (handle_is_none(d->irq))
		return fail(why, span_text("no interrupt for the device"), STATUS_NOT_SUPPORTED);
	d->by_message = sys_irq_message(d->irq, &message) == STATUS_OK;
	if (d->by_message && !set_message(&message))
		return fail(why, span_text("the device's interrupts by message cannot be set"), STATUS_NOT_SUPPORTED);
	return STATUS_OK;
}

enum status virtio_start(struct virtio *device, u32 bit)
{
	enum status status = sys_irq_bind(device->irq, service_signal(), 1ull << bit);

	if (status == STATUS_OK)
		write8(device, DEVICE_STATUS, SEEN | DRIVEN | FEATURES_GOOD | RUNNING);
	return status;
}

void virtio_interrupt(struct virtio *device)
{
	/* Reading it ends the level of a wire. WHY before: after it, each new reason interrupts anew. */
	if (!device->by_message)
		(void)mmio_read8(&device->status, device->status_at);
	(void)sys_irq_ack(device->irq);
}

/* ---- queues ---- */

bool virtio_take_memory(struct virtio *device, u64 bytes, u64 *at)
{
	enum : u64 { ALIGNMENT = 64 };
	u64 rounded = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

	if (rounded < bytes || rounded > device->memory.bytes - device->memory_used)
		return false;
	*at = device->memory_used;
	device->memory_used += rounded;
	return true;
}

struct mspan virtio_memory(const struct virtio *device, u64 at, u64 bytes)
{
	return mspan_part(rt_pages_mspan(device->memory.pages), at, bytes);
}

u64 virtio_address(const struct virtio *device, u64 at) { return device->memory.address + at; }

static void write64(const struct virtio *d, u64 at, u64 value)
{
	write32(d, at, (u32)value);
	write32(d, at + 4, (u32)(value >> 32));
}

static bool tell_queue(struct virtio *d, u32 number, u32 size, struct virtio_queue *q)
{
	u64 address = virtio_address(d, q->at);
	bool packed = q->ring.modes.packed;

	write16(d, QUEUE_SIZE, (u16)size);
	write64(d, QUEUE_DESCRIPTORS, address);
	write64(d, QUEUE_OF_DRIVER, address + virtio_ring_of_driver(size, packed));
	write64(d, QUEUE_OF_DEVICE, address + virtio_ring_of_device(size, packed));
	write16(d, QUEUE_MESSAGE, d->by_message ? 0 : NO_MESSAGE);
	if (d->by_message && read16(d, QUEUE_MESSAGE) != 0)
		return false;
	q->notice = (u64)read16(d, QUEUE_NOTICE) * d->notice_step;
	write16(d, QUEUE_ON, 1);
	return q->notice + 2 <= d->notices_bytes && (q->notice + d->notices_at) % 2 == 0 && number < VIRTIO_QUEUES_MAX;
}

static enum status make_queue(struct virtio *device, u32 size, struct text *why)
{
	u32 number = device->queues;
	enum status status = number == 0 ? choose_interrupt(device, why) : STATUS_OK;

	if (status != STATUS_OK)
		return status;
	INVARIANT(number < VIRTIO_QUEUES_MAX, "a driver makes as many queues as there is room for");
	struct virtio_queue *q = ELEM(device->queue, number);

	write16(device, QUEUE_WHICH, (u16)number);
	u32 most = read16(device, QUEUE_SIZE);

	while (size > most)
		size /= 2;
	if (size == 0)
		return fail(why, span_text("the device lacks a queue"), STATUS_NOT_SUPPORTED);
	struct virtio_ring_modes modes = { .packed = (device->features & VIRTIO_F_PACKED) != 0,
		.by_index = (device->features & VIRTIO_F_EVENT_INDEX) != 0, .indirect = (device->features & VIRTIO_F_INDIRECT) != 0 };

	q->bytes = virtio_ring_bytes(size, &modes);
	bool there = virtio_take_memory(device, q->bytes, &q->at);

	modes.address = virtio_address(device, q->at);
	if (!there || !virtio_ring_begin(&q->ring, virtio_memory(device, q->at, q->bytes), size, &modes))
		return fail(why, span_text("too little memory for a queue"), STATUS_OUT_OF_FRAMES);
	if (!tell_queue(device, number, size, q))
		return fail(why, span_text("the device's queue cannot be used"), STATUS_IO);
	device->queues++;
	return STATUS_OK;
}

enum status virtio_set_up(struct virtio *device, const struct virtio_wants *wants, struct text *why)
{
	enum status status = find(device, why);

	if (status == STATUS_OK)
		status = agree(device, wants, why);
	for (u32 i = 0; i < wants->queues && status == STATUS_OK; i++)
		status = make_queue(device, wants->size, why);
	return status;
}

bool virtio_put(struct virtio *device, u32 queue, const struct virtio_request *request, u16 *id)
{
	struct virtio_queue *q = ELEM(device->queue, queue);
	struct mspan memory = virtio_memory(device, q->at, q->bytes);
	u16 before = q->ring.put;

	if (!virtio_ring_put(&q->ring, memory, request, id))
		return false;
	if (virtio_ring_wants_notice(&q->ring, memory, before))
		mmio_write16(&device->notices, device->notices_at + q->notice, (u16)queue);
	return true;
}

enum virtio_taken virtio_take(struct virtio *device, u32 queue, u16 *id, u32 *bytes)
{
	struct virtio_queue *q = ELEM(device->queue, queue);

	return virtio_ring_take(&q->ring, virtio_memory(device, q->at, q->bytes), id, bytes);
}

u32 virtio_own32(const struct virtio *device, u64 at)
{
	bool there = mmio_is_mapped(&device->own) && device->own_bytes >= 4 && at <= device->own_bytes - 4;

	return there ? mmio_read32(&device->own, device->own_at + at) : 0;
}

/* SPEC: 2.5.1 "Driver Requirements: Device Configuration Space": read again where it changed meanwhile; the last word counts
 * of a device that never stops. */
u64 virtio_own64(const struct virtio *device, u64 at)
{
	u64 value = 0;

	for (u32 i = 0; i < OWN_TRIES; i++) {
		u8 before = read8(device, OWN_GENERATION);

		value = virtio_own32(device, at) | (u64)virtio_own32(device, at + 4) << 32;
		if (read8(device, OWN_GENERATION) == before)
			break;
	}
	return value;
}

void virtio_close(struct virtio *device)
{
	(void)reset(device);
	set_command(0, PCI_COMMAND_MASTER);
}

void virtio_abandon(struct virtio *device, struct span why)
{
	TEXT_BUFFER(line, 160);

	text_add_span(&line, why);
	text_add(&line, ": beginning anew with it");
	rt_log(text_span(&line));
	virtio_close(device);
	rt_exit(EXIT_ABANDONED);
}

void virtio_abandon_broken(struct virtio *device) { virtio_abandon(device, span_text("the device said what cannot be")); }
