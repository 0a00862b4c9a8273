/* SPDX-License-Identifier: Apache-2.0
 *
 * A split ring: a table of descriptors, a ring of what is available to the device, a ring of what it has used.
 *
 * SPEC: virtio 1.2, 2.7.5 "The Virtqueue Descriptor Table", 2.7.5.3 "Indirect Descriptors", 2.7.6, 2.7.8, 2.7.7 "Used Buffer
 * Notification Suppression", 2.7.10 "Available Buffer Notification Suppression"
 */
#include "lib/virtio/ring/layouts.h"

enum : u64 { HEAD_BYTES = 4, AVAILABLE_BYTES = 2, USED_BYTES = 8, USED_ALIGNMENT = 4 };
enum : u16 { USED_NO_NOTICE = 1 };

u64 split_of_driver(u32 size) { return RING_DESCRIPTOR_BYTES * size; }

u64 split_of_device(u32 size)
{
	u64 end = split_of_driver(size) + HEAD_BYTES + AVAILABLE_BYTES * size + 2;

	return (end + USED_ALIGNMENT - 1) & ~(USED_ALIGNMENT - 1);
}

u64 split_end(u32 size) { return split_of_device(size) + HEAD_BYTES + USED_BYTES * size + 2; }

/* Where the driver says at which count it wants to hear, and where the device does. */
static u64 driver_event(u32 size) { return split_of_driver(size) + HEAD_BYTES + AVAILABLE_BYTES * size; }
static u64 device_event(u32 size) { return split_of_device(size) + HEAD_BYTES + USED_BYTES * size; }

/* Descriptor `at` of the table that begins there: the ring's own, or a chain's. */
static void write_descriptor(struct mspan memory, u64 table, u16 at, const struct virtio_part *part, u16 flags, u16 next)
{
	struct mspan d = mspan_part(memory, table + RING_DESCRIPTOR_BYTES * at, RING_DESCRIPTOR_BYTES);

	mspan_put_le64(d, 0, part->address);
	mspan_put_le32(d, 8, part->bytes);
	mspan_put_le16(d, 12, part->for_device_to_write ? flags | RING_DEVICE_WRITES : flags);
	mspan_put_le16(d, 14, next);
}

/* The count is written behind what it counts. */
static void publish(struct virtio_ring *ring, struct mspan memory, u16 id)
{
	u64 available = split_of_driver(ring->size);

	mspan_store_le16(memory, available + HEAD_BYTES + AVAILABLE_BYTES * (ring->put % ring->size), id);
	ring->put++;
	mspan_store_le16(memory, available + 2, ring->put);
}

static void put_table(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id, u64 table)
{
	struct virtio_part all = ring_whole_table(ring, request, table);

	for (u16 i = 0; i < request->count; i++)
		write_descriptor(memory, table, i, ELEM(request->part, i), i + 1u < request->count ? RING_MORE : 0, (u16)(i + 1));
	write_descriptor(memory, 0, id, &all, RING_TABLE, 0);
	ring->free = *ELEM(ring->next, id);
}

static void put_chain(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id)
{
	u16 at = id;

	for (u32 i = 0; i < request->count; i++) {
		u16 next = *ELEM(ring->next, at);

		write_descriptor(memory, 0, at, ELEM(request->part, i), i + 1 < request->count ? RING_MORE : 0, next);
		at = next;
	}
	ring->free = at;
}

void split_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id, u64 table)
{
	if (table != 0)
		put_table(ring, memory, request, id, table);
	else
		put_chain(ring, memory, request, id);
	publish(ring, memory, id);
}

bool split_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before)
{
	if (!ring->modes.by_index)
		return (mspan_load_le16(memory, split_of_device(ring->size)) & USED_NO_NOTICE) == 0;
	u16 event = mspan_load_le16(memory, device_event(ring->size));

	return (u16)(ring->put - event - 1) < (u16)(ring->put - before);
}

enum virtio_taken split_said(const struct virtio_ring *ring, struct mspan memory, struct ring_said *out)
{
	u64 used = split_of_device(ring->size);
	u16 count = mspan_load_le16(memory, used + 2);

	if (count == ring->taken)
		return VIRTIO_NOTHING;
	if ((u16)(count - ring->taken) > (u16)(ring->put - ring->taken))
		return VIRTIO_BROKEN;
	u64 entry = used + HEAD_BYTES + USED_BYTES * (ring->taken % ring->size);

	*out = (struct ring_said){ mspan_load_le32(memory, entry), mspan_load_le32(memory, entry + 4) };
	return VIRTIO_TAKEN;
}

void split_ask_interrupt(const struct virtio_ring *ring, struct mspan memory)
{
	if (ring->modes.by_index)
		mspan_store_le16(memory, driver_event(ring->size), (u16)(ring->taken + ring->patience));
}
