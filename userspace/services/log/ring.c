/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of text.
 */
#include "userspace/services/log/ring.h"

struct ring_text {
	u64 end;
	u8 bytes[RING_BYTES];
};

static struct ring_text rings[RING_COUNT];

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
	struct ring_text *r = ELEM(rings, ring);

	while (span_len(text) > 0) {
		usize at = r->end % RING_BYTES;
		struct span part = span_first(text, RING_BYTES - at);

		span_copy(mspan_from(MSPAN_OF_ARRAY(r->bytes), at), part);
		r->end += span_len(part);
		text = span_from(text, span_len(part));
	}
}

usize ring_read(enum ring ring, u64 *position, struct mspan to)
{
	const struct ring_text *r = ELEM(rings, ring);
	usize copied = 0;

	*position = max_u64(*position, ring_first(ring));
	while (*position < r->end && copied < mspan_len(to)) {
		usize at = *position % RING_BYTES;
		u64 bytes = min_u64(min_u64(RING_BYTES - at, r->end - *position), mspan_len(to) - copied);

		span_copy(mspan_from(to, copied), span_part(SPAN_OF_ARRAY(r->bytes), at, bytes));
		copied += bytes;
		*position += bytes;
	}
	return copied;
}
