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
	/* Features by halves: 0 is the lower. */
	u32 (*offered)(const struct virtio *device, u32 half);
	void (*agree)(const struct virtio *device, u32 half, u32 features);
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

#endif
