/* SPDX-License-Identifier: Apache-2.0
 *
 * The layout is checked, not trusted: sizes come from the mapping's own length.
 */
#include "userspace/apps/events/ring.h"
#include "abi/stubs.h"

enum : u64 { RING_MAGIC = 0x31454341525446ull /* "FTRACE1" */, RECORD_BYTES = sizeof(struct event_record) };
enum : u32 { MAGIC_AT = 0, WRITTEN_AT = 8, SLOTS_AT = 16 };

static u64 written_now(const struct ring *ring)
{
	return span_le64(rt_pages_span(ring->pages), WRITTEN_AT);
}

enum status ring_open(struct ring *ring, handle_t trace, u32 cpu)
{
	handle_t memory;
	struct cap_info info = {};
	enum status status = sys_trace_ring(trace, cpu, &memory);

	if (status != STATUS_OK)
		return status;
	status = sys_cap_inspect(memory, &info);
	if (status == STATUS_OK)
		status = rt_pages_map(memory, 0, info.count << PAGE_SHIFT, MAP_READ, &ring->pages);
	sys_cap_drop(memory);
	if (status != STATUS_OK)
		return status;
	struct span bytes = rt_pages_span(ring->pages);

	ring->slots = span_le64(bytes, SLOTS_AT);
	ring->written = written_now(ring);
	if (span_le64(bytes, MAGIC_AT) != RING_MAGIC || ring->slots < 2 || ring->slots > span_len(bytes) / RECORD_BYTES)
		return STATUS_BAD_FORMAT;
	return STATUS_OK;
}

u64 ring_available(const struct ring *ring)
{
	return min_u64(ring->written, ring->slots - 1);
}

bool ring_record(const struct ring *ring, u64 number, struct event_record *out)
{
	u64 slot = 1 + number % (ring->slots - 1);

	span_copy(MSPAN_OF_STRUCT(*out), span_part(rt_pages_span(ring->pages), slot * RECORD_BYTES, RECORD_BYTES));
	return written_now(ring) < number + ring->slots - 1;
}
