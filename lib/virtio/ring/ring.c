/* SPDX-License-Identifier: Apache-2.0
 *
 * What virtqueues of both layouts keep and check. See ring.h.
 */
#include "lib/virtio/ring/layouts.h"

enum : u64 { TABLE_BYTES = RING_DESCRIPTOR_BYTES * VIRTIO_PARTS_MAX, TABLE_ALIGNMENT = 16 };

u64 virtio_ring_of_driver(u32 size, bool packed) { return packed ? packed_of_driver(size) : split_of_driver(size); }
u64 virtio_ring_of_device(u32 size, bool packed) { return packed ? packed_of_device(size) : split_of_device(size); }

/* Behind all else, one for each chain. */
static u64 tables(u32 size, bool packed)
{
	u64 end = packed ? packed_end(size) : split_end(size);

	return (end + TABLE_ALIGNMENT - 1) & ~(TABLE_ALIGNMENT - 1);
}

u64 virtio_ring_bytes(u32 size, const struct virtio_ring_modes *modes)
{
	return tables(size, modes->packed) + (modes->indirect ? TABLE_BYTES * size : 0);
}

struct virtio_part ring_whole_table(const struct virtio_ring *ring, const struct virtio_request *request, u64 table)
{
	return (struct virtio_part){ ring->modes.address + table, (u32)RING_DESCRIPTOR_BYTES * request->count, false };
}

bool virtio_ring_begin(struct virtio_ring *ring, struct mspan memory, u32 size, const struct virtio_ring_modes *modes)
{
	if (size == 0 || size > VIRTIO_RING_MAX || (size & (size - 1)) != 0 ||
	    mspan_len(memory) < virtio_ring_bytes(size, modes))
		return false;
	*ring = (struct virtio_ring){ .size = size, .free_count = (u16)size, .modes = *modes };
	for (u32 i = 0; i < size; i++)
		*ELEM(ring->next, i) = (u16)(i + 1);
	mspan_fill(mspan_first(memory, virtio_ring_bytes(size, modes)), 0);
	if (modes->packed)
		packed_begin(ring, memory);
	return true;
}

bool virtio_ring_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 *id)
{
	u32 count = request->count;
	bool table = ring->modes.indirect && count > 1;
	struct virtio_chain chain = { .busy = true, .parts = table ? 1 : (u16)count };

	if (ring->broken || count == 0 || count > VIRTIO_PARTS_MAX || chain.parts > ring->free_count)
		return false;
	*id = ring->free;
	u64 table_at = table ? tables(ring->size, ring->modes.packed) + TABLE_BYTES * *id : 0;

	for (u32 i = 0; i < count; i++)
		chain.room += ELEM(request->part, i)->for_device_to_write ? ELEM(request->part, i)->bytes : 0;
	if (ring->modes.packed)
		packed_put(ring, memory, request, *id, table_at);
	else
		split_put(ring, memory, request, *id, table_at);
	ring->free_count = (u16)(ring->free_count - chain.parts);
	*ELEM(ring->chain, *id) = chain;
	/* WHY full: what the device wants to hear is read behind what it may have seen. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return true;
}

bool virtio_ring_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before)
{
	return ring->modes.packed ? packed_wants_notice(ring, memory, before) : split_wants_notice(ring, memory, before);
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

	for (u32 i = 1; i < chain->parts && !ring->modes.packed; i++)
		last = *ELEM(ring->next, last);
	*ELEM(ring->next, last) = ring->free;
	ring->free = id;
	ring->free_count = (u16)(ring->free_count + chain->parts);
	ring->taken = (u16)(ring->taken + (ring->modes.packed ? chain->parts : 1));
	*chain = (struct virtio_chain){};
}

/* WHY full: what the device has finished is read behind what it was told of. */
static void ask_interrupt(const struct virtio_ring *ring, struct mspan memory)
{
	if (ring->modes.packed)
		packed_ask_interrupt(ring, memory);
	else
		split_ask_interrupt(ring, memory);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

enum virtio_taken virtio_ring_take(struct virtio_ring *ring, struct mspan memory, u16 *id, u32 *bytes)
{
	struct ring_said said = {};

	if (ring->broken)
		return VIRTIO_BROKEN;
	enum virtio_taken taken = ring->modes.packed ? packed_said(ring, memory, &said) : split_said(ring, memory, &said);

	if (taken == VIRTIO_NOTHING)
		return VIRTIO_NOTHING;
	if (taken == VIRTIO_BROKEN || said.number >= ring->size || !ELEM(ring->chain, said.number)->busy ||
	    said.bytes > ELEM(ring->chain, said.number)->room)
		return broken(ring);
	*id = (u16)said.number;
	*bytes = said.bytes;
	give_back(ring, *id);
	ask_interrupt(ring, memory);
	return VIRTIO_TAKEN;
}

void virtio_ring_be_patient(struct virtio_ring *ring, struct mspan memory, u32 count)
{
	ring->patience = (u16)min_u64(count, ring->size / 4);
	ask_interrupt(ring, memory);
}
