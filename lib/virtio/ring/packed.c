/* SPDX-License-Identifier: Apache-2.0
 *
 * A packed ring: descriptors that both sides write, each round of which is told from the one before by a bit that changes
 * with every round, and two words that say who wants to hear of what.
 *
 * Counts of descriptors are kept as in a split ring. WHY: the size is a power of two, so a count says where in the ring one
 * is and of which round; no wrap counter is needed beside it.
 *
 * SPEC: virtio 1.2, 2.8.1 "Driver and Device Ring Wrap Counters", 2.8.4 to 2.8.7, 2.8.13 "The Virtqueue Descriptor Table",
 * 2.8.14 "Event Suppression Structure Format"
 */
#include "lib/virtio/ring/layouts.h"

enum : u64 { WORD_BYTES = 4, FLAGS_AT = 14 };
enum : u16 { AVAILABLE = 1u << 7, USED = 1u << 15, FIRST_ROUND = 1u << 15 };
/* Of the words: what is wanted, above a place in the ring. */
enum : u16 { WANTS_ALL = 0, WANTS_NOTHING = 1, WANTS_FROM_PLACE = 2, WANTS_MASK = 3 };

u64 packed_of_driver(u32 size) { return RING_DESCRIPTOR_BYTES * size; }
u64 packed_of_device(u32 size) { return packed_of_driver(size) + WORD_BYTES; }
u64 packed_end(u32 size) { return packed_of_device(size) + WORD_BYTES; }

/* The first round, the third, and so on are marked by 1. */
static bool odd_round(const struct virtio_ring *ring, u16 count) { return (count & ring->size) == 0; }
static u64 place(const struct virtio_ring *ring, u16 count) { return count & (ring->size - 1); }

void packed_begin(const struct virtio_ring *ring, struct mspan memory)
{
	u64 word = packed_of_driver(ring->size);

	packed_ask_interrupt(ring, memory);
	mspan_store_le16(memory, word + 2, ring->modes.by_index ? WANTS_FROM_PLACE : WANTS_ALL);
}

/* SPEC: 2.8.7: nothing but who writes is said in a chain's own table. */
static void write_descriptor(struct mspan memory, u64 at, const struct virtio_part *part, u16 id, u16 flags)
{
	struct mspan d = mspan_part(memory, at, RING_DESCRIPTOR_BYTES);

	mspan_put_le64(d, 0, part->address);
	mspan_put_le32(d, 8, part->bytes);
	mspan_put_le16(d, 12, id);
	mspan_store_le16(d, FLAGS_AT, part->for_device_to_write ? flags | RING_DEVICE_WRITES : flags);
}

static void write_in_ring(const struct virtio_ring *ring, struct mspan memory, u16 count, const struct virtio_part *part, u16 id,
	u16 flags)
{
	u16 mark = odd_round(ring, count) ? AVAILABLE : USED;

	write_descriptor(memory, RING_DESCRIPTOR_BYTES * place(ring, count), part, id, flags | mark);
}

void packed_put(struct virtio_ring *ring, struct mspan memory, const struct virtio_request *request, u16 id, u64 table)
{
	struct virtio_part all = ring_whole_table(ring, request, table);
	u32 count = request->count;

	for (u32 i = 0; i < count && table != 0; i++)
		write_descriptor(memory, table + RING_DESCRIPTOR_BYTES * i, ELEM(request->part, i), 0, 0);
	if (table != 0)
		write_in_ring(ring, memory, ring->put, &all, id, RING_TABLE);
	/* WHY backwards: the chain is the device's as soon as the first is marked. */
	for (u32 i = count; i-- > 0 && table == 0;)
		write_in_ring(ring, memory, (u16)(ring->put + i), ELEM(request->part, i), id, i + 1 < count ? RING_MORE : 0);
	ring->free = *ELEM(ring->next, id);
	ring->put = (u16)(ring->put + (table != 0 ? 1 : count));
}

bool packed_wants_notice(const struct virtio_ring *ring, struct mspan memory, u16 before)
{
	/* WHY at once: place and what is wanted belong together. */
	u32 word = mspan_load_le32(memory, packed_of_device(ring->size)), wants = word >> 16 & WANTS_MASK;
	u16 rounds = (u16)(2 * ring->size - 1), from = (u16)(word & ~(u32)FIRST_ROUND);

	if (wants != WANTS_FROM_PLACE)
		return wants != WANTS_NOTHING;
	if ((word & FIRST_ROUND) == 0)
		from = (u16)(from + ring->size);
	return ((from - before) & rounds) < ((ring->put - before) & rounds);
}

enum virtio_taken packed_said(const struct virtio_ring *ring, struct mspan memory, struct ring_said *out)
{
	u64 at = RING_DESCRIPTOR_BYTES * place(ring, ring->taken);
	u16 flags = mspan_load_le16(memory, at + FLAGS_AT), both = AVAILABLE | USED;

	if ((flags & both) != (odd_round(ring, ring->taken) ? both : 0))
		return VIRTIO_NOTHING;
	*out = (struct ring_said){ mspan_load_le16(memory, at + 12), mspan_load_le32(memory, at + 8) };
	/* WHY: bytes mean nothing where the device wrote none (SPEC: 2.8.4), but not all devices say that they did. Those are
	 * believed as far as there was room. */
	bool written = (flags & RING_DEVICE_WRITES) != 0 || out->number >= ring->size ||
		       out->bytes <= ELEM(ring->chain, out->number)->room;

	out->bytes = written ? out->bytes : 0;
	return VIRTIO_TAKEN;
}

void packed_ask_interrupt(const struct virtio_ring *ring, struct mspan memory)
{
	u16 from = (u16)(ring->taken + ring->patience), round = odd_round(ring, from) ? FIRST_ROUND : 0;

	if (ring->modes.by_index)
		mspan_store_le16(memory, packed_of_driver(ring->size), (u16)place(ring, from) | round);
}
