/* SPDX-License-Identifier: Apache-2.0
 *
 * How a virtio device is reached: what PCI and registers in memory do each in their way. device.c does the rest.
 */
#ifndef LIB_VIRTIO_TRANSPORT_H
#define LIB_VIRTIO_TRANSPORT_H

#include "lib/virtio/virtio.h"

/* Where the device finds a queue's parts. */
struct virtio_places {
	u64 descriptors, of_driver, of_device;
};

struct virtio_transport {
	/* The registers, mapped; false: there is no device of version 1 behind them. */
	bool (*find)(struct virtio *device);

	u8 (*read_status)(const struct virtio *device);
	void (*write_status)(const struct virtio *device, u8 status);
	/* Where is said which half of the features is meant, and where that half is. */
	u64 offered_which, offered, agreed_which, agreed;
	u32 (*generation)(const struct virtio *device);  /* of its own configuration */

	/* Before any queue; false: it cannot interrupt. */
	bool (*choose_interrupt)(struct virtio *device);
	/* It takes back why it interrupted. */
	void (*heard)(const struct virtio *device);

	/* The queue that the next call is about; how many descriptors it can have, 0: it is not there. */
	u32 (*choose_queue)(const struct virtio *device, u32 number);
	bool (*begin_queue)(const struct virtio *device, u32 size, const struct virtio_places *places, struct virtio_queue *queue);
	void (*tell)(const struct virtio *device, u32 number, const struct virtio_queue *queue);
};

extern const struct virtio_transport virtio_by_pci, virtio_by_mmio;

/* Registers that all devices have, by their places among them. */
static inline u32 virtio_read32(const struct virtio *d, u64 at) { return mmio_read32(&d->common, d->common_at + at); }

static inline void virtio_write32(const struct virtio *d, u64 at, u32 value)
{
	mmio_write32(&d->common, d->common_at + at, value);
}

static inline void virtio_write64(const struct virtio *d, u64 at, u64 value)
{
	virtio_write32(d, at, (u32)value);
	virtio_write32(d, at + 4, (u32)(value >> 32));
}

#endif
