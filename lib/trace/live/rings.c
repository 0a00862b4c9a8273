/* SPDX-License-Identifier: Apache-2.0
 *
 * A packet of each ring is kept, and the earliest record of all is the next.
 */
#include "lib/trace/live/rings.h"
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"
#include "lib/trace/reader.h"
#include "abi/stubs.h"

enum : u32 { RINGS_MAX = 32 };

struct STABLE ring {
	pages_t pages;
	struct trace_reader reader;
	u64 count, at;              /* records of the packet, and how many of them were given out */
	struct event_packet packet;
};

static struct ring rings[RINGS_MAX];
static u32 ring_count;

static enum status map_ring(struct ring *ring, u32 cpu)
{
	handle_t memory;
	struct cap_info info = {};
	enum status status = sys_trace_ring(rt_handle(span_text("trace")), cpu, &memory);

	if (status != STATUS_OK)
		return status;
	status = sys_cap_inspect(memory, &info);
	if (status == STATUS_OK)
		status = rt_pages_map(memory, 0, info.count << PAGE_SHIFT, MAP_READ, &ring->pages);
	sys_cap_drop(memory);
	return status;
}

static enum status open_ring(struct ring *ring, u32 cpu, u64 count)
{
	enum status status = ring->pages.v == 0 ? map_ring(ring, cpu) : STATUS_OK;

	if (status != STATUS_OK)
		return status;
	ring->reader = trace_reader_at_end(rt_pages_span(ring->pages), count);
	ring->count = ring->at = 0;
	return STATUS_OK;
}

enum status rings_open(u64 count)
{
	for (u32 cpu = 0; cpu < RINGS_MAX; cpu++) {
		enum status status = open_ring(ELEM(rings, cpu), cpu, count);

		if (status == STATUS_RANGE && cpu > 0)
			return STATUS_OK;
		if (status != STATUS_OK)
			return status;
		ring_count = cpu + 1;
	}
	return STATUS_OK;
}

void rings_end(void)
{
	for (u32 cpu = 0; cpu < ring_count; cpu++)
		trace_reader_end(&ELEM(rings, cpu)->reader, rt_pages_span(ELEM(rings, cpu)->pages));
}

static bool refill(struct ring *ring, bool whole)
{
	ring->at = 0;
	ring->count = trace_reader_take(&ring->reader, rt_pages_span(ring->pages), whole, &ring->packet);
	return ring->count > 0;
}

bool rings_next(const struct event_record **record)
{
	struct ring *first = nullptr;

	for (u32 cpu = 0; cpu < ring_count; cpu++) {
		struct ring *ring = ELEM(rings, cpu);

		if (ring->at == ring->count && !refill(ring, false))
			continue;
		if (first == nullptr ||
		    ELEM(ring->packet.record, ring->at)->time_ns < ELEM(first->packet.record, first->at)->time_ns)
			first = ring;
	}
	if (first == nullptr)
		return false;
	*record = ELEM(first->packet.record, first->at);
	first->at++;
	return true;
}

bool rings_next_packet(bool whole, const struct event_packet **packet)
{
	for (u32 cpu = 0; cpu < ring_count; cpu++) {
		struct ring *ring = ELEM(rings, cpu);

		*packet = &ring->packet;
		if (refill(ring, whole))
			return true;
	}
	return false;
}

u64 rings_lost(void)
{
	u64 lost = 0;

	for (u32 cpu = 0; cpu < ring_count; cpu++)
		lost += ELEM(rings, cpu)->reader.lost;
	return lost;
}
