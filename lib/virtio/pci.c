/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtio devices behind PCI. Where their registers are is in parts.c.
 *
 * SPEC: virtio 1.2, 4.1 "Virtio Over PCI Bus"
 */
#include "abi/stubs.h"
#include "lib/driver/function.h"
#include "lib/rt/rt.h"
#include "lib/virtio/parts.h"

/* SPEC: 4.1.4.3 "Common configuration structure layout" */
enum : u64 {
	OFFERED_WHICH = 0, OFFERED = 4, AGREED_WHICH = 8, AGREED = 12, DEVICE_STATUS = 20,
	OWN_GENERATION = 21,
	QUEUE_WHICH = 22, QUEUE_SIZE = 24, QUEUE_MESSAGE = 26, QUEUE_ON = 28, QUEUE_NOTICE = 30,
	QUEUE_DESCRIPTORS = 32, QUEUE_OF_DRIVER = 40, QUEUE_OF_DEVICE = 48,
};
enum : u16 { NO_MESSAGE = 0xffff };

static u8 read8(const struct virtio *d, u64 at) { return mmio_read8(&d->common, d->common_at + at); }
static u16 read16(const struct virtio *d, u64 at) { return mmio_read16(&d->common, d->common_at + at); }
static void write16(const struct virtio *d, u64 at, u16 value) { mmio_write16(&d->common, d->common_at + at, value); }

/* Whoever found the device has turned it on: a driver only reads configuration space. */
static bool find(struct virtio *d) { return virtio_find_parts(d) && pci_is_on(&function_config, 0, false); }

static u8 read_status(const struct virtio *d) { return read8(d, DEVICE_STATUS); }
static void write_status(const struct virtio *d, u8 status) { mmio_write8(&d->common, d->common_at + DEVICE_STATUS, status); }

static u32 generation(const struct virtio *d) { return read8(d, OWN_GENERATION); }

/* ---- interrupts ---- */

static bool choose_interrupt(struct virtio *d)
{
	struct irq_message message;

	if (handle_is_none(d->irq))
		return false;
	d->by_message = sys_irq_message(d->irq, &message) == STATUS_OK;
	return !d->by_message || function_set_message(&message);
}

/* Reading it ends the level of a wire. */
static void heard(const struct virtio *d)
{
	if (!d->by_message)
		(void)mmio_read8(&d->status, d->status_at);
}

/* ---- queues ---- */

static u32 choose_queue(const struct virtio *d, u32 number)
{
	write16(d, QUEUE_WHICH, (u16)number);
	return read16(d, QUEUE_SIZE);
}

static bool begin_queue(const struct virtio *d, u32 size, const struct virtio_places *places, struct virtio_queue *q)
{
	write16(d, QUEUE_SIZE, (u16)size);
	virtio_write64(d, QUEUE_DESCRIPTORS, places->descriptors);
	virtio_write64(d, QUEUE_OF_DRIVER, places->of_driver);
	virtio_write64(d, QUEUE_OF_DEVICE, places->of_device);
	write16(d, QUEUE_MESSAGE, d->by_message ? 0 : NO_MESSAGE);
	if (d->by_message && read16(d, QUEUE_MESSAGE) != 0)
		return false;
	q->notice = (u64)read16(d, QUEUE_NOTICE) * d->notice_step;
	write16(d, QUEUE_ON, 1);
	return q->notice + 2 <= d->notices_bytes && (q->notice + d->notices_at) % 2 == 0;
}

static void tell(const struct virtio *d, u32 number, const struct virtio_queue *q)
{
	mmio_write16(&d->notices, d->notices_at + q->notice, (u16)number);
}

const struct virtio_transport virtio_by_pci = {
	.find = find, .read_status = read_status, .write_status = write_status,
	.offered_which = OFFERED_WHICH, .offered = OFFERED, .agreed_which = AGREED_WHICH, .agreed = AGREED,
	.generation = generation, .choose_interrupt = choose_interrupt, .heard = heard,
	.choose_queue = choose_queue, .begin_queue = begin_queue, .tell = tell,
};
