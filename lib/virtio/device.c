/* SPDX-License-Identifier: Apache-2.0
 *
 * Setting a device up, and its queues. See virtio.h.
 */
#include "abi/stubs.h"
#include "lib/driver/end.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"
#include "lib/virtio/transport.h"

/* SPEC: 2.1 "Device Status Field" */
enum : u8 { SEEN = 1, DRIVEN = 2, RUNNING = 4, FEATURES_GOOD = 8 };
enum : u32 { RESET_POLLS = 100000, OWN_TRIES = 8 };

static enum status fail(struct text *why, struct span what, enum status status)
{
	text_add_span(why, what);
	return status;
}

/* The device finishes or drops what it was doing, and says 0 when it has. WHY polled: there is no interrupt for that. */
static bool reset(const struct virtio *d)
{
	d->by->write_status(d, 0);
	for (u32 i = 0; i < RESET_POLLS; i++)
		if (d->by->read_status(d) == 0)
			return true;
	return false;
}

static enum status find(struct virtio *device, struct text *why)
{
	bool behind_pci = !handle_is_none(rt_handle(span_text("config")));

	*device = (struct virtio){ .irq = rt_handle(span_text("irq")), .by = behind_pci ? &virtio_by_pci : &virtio_by_mmio };
	if (!device->by->find(device))
		return fail(why, span_text("no virtio device of version 1"), STATUS_NOT_SUPPORTED);
	/* WHY before the memory is looked at: an earlier instance's requests may still be written to it. */
	if (!reset(device))
		return fail(why, span_text("the device does not reset"), STATUS_IO);
	if (!dma_piece(0, &device->memory.piece))
		return fail(why, span_text("no memory for the device: [device] has no `dma_kib'"), STATUS_OUT_OF_FRAMES);
	device->by->write_status(device, SEEN);
	device->by->write_status(device, SEEN | DRIVEN);
	return STATUS_OK;
}

/* Features go by halves, of which 0 is the lower. */
static u32 offered(const struct virtio *d, u32 half)
{
	virtio_write32(d, d->by->offered_which, half);
	return virtio_read32(d, d->by->offered);
}

static void tell_agreed(const struct virtio *d, u32 half, u32 features)
{
	virtio_write32(d, d->by->agreed_which, half);
	virtio_write32(d, d->by->agreed, features);
}

static enum status agree(struct virtio *device, const struct virtio_wants *wants, struct text *why)
{
	u64 offer = offered(device, 0) | (u64)offered(device, 1) << 32;
	u64 needed = wants->needed | VIRTIO_F_VERSION_1;

	if ((needed & ~offer) != 0)
		return fail(why, span_text("the device lacks a feature that the driver needs"), STATUS_NOT_SUPPORTED);
	device->features = offer & (needed | wants->wanted | wants->several | VIRTIO_F_EVENT_INDEX | VIRTIO_F_INDIRECT |
				    VIRTIO_F_PLATFORM | VIRTIO_F_PACKED);
	tell_agreed(device, 0, (u32)device->features);
	tell_agreed(device, 1, (u32)(device->features >> 32));
	device->by->write_status(device, SEEN | DRIVEN | FEATURES_GOOD);
	if ((device->by->read_status(device) & FEATURES_GOOD) == 0)
		return fail(why, span_text("the device does not take the features that it offered"), STATUS_NOT_SUPPORTED);
	return STATUS_OK;
}

/* ---- interrupts ---- */

enum status virtio_start(struct virtio *device, u32 bit)
{
	enum status status = sys_irq_bind(device->irq, service_signal(), 1ull << bit);

	if (status == STATUS_OK)
		device->by->write_status(device, SEEN | DRIVEN | FEATURES_GOOD | RUNNING);
	return status;
}

void virtio_interrupt(struct virtio *device)
{
	/* WHY before: after it, each new reason interrupts anew. */
	device->by->heard(device);
	(void)sys_irq_ack(device->irq);
}

/* ---- queues ---- */

static bool tell_queue(struct virtio *d, u32 size, struct virtio_queue *q)
{
	u64 address = virtio_address(d, q->at);
	bool packed = q->ring.modes.packed;
	struct virtio_places places = { .descriptors = address, .of_driver = address + virtio_ring_of_driver(size, packed),
		.of_device = address + virtio_ring_of_device(size, packed) };

	return d->by->begin_queue(d, size, &places, q);
}

static enum status make_queue(struct virtio *device, u32 size, u32 parts, struct text *why)
{
	u32 number = device->queues;

	INVARIANT(number < VIRTIO_QUEUES_MAX, "a driver makes as many queues as there is room for");
	struct virtio_queue *q = ELEM(device->queue, number);
	u32 most = device->by->choose_queue(device, number);

