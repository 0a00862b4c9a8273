/* SPDX-License-Identifier: Apache-2.0
 *
 * A virtio device, from its driver's side: features, queues, interrupts. It is behind PCI, in the modern way, or behind
 * registers in memory; its driver need not know. The driver holds what its manifest's [device] with `dma_kib' brings:
 * registers, an interrupt, memory for the device, and configuration space if there is one. Whatever the device says is checked;
 * a device that says what cannot be is reset and given up.
 *
 * SPEC: virtio 1.2, 3.1 "Device Initialization", 4 "Virtio Transport Options"
 */
#ifndef LIB_VIRTIO_VIRTIO_H
#define LIB_VIRTIO_VIRTIO_H

#include "lib/base/text.h"
#include "lib/driver/dma.h"
#include "lib/mmio/mmio.h"
#include "lib/virtio/ring/ring.h"

enum : u32 { VIRTIO_QUEUES_MAX = 4 };
enum : u64 { VIRTIO_F_INDIRECT = 1ull << 28, VIRTIO_F_EVENT_INDEX = 1ull << 29, VIRTIO_F_VERSION_1 = 1ull << 32,
	VIRTIO_F_PLATFORM = 1ull << 33 /* it goes by an IOMMU */, VIRTIO_F_PACKED = 1ull << 34 };

struct virtio_queue {
	struct virtio_ring ring;
	u64 at, bytes;    /* of its memory in that of the device's */
	u64 notice;       /* behind PCI: where it is told, in the registers for that */
};

struct virtio_transport; /* transport.h */

struct virtio {
	const struct virtio_transport *by;
	/* Registers by what they are for; `own' may be missing, and in memory all are in one window. */
	struct mmio common, notices, status, own;
	u64 common_at, notices_at, status_at, own_at, notices_bytes, own_bytes;
	u32 notice_step;
	bool by_message;
	u64 features;                         /* agreed on */
	handle_t irq;
	struct dma_memory memory;             /* the first piece: queues, and what the driver takes */
	u32 queues;
	struct virtio_queue queue[VIRTIO_QUEUES_MAX];
};

/* What a driver wants of its device: features that it must have, and those that are used if it has them; queues, and how many
 * descriptors each has at most; and of how many parts the longest request is. Of a device with
 * the feature `several', as many queues as it says at `several_at' of its own configuration, `queues_most' at most, which share
 * those descriptors. */
struct virtio_wants {
	u64 needed, wanted;
	u32 queues, size, parts;
	u64 several, several_at;
	u32 queues_most;
};

/* Finds the device's parts and resets it, which ends an earlier instance's requests; agrees on features; makes queues.
 * `why' says what is missing. */
[[nodiscard]] enum status virtio_set_up(struct virtio *device, const struct virtio_wants *wants, struct text *why);

/* Resets a device that was set up, which ends all that it was asked for, and goes on with queues that are empty, as it was
 * started. */
[[nodiscard]] enum status virtio_begin_again(struct virtio *device, const struct virtio_wants *wants, struct text *why);

/* Binds the interrupt to a bit of the service's signal and starts the device. */
[[nodiscard]] enum status virtio_start(struct virtio *device, u32 bit);

/* The driver's data in the first piece: where it is in the mapping, for the device's eyes too. */
[[nodiscard]] static inline bool virtio_take_memory(struct virtio *device, u64 bytes, u64 *at)
{
	return dma_take(&device->memory, bytes, at);
}

static inline struct mspan virtio_memory(const struct virtio *device, u64 at, u64 bytes)
{
	return dma_span(&device->memory, at, bytes);
}

static inline u64 virtio_address(const struct virtio *device, u64 at) { return dma_address(&device->memory, at); }

/* Gives it a chain and tells it if it wants to know. */
[[nodiscard]] bool virtio_put(struct virtio *device, u32 queue, const struct virtio_request *request, u16 *id);
enum virtio_taken virtio_take(struct virtio *device, u32 queue, u16 *id, u32 *bytes);

/* From here on the device need not interrupt before it has finished more than so many since the last was taken back, as far as it
 * can be told so; 0: it does for each. To be followed by taking what it has finished. WHY a quarter of the queue at most: whoever
 * has more than that under way is told, even if each takes two descriptors. */
void virtio_be_patient(struct virtio *device, u32 queue, u32 count);

/* On an interrupt, before taking: lets the next one come. */
void virtio_interrupt(struct virtio *device);

/* Numbers of the device's own configuration; 0 where it has none. */
u32 virtio_own32(const struct virtio *device, u64 at);
u64 virtio_own64(const struct virtio *device, u64 at);

/* No more of it: it writes to no memory from here on. */
void virtio_close(struct virtio *device);

/* Ends the driver, whose device cannot be relied on: what it has is not known any more. The next instance resets it. */
NORETURN void virtio_abandon(struct virtio *device, struct span why);
NORETURN void virtio_abandon_broken(struct virtio *device);

#endif
