/* SPDX-License-Identifier: Apache-2.0
 *
 * One side of a ring, and a driver's two. See ring.h.
 */
#include "lib/ring/ring.h"

/* In a ring: each side's word has a line of its own, so that neither waits for the other's cache. */
enum : u64 { PUT_AT = 0, WAKE_AT = RING_LINE, ENTRIES_AT = 2 * RING_LINE, LIFE_AT = 0 };

static u64 of_life(const struct ring *ring, u32 count) { return (u64)ring->life << 32 | count; }

static struct mspan place(const struct ring *ring, struct mspan memory)
{
	return mspan_part(memory, ring->at + ENTRIES_AT + RING_ENTRY_BYTES * (ring->count & (ring->size - 1)), RING_ENTRY_BYTES);
}

void ring_begin(struct ring *ring, u64 at, u32 size, u32 life) { *ring = (struct ring){ .at = at, .size = size, .life = life }; }

void ring_put(struct ring *ring, struct mspan memory, const struct ring_entry *entry)
{
	span_copy(place(ring, memory), SPAN_OF_STRUCT(*entry));
	ring->count++;
}

bool ring_tell(struct ring *ring, struct mspan memory)
{
	u32 before = ring->other;

	if (ring->count == before)
		return false;
	ring->other = ring->count;
	mspan_store64(memory, ring->at + PUT_AT, of_life(ring, ring->count));
	/* INV-RING-WAKE */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	u64 wake = mspan_load64(memory, ring->at + WAKE_AT);

	return wake >> 32 == ring->life && (u32)wake - before < ring->count - before;
}

static u32 there_are(const struct ring *ring, struct mspan memory)
{
	u64 put = mspan_load64(memory, ring->at + PUT_AT);

	return put >> 32 == ring->life ? (u32)put : ring->count;
}

enum ring_taken ring_take(struct ring *ring, struct mspan memory, struct ring_entry *entry)
{
	if (ring->other == ring->count) {
		u32 now = there_are(ring, memory);

		if (now - ring->count > ring->size)
			return RING_BROKEN;
		ring->other = now;
	}
	if (ring->other == ring->count)
		return RING_NOTHING;
	span_copy(MSPAN_OF_STRUCT(*entry), span_of(place(ring, memory)));
	/* WHY: what is looked at from here on is the copy, not what it was made from. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	ring->count++;
	return RING_TAKEN;
}

bool ring_sleep(struct ring *ring, struct mspan memory)
{
	mspan_store64(memory, ring->at + WAKE_AT, of_life(ring, ring->count));
	/* INV-RING-WAKE */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return there_are(ring, memory) == ring->count;
}

void ring_server_begin(struct ring_server *server, struct mspan memory, u32 size, u32 life)
{
	ring_begin(&server->requests, RING_LINE, size, life);
	ring_begin(&server->answers, ring_answers_at(size), size, life);
	(void)ring_sleep(&server->requests, memory);
	mspan_store64(memory, LIFE_AT, life);
}