	while (most != 0 && size > most)
		size /= 2;
	/* SPEC: 2.7.5.3.1: a table is no longer than the queue, either. */
	if (most == 0)
		return fail(why, span_text("the device lacks a queue"), STATUS_NOT_SUPPORTED);
	if (size < parts)
		return fail(why, span_text("the device's queue is too short for a request"), STATUS_NOT_SUPPORTED);
	struct virtio_ring_modes modes = { .packed = (device->features & VIRTIO_F_PACKED) != 0,
		.by_index = (device->features & VIRTIO_F_EVENT_INDEX) != 0, .indirect = (device->features & VIRTIO_F_INDIRECT) != 0 };

	q->bytes = virtio_ring_bytes(size, &modes);
	bool there = virtio_take_memory(device, q->bytes, &q->at);

	modes.address = virtio_address(device, q->at);
	if (!there || !virtio_ring_begin(&q->ring, virtio_memory(device, q->at, q->bytes), size, &modes))
		return fail(why, span_text("too little memory for a queue"), STATUS_OUT_OF_FRAMES);
	if (!tell_queue(device, size, q))
		return fail(why, span_text("the device's queue cannot be used"), STATUS_IO);
	device->queues++;
	return STATUS_OK;
}

/* WHY at least those that it must have: a device that says nonsense has no more. */
static u32 queues_of(const struct virtio *device, const struct virtio_wants *wants)
{
	u64 said = virtio_own32(device, wants->several_at & ~3ull) >> 8 * (wants->several_at & 3) & 0xffff;

	if ((device->features & wants->several) == 0)
		return wants->queues;
	return (u32)max_u64(wants->queues, min_u64(said, wants->queues_most));
}

static u32 round_up(u32 queues)
{
	u32 power = 1;

	while (power < queues)
		power *= 2;
	return power;
}

enum status virtio_set_up(struct virtio *device, const struct virtio_wants *wants, struct text *why)
{
	enum status status = find(device, why);

	if (status == STATUS_OK)
		status = agree(device, wants, why);
	if (status == STATUS_OK && !device->by->choose_interrupt(device))
		status = fail(why, span_text("the device has no interrupt, or its messages cannot be set"), STATUS_NOT_SUPPORTED);
	u32 queues = status == STATUS_OK ? queues_of(device, wants) : 0;

	/* WHY fewer than it says are enough, of those it need not have: it may say what is not so. */
	for (u32 i = 0; i < queues && status == STATUS_OK && (i < wants->queues || device->by->choose_queue(device, i) != 0); i++)
		status = make_queue(device, wants->size * wants->queues / round_up(queues), wants->parts, why);
	return status;
}

enum status virtio_begin_again(struct virtio *device, const struct virtio_wants *wants, struct text *why)
{
	u64 used = device->memory.used, end = device->queue[device->queues - 1].at + device->queue[device->queues - 1].bytes;
	u32 queues = device->queues;
	enum status status = STATUS_OK;

	if (!reset(device))
		return fail(why, span_text("the device does not reset"), STATUS_IO);
	device->memory.used = device->queues = 0;
	device->by->write_status(device, SEEN | DRIVEN);
	status = agree(device, wants, why);
	while (status == STATUS_OK && device->queues < queues)
		status = make_queue(device, device->queue[device->queues].ring.size, wants->parts, why);
	/* WHY: behind the queues is what the driver has taken. */
	if (status == STATUS_OK && device->queue[queues - 1].at + device->queue[queues - 1].bytes > end)
		status = fail(why, span_text("the device is another one"), STATUS_IO);
	device->memory.used = used;
	if (status == STATUS_OK)
		device->by->write_status(device, SEEN | DRIVEN | FEATURES_GOOD | RUNNING);
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
		device->by->tell(device, queue, q);
	return true;
}

enum virtio_taken virtio_take(struct virtio *device, u32 queue, u16 *id, u32 *bytes)
{
	struct virtio_queue *q = ELEM(device->queue, queue);

	return virtio_ring_take(&q->ring, virtio_memory(device, q->at, q->bytes), id, bytes);
}

void virtio_be_patient(struct virtio *device, u32 queue, u32 count)
{
	struct virtio_queue *q = ELEM(device->queue, queue);

	virtio_ring_be_patient(&q->ring, virtio_memory(device, q->at, q->bytes), count);
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
		u32 before = device->by->generation(device);

		value = virtio_own32(device, at) | (u64)virtio_own32(device, at + 4) << 32;
		if (device->by->generation(device) == before)
			break;
	}
	return value;
}

void virtio_close(struct virtio *device) { (void)reset(device); }

void virtio_abandon(struct virtio *device, struct span why)
{
	virtio_close(device);
	driver_abandon(why);
}

void virtio_abandon_broken(struct virtio *device) { virtio_abandon(device, span_text("the device said what cannot be")); }
