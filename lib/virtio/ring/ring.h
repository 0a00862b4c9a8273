/* SPDX-License-Identifier: Apache-2.0
 *
 * A virtqueue, from the driver's side: what is put where in memory that a device sees. The device may write
 * anything there at any time. So everything that decides is kept outside, in struct virtio_ring; what is read from the
 * shared memory is read once and checked, and what cannot be ends the ring. There are two layouts, split (split.c) and
 * packed (packed.c), and what is kept, checked and promised is the same for both.
 *
 * SPEC: virtio 1.2, 2.7 "Split Virtqueues", 2.8 "Packed Virtqueues"
 */
#ifndef LIB_VIRTIO_RING_RING_H
#define LIB_VIRTIO_RING_RING_H

#include "lib/base/span.h"

enum : u32 { VIRTIO_RING_MAX = 64, VIRTIO_PARTS_MAX = 4 };

/* A piece of memory as the device finds it. */
struct virtio_part {
	u64 address;
	u32 bytes;
	bool for_device_to_write;
};

/* What the device gets at once: parts that it reads, then those that it writes. */
struct virtio_request {
	u32 count;
	struct virtio_part part[VIRTIO_PARTS_MAX];
};

struct virtio_chain {
	bool busy;       /* the device has it */
	u16 parts;       /* descriptors of the ring */
	u32 room;        /* bytes that the device may write */
};

/* What was agreed on. */
struct virtio_ring_modes {
	bool packed;     /* one ring of descriptors for both sides (VIRTIO_F_RING_PACKED) */
	bool by_index;   /* notifications are asked for by index (VIRTIO_F_EVENT_IDX) */
	bool indirect;   /* a chain takes one descriptor, which names a table of its parts (VIRTIO_F_INDIRECT_DESC) */
	u64 address;     /* then: of the ring's memory as the device finds it */
};

/* INV-VIRTIO-RING: numbers of chains that are not busy, and have no parts, form a list through `next` from `free`. In a split
 * ring they are those of descriptors: the list is `free_count` long, and each busy chain's form one from its number. */
struct virtio_ring {
	u32 size;        /* a power of two, at most VIRTIO_RING_MAX */
	u16 free, free_count;  /* the first number; descriptors */
	u16 patience;    /* how many the device may finish and not interrupt */
	u16 put, taken;  /* counts of what was given to the device, and taken back: chains, or descriptors of a packed ring */
	struct virtio_ring_modes modes;
	bool broken;
	u16 next[VIRTIO_RING_MAX];
	struct virtio_chain chain[VIRTIO_RING_MAX];
};

/* Bytes of memory for a ring, and where what the driver tells and what the device tells lie in it, behind descriptors. */
u64 virtio_ring_bytes(u32 size, const struct virtio_ring_modes *modes);
u64 virtio_ring_of_driver(u32 size, bool packed);
u64 virtio_ring_of_device(u32 size, bool packed);

/* An empty ring; false for a size that cannot be. The memory, which begins with a multiple of 16, is zeroed. */
[[nodiscard]] bool virtio_ring_begin(struct virtio_ring *ring, struct mspan memory, u32 size,
	const struct virtio_ring_modes *modes);

/* Gives the device a chain of parts; `id` names the chain until it is taken back. False if there
 * is no room, or the ring is broken. */
[[nodiscard]] bool virtio_ring_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request,
	u16 *id);

/* True if the device wants to be told of what was put since there were `before` of them (ring->put). */
bool virtio_ring_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before);

enum virtio_taken : u32 {
	VIRTIO_NOTHING,  /* the device has finished nothing more; it interrupts when it does */
	VIRTIO_TAKEN,
	VIRTIO_BROKEN,   /* it said what cannot be; the ring is of no more use until the device is reset */
};
/* Takes back a chain that the device has finished with; bytes is how many it wrote, never more than there was room. */
enum virtio_taken virtio_ring_take(struct virtio_ring *ring, struct mspan memory, u16 *id, u32 *bytes);

/* Sets the patience, to a quarter of the ring at most. What the device has finished already is to be taken then. */
void virtio_ring_be_patient(struct virtio_ring *ring, struct mspan memory, u32 count);

#endif
