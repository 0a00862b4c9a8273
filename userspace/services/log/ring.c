/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of text.
 */
#include "userspace/services/log/ring.h"
#include "lib/keep/keep.h"

/* WHY more than is shown: text that is not committed yet must not lie where shown text lies. */
enum : u64 { ROOM_BYTES = RING_BYTES + RING_UNCOMMITTED_BYTES };

struct ring_end {
	u64 end;
};
KEEP_RECORD(struct ring_end, 8);

static struct ring_end rings[RING_COUNT];
static struct keep_part kept_rings;
static u8 own_room[RING_COUNT][ROOM_BYTES]; /* if nothing is kept */
static u64 kept_room;                       /* in the state's bulk; 0: none */

static struct mspan room_of(enum ring ring)
{
	return kept_room == 0 ? MSPAN_OF_ARRAY(*ELEM(own_room, ring)) : keep_bulk_bytes(kept_room + ring * ROOM_BYTES, ROOM_BYTES);
}

void rings_keep(void)
{
	keep_add(&kept_rings, MSPAN_OF_ARRAY(rings), sizeof(struct ring_end));
	kept_room = keep_bulk(RING_COUNT * ROOM_BYTES);
}

u64 ring_end(enum ring ring)
{
	return rings[ring].end;
}

u64 ring_first(enum ring ring)
{
	u64 end = rings[ring].end;

	return end > RING_BYTES ? end - RING_BYTES : 0;
}

void ring_append(enum ring ring, struct span text)
{
	struct ring_end *r = ELEM(rings, ring);

	while (span_len(text) > 0) {
		usize at = r->end % ROOM_BYTES;
		struct span part = span_first(text, ROOM_BYTES - at);

		span_copy(mspan_from(room_of(ring), at), part);
		r->end += span_len(part);
		text = span_from(text, span_len(part));
	}
	keep_changed(&kept_rings, ring, SPAN_OF_STRUCT(*r));
}

usize ring_read(enum ring ring, u64 *position, struct mspan to)
{
	const struct ring_end *r = ELEM(rings, ring);
	usize copied = 0;

	*position = max_u64(*position, ring_first(ring));
	while (*position < r->end && copied < mspan_len(to)) {
		usize at = *position % ROOM_BYTES;
		u64 bytes = min_u64(min_u64(ROOM_BYTES - at, r->end - *position), mspan_len(to) - copied);

		span_copy(mspan_from(to, copied), span_part(span_of(room_of(ring)), at, bytes));
		copied += bytes;
		*position += bytes;
	}
	return copied;
}
