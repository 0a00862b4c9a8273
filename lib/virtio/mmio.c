/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtio devices behind registers in memory. The driver holds the page that they are in, and nobody else's (docs/adr/0044).
 *
 * SPEC: virtio 1.2, 4.2 "Virtio Over MMIO"
 */
#include "lib/rt/rt.h"
#include "lib/virtio/transport.h"

/* SPEC: 4.2.2 "MMIO Device Register Layout" */
enum : u64 {
	MAGIC_AT = 0x00, VERSION_AT = 0x04, DEVICE_AT = 0x08,
	OFFERED = 0x10, OFFERED_WHICH = 0x14, AGREED = 0x20, AGREED_WHICH = 0x24,
	QUEUE_WHICH = 0x30, QUEUE_MOST = 0x34, QUEUE_SIZE = 0x38, QUEUE_ON = 0x44, QUEUE_NOTICE = 0x50,
	REASONS = 0x60, REASONS_HEARD = 0x64, DEVICE_STATUS = 0x70,
	QUEUE_DESCRIPTORS = 0x80, QUEUE_OF_DRIVER = 0x90, QUEUE_OF_DEVICE = 0xa0,
	GENERATION = 0xfc, OWN = 0x100, WINDOW_BYTES = 0x200,
};
enum : u32 { MAGIC = 0x74726976, VERSION = 2 };

/* WHY looked for: a capability names pages. Only one window of the page has a device, or it would be nobody's. */
static bool find(struct virtio *d)
{
	if (mmio_map(rt_handle(span_text("registers")), PAGE_BYTES, &d->common) != STATUS_OK)
		return false;
	d->own = d->common;
	d->own_bytes = WINDOW_BYTES - OWN;
	for (d->common_at = 0; d->common_at < PAGE_BYTES; d->common_at += WINDOW_BYTES) {
		d->own_at = d->common_at + OWN;
		if (virtio_read32(d, MAGIC_AT) == MAGIC && virtio_read32(d, DEVICE_AT) != 0)
			return virtio_read32(d, VERSION_AT) == VERSION;
	}
	return false;
}

static u8 read_status(const struct virtio *d) { return (u8)virtio_read32(d, DEVICE_STATUS); }
static void write_status(const struct virtio *d, u8 status) { virtio_write32(d, DEVICE_STATUS, status); }

static u32 generation(const struct virtio *d) { return virtio_read32(d, GENERATION); }

static bool choose_interrupt(struct virtio *d) { return !handle_is_none(d->irq); }
static void heard(const struct virtio *d) { virtio_write32(d, REASONS_HEARD, virtio_read32(d, REASONS)); }

static u32 choose_queue(const struct virtio *d, u32 number)
{
	virtio_write32(d, QUEUE_WHICH, number);
	return virtio_read32(d, QUEUE_ON) == 0 ? virtio_read32(d, QUEUE_MOST) : 0;
}

static bool begin_queue(const struct virtio *d, u32 size, const struct virtio_places *places, struct virtio_queue *q)
{
	(void)q;
	virtio_write32(d, QUEUE_SIZE, size);
	virtio_write64(d, QUEUE_DESCRIPTORS, places->descriptors);
	virtio_write64(d, QUEUE_OF_DRIVER, places->of_driver);
	virtio_write64(d, QUEUE_OF_DEVICE, places->of_device);
	virtio_write32(d, QUEUE_ON, 1);
	return virtio_read32(d, QUEUE_ON) == 1;
}

static void tell(const struct virtio *d, u32 number, const struct virtio_queue *q)
{
	(void)q;
	virtio_write32(d, QUEUE_NOTICE, number);
}

const struct virtio_transport virtio_by_mmio = {
	.find = find, .read_status = read_status, .write_status = write_status,
	.offered_which = OFFERED_WHICH, .offered = OFFERED, .agreed_which = AGREED_WHICH, .agreed = AGREED,
	.generation = generation, .choose_interrupt = choose_interrupt, .heard = heard,
	.choose_queue = choose_queue, .begin_queue = begin_queue, .tell = tell,
};
