/* SPDX-License-Identifier: Apache-2.0
 *
 * A split virtqueue. See ring.h.
 */
#include "lib/virtio/ring/ring.h"

/* SPEC: 2.7.5 "The Virtqueue Descriptor Table", 2.7.6, 2.7.8 */
enum : u64 { DESCRIPTOR_BYTES = 16, HEAD_BYTES = 4, AVAILABLE_BYTES = 2, USED_BYTES = 8, USED_ALIGNMENT = 4 };
enum : u16 { MORE = 1, DEVICE_WRITES = 2 };
enum : u16 { USED_NO_NOTICE = 1 };

u64 virtio_ring_available(u32 size) { return DESCRIPTOR_BYTES * size; }

u64 virtio_ring_used(u32 size)
{
	u64 end = virtio_ring_available(size) + HEAD_BYTES + AVAILABLE_BYTES * size + 2;

	return (end + USED_ALIGNMENT - 1) & ~(USED_ALIGNMENT - 1);
}

u64 virtio_ring_bytes(u32 size) { return virtio_ring_used(size) + HEAD_BYTES + USED_BYTES * size + 2; }

/* Where the driver says at which count it wants to hear, and where the device does. */
static u64 driver_event(u32 size) { return virtio_ring_available(size) + HEAD_BYTES + AVAILABLE_BYTES * size; }
static u64 device_event(u32 size) { return virtio_ring_used(size) + HEAD_BYTES + USED_BYTES * size; }

bool virtio_ring_begin(struct virtio_ring *ring, struct mspan memory, u32 size, bool by_index)
{
	if (size == 0 || size > VIRTIO_RING_MAX || (size & (size - 1)) != 0 || mspan_len(memory) < virtio_ring_bytes(size))
		return false;
	*ring = (struct virtio_ring){ .size = size, .free_count = (u16)size, .by_index = by_index };
	for (u32 i = 0; i < size; i++)
		*ELEM(ring->next, i) = (u16)(i + 1);
	mspan_fill(mspan_first(memory, virtio_ring_bytes(size)), 0);
	return true;
}

static void write_descriptor(struct mspan memory, u16 at, const struct virtio_part *part, u16 flags, u16 next)
{
	struct mspan d = mspan_part(memory, DESCRIPTOR_BYTES * at, DESCRIPTOR_BYTES);

	mspan_put_le64(d, 0, part->address);
	mspan_put_le32(d, 8, part->bytes);
	mspan_put_le16(d, 12, flags);
	mspan_put_le16(d, 14, next);
}

/* The count is written behind what it counts. */
static void publish(struct virtio_ring *ring, struct mspan memory, u16 id)
{
	u64 available = virtio_ring_available(ring->size);

	mspan_put_le16(memory, available + HEAD_BYTES + AVAILABLE_BYTES * (ring->put % ring->size), id);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	ring->put++;
	mspan_put_le16(memory, available + 2, ring->put);
	/* WHY full: what the device wants to hear is read behind the count that it may have seen. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

bool virtio_ring_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 *id)
{
	u32 count = request->count;
	struct virtio_chain chain = { .busy = true, .parts = (u16)count };
	u16 at = ring->free;

	if (ring->broken || count == 0 || count > VIRTIO_PARTS_MAX || count > ring->free_count)
		return false;
	*id = at;
	for (u32 i = 0; i < count; i++) {
		const struct virtio_part *part = ELEM(request->part, i);
		u16 next = *ELEM(ring->next, at), flags = i + 1 < count ? MORE : 0;

		chain.room += part->for_device_to_write ? part->bytes : 0;
		write_descriptor(memory, at, part, flags | (part->for_device_to_write ? DEVICE_WRITES : 0), next);
		at = next;
	}
	ring->free = at;
	ring->free_count = (u16)(ring->free_count - count);
	*ELEM(ring->chain, *id) = chain;
	publish(ring, memory, *id);
	return true;
}

bool virtio_ring_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before)
{
	if (!ring->by_index)
		return (span_le16(span_of(memory), virtio_ring_used(ring->size)) & USED_NO_NOTICE) == 0;
	u16 event = span_le16(span_of(memory), device_event(ring->size));

	return (u16)(ring->put - event - 1) < (u16)(ring->put - before);
}

static enum virtio_taken broken(struct virtio_ring *ring)
{
	ring->broken = true;
	return VIRTIO_BROKEN;
}

static void give_back(struct virtio_ring *ring, u16 id)
{
	struct virtio_chain *chain = ELEM(ring->chain, id);
	u16 last = id;

	for (u32 i = 1; i < chain->parts; i++)
		last = *ELEM(ring->next, last);
	*ELEM(ring->next, last) = ring->free;
	ring->free = id;
	ring->free_count = (u16)(ring->free_count + chain->parts);
	*chain = (struct virtio_chain){};
}

enum virtio_taken virtio_ring_take(struct virtio_ring *ring, struct mspan memory, u16 *id, u32 *bytes)
{
	u64 used = virtio_ring_used(ring->size);

	if (ring->broken)
		return VIRTIO_BROKEN;
	u16 count = span_le16(span_of(memory), used + 2);

	if (count == ring->taken)
		return VIRTIO_NOTHING;
	if ((u16)(count - ring->taken) > (u16)(ring->put - ring->taken))
		return broken(ring);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	struct span entry = span_part(span_of(memory), used + HEAD_BYTES + USED_BYTES * (ring->taken % ring->size), USED_BYTES);
	u32 number = span_le32(entry, 0), written = span_le32(entry, 4);

	if (number >= ring->size || !ELEM(ring->chain, number)->busy || written > ELEM(ring->chain, number)->room)
		return broken(ring);
	*id = (u16)number;
	*bytes = written;
	give_back(ring, *id);
	ring->taken++;
	if (ring->by_index)
		mspan_put_le16(memory, driver_event(ring->size), ring->taken);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return VIRTIO_TAKEN;
}
