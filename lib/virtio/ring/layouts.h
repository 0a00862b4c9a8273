/* SPDX-License-Identifier: Apache-2.0
 *
 * The two layouts of a virtqueue in memory, for ring.c, which decides what is put and believed.
 */
#ifndef LIB_VIRTIO_RING_LAYOUTS_H
#define LIB_VIRTIO_RING_LAYOUTS_H

#include "lib/virtio/ring/ring.h"

enum : u64 { RING_DESCRIPTOR_BYTES = 16 };
enum : u16 { RING_MORE = 1, RING_DEVICE_WRITES = 2, RING_TABLE = 4 };

/* What the device says it has finished: the chain of that number, and bytes. */
struct ring_said {
	u32 number, bytes;
};

/* Where what the driver tells begins, what the device tells, and what is behind. */
u64 split_of_driver(u32 size);
u64 split_of_device(u32 size);
u64 split_end(u32 size);
u64 packed_of_driver(u32 size);
u64 packed_of_device(u32 size);
u64 packed_end(u32 size);

/* A zeroed ring begins. */
void packed_begin(const struct virtio_ring *ring, struct mspan memory);

/* Writes the chain of that number, whose parts fit, and makes it the device's. `table' is where its own table is, 0: it has
 * none. */
void split_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id, u64 table);
void packed_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id, u64 table);

/* True if the device wants to be told of what was put since there were `before' of it. */
bool split_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before);
bool packed_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before);

/* What the device says next, unchecked; BROKEN: that it has finished more than it was given. */
enum virtio_taken split_said(const struct virtio_ring *ring, struct mspan memory, struct ring_said *out);
enum virtio_taken packed_said(const struct virtio_ring *ring, struct mspan memory, struct ring_said *out);

/* It is taken, and `ring->taken' says so: when the device is to interrupt again. */
void split_ask_interrupt(const struct virtio_ring *ring, struct mspan memory);
void packed_ask_interrupt(const struct virtio_ring *ring, struct mspan memory);

/* The table of a chain: one descriptor of the ring that names all of it. */
struct virtio_part ring_whole_table(const struct virtio_ring *ring, const struct virtio_request *request, u64 table);

#endif
