/* SPDX-License-Identifier: Apache-2.0
 *
 * Receiving. INV: ring_used <= RING_BYTES; readers wait only while the ring is empty.
 */
#include "lib/serial/receive.h"
#include "lib/serial/line.h"
#include "lib/waiting/waiting.h"

enum : u32 { RING_BYTES = 1024 };

static u8 ring[RING_BYTES];
static u32 ring_first, ring_used;
static struct waiting readers;

bool receive_wanted(void)
{
	return ring_used < RING_BYTES;
}

/* The bytes at the ring's head that lie together. */
static struct span ring_head(void)
{
	return span_part(SPAN_OF_ARRAY(ring), ring_first, min_u64(ring_used, RING_BYTES - ring_first));
}

static void ring_drop(u64 bytes)
{
	ring_first = (u32)((ring_first + bytes) % RING_BYTES);
	ring_used -= (u32)bytes;
}

static void fill_ring(void)
{
	u8 byte;

	while (ring_used < RING_BYTES && line_take(&byte)) {
		ring[(ring_first + ring_used) % RING_BYTES] = byte;
		ring_used++;
	}
}

/* Gives readers what is there. A reader that has gone took nothing. */
void receive_run(void)
{
	service_ticket ticket = 0;

	fill_ring();
	while (ring_used > 0 && (ticket = waiting_take(&readers)) != 0) {
		struct span data = span_first(ring_head(), service_ticket_count(ticket));

		if (service_answer_data(ticket, data) == STATUS_OK)
			ring_drop(span_len(data));
		fill_ring();
	}
}

enum status receive_read(struct service_call *call)
{
	if (call->count == 0)
		return STATUS_OK;
	fill_ring();
	if (ring_used == 0)
		return waiting_add(&readers, call);
	struct span data = span_first(ring_head(), call->count);
	enum status status = service_put(call, data);

	if (status == STATUS_OK)
		ring_drop(span_len(data));
	return status;
}
