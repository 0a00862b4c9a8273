/* SPDX-License-Identifier: Apache-2.0
 *
 * A split virtqueue. See ring.h.
 */
#include "lib/virtio/ring/ring.h"

/* SPEC: 2.7.5 "The Virtqueue Descriptor Table", 2.7.6, 2.7.8 */
enum : u64 { DESCRIPTOR_BYTES = 16, HEAD_BYTES = 4, AVAILABLE_BYTES = 2, USED_BYTES = 8, USED_ALIGNMENT = 4 };
enum : u64 { TABLE_BYTES = DESCRIPTOR_BYTES * VIRTIO_PARTS_MAX, TABLE_ALIGNMENT = 16 };
enum : u16 { MORE = 1, DEVICE_WRITES = 2, TABLE = 4 };
enum : u16 { USED_NO_NOTICE = 1 };

u64 virtio_ring_available(u32 size) { return DESCRIPTOR_BYTES * size; }

u64 virtio_ring_used(u32 size)
{
	u64 end = virtio_ring_available(size) + HEAD_BYTES + AVAILABLE_BYTES * size + 2;

	return (end + USED_ALIGNMENT - 1) & ~(USED_ALIGNMENT - 1);
}

/* Behind the used ring, one for each descriptor. */
static u64 tables(u32 size)
{
	u64 end = virtio_ring_used(size) + HEAD_BYTES + USED_BYTES * size + 2;

	return (end + TABLE_ALIGNMENT - 1) & ~(TABLE_ALIGNMENT - 1);
}

u64 virtio_ring_bytes(u32 size, bool indirect) { return tables(size) + (indirect ? TABLE_BYTES * size : 0); }

/* Where the driver says at which count it wants to hear, and where the device does. */
static u64 driver_event(u32 size) { return virtio_ring_available(size) + HEAD_BYTES + AVAILABLE_BYTES * size; }
static u64 device_event(u32 size) { return virtio_ring_used(size) + HEAD_BYTES + USED_BYTES * size; }

bool virtio_ring_begin(struct virtio_ring *ring, struct mspan memory, u32 size, const struct virtio_ring_modes *modes)
{
	if (size == 0 || size > VIRTIO_RING_MAX || (size & (size - 1)) != 0 ||
	    mspan_len(memory) < virtio_ring_bytes(size, modes->indirect))
		return false;
	*ring = (struct virtio_ring){ .size = size, .free_count = (u16)size, .modes = *modes };
	for (u32 i = 0; i < size; i++)
		*ELEM(ring->next, i) = (u16)(i + 1);
	mspan_fill(mspan_first(memory, virtio_ring_bytes(size, modes->indirect)), 0);
	return true;
}

/* Descriptor `at` of the table that begins there: the ring's own, or a chain's. */
static void write_descriptor(struct mspan memory, u64 table, u16 at, const struct virtio_part *part, u16 flags, u16 next)
{
	struct mspan d = mspan_part(memory, table + DESCRIPTOR_BYTES * at, DESCRIPTOR_BYTES);

	mspan_put_le64(d, 0, part->address);
	mspan_put_le32(d, 8, part->bytes);
	mspan_put_le16(d, 12, part->for_device_to_write ? flags | DEVICE_WRITES : flags);
	mspan_put_le16(d, 14, next);
}

/* The count is written behind what it counts. */
static void publish(struct virtio_ring *ring, struct mspan memory, u16 id)
{
	u64 available = virtio_ring_available(ring->size);

	mspan_store16(memory, available + HEAD_BYTES + AVAILABLE_BYTES * (ring->put % ring->size), id);
	ring->put++;
	mspan_store16(memory, available + 2, ring->put);
	/* WHY full: what the device wants to hear is read behind the count that it may have seen. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* One descriptor of the ring, for a table of its own. */
static void put_table(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id)
{
	u64 table = tables(ring->size) + TABLE_BYTES * id;
	struct virtio_part all = { ring->modes.address + table, (u32)DESCRIPTOR_BYTES * request->count, false };

	for (u16 i = 0; i < request->count; i++)
		write_descriptor(memory, table, i, ELEM(request->part, i), i + 1u < request->count ? MORE : 0, (u16)(i + 1));
	write_descriptor(memory, 0, id, &all, TABLE, 0);
	ring->free = *ELEM(ring->next, id);
}

static void put_chain(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id)
{
	u16 at = id;

	for (u32 i = 0; i < request->count; i++) {
		u16 next = *ELEM(ring->next, at);

		write_descriptor(memory, 0, at, ELEM(request->part, i), i + 1 < request->count ? MORE : 0, next);
		at = next;
	}
	ring->free = at;
}

bool virtio_ring_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 *id)
{
	u32 count = request->count;
	bool table = ring->modes.indirect && count > 1;
	struct virtio_chain chain = { .busy = true, .parts = table ? 1 : (u16)count };

	if (ring->broken || count == 0 || count > VIRTIO_PARTS_MAX || chain.parts > ring->free_count)
		return false;
	*id = ring->free;
	for (u32 i = 0; i < count; i++)
		chain.room += ELEM(request->part, i)->for_device_to_write ? ELEM(request->part, i)->bytes : 0;
	if (table)
		put_table(ring, memory, request, *id);
	else
		put_chain(ring, memory, request, *id);
	ring->free_count = (u16)(ring->free_count - chain.parts);
	*ELEM(ring->chain, *id) = chain;
	publish(ring, memory, *id);
	return true;
}

bool virtio_ring_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before)
{
	if (!ring->modes.by_index)
		return (mspan_load16(memory, virtio_ring_used(ring->size)) & USED_NO_NOTICE) == 0;
	u16 event = mspan_load16(memory, device_event(ring->size));

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
	u16 count = mspan_load16(memory, used + 2);

	if (count == ring->taken)
		return VIRTIO_NOTHING;
	if ((u16)(count - ring->taken) > (u16)(ring->put - ring->taken))
		return broken(ring);
	u64 entry = used + HEAD_BYTES + USED_BYTES * (ring->taken % ring->size);
	u32 number = mspan_load32(memory, entry), written = mspan_load32(memory, entry + 4);

	if (number >= ring->size || !ELEM(ring->chain, number)->busy || written > ELEM(ring->chain, number)->room)
		return broken(ring);
	*id = (u16)number;
	*bytes = written;
	give_back(ring, *id);
	ring->taken++;
	if (ring->modes.by_index)
		mspan_store16(memory, driver_event(ring->size), ring->taken);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return VIRTIO_TAKEN;
}
