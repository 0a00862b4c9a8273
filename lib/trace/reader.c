/* SPDX-License-Identifier: Apache-2.0
 *
 * See reader.h.
 *
 * The kernel sets a packet's content to none, then its number, then writes records, and after each the
 * content (kernel/core/trace/trace.c). So what was copied between two looks at the number that
 * found the same is of that packet.
 */
#include "lib/trace/reader.h"

enum : u32 {
	NUMBER_AT = __builtin_offsetof(struct event_packet, number),
	CONTENT_AT = __builtin_offsetof(struct event_packet, content_bits),
	RECORD_BITS = EVENT_RECORD_BYTES * 8,
};
static_assert(__builtin_offsetof(struct event_packet, record) == EVENT_PACKET_HEAD_BYTES);

static u64 packets_of(struct span ring) { return span_len(ring) / EVENT_PACKET_BYTES; }

static struct span packet_at(struct span ring, u64 number)
{
	return span_part(ring, number % packets_of(ring) * EVENT_PACKET_BYTES, EVENT_PACKET_BYTES);
}

/* In one access, because another processor may write it now; and nothing after it is read before it. */
static u64 word_now(struct span packet, u32 at)
{
	u64 word = 0;

	span_copy(MSPAN_OF_STRUCT(word), span_part(packet, at, sizeof(word)));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return word;
}

static u64 records_in(struct span packet)
{
	u64 content = word_now(packet, CONTENT_AT) / RECORD_BITS;

	return content == 0 ? 0 : min_u64(content - 1, EVENT_PACKET_RECORDS);
}

/* The number of the packet that is being filled. One that was never begun has the number 0. */
static u64 newest(struct span ring)
{
	u64 found = 0;

	for (u64 i = 0; i < packets_of(ring); i++)
		found = max_u64(found, word_now(packet_at(ring, i), NUMBER_AT));
	return found;
}

struct trace_reader trace_reader_at_end(struct span ring, u64 count)
{
	u64 number = newest(ring), records = records_in(packet_at(ring, number));
	u64 end = number * EVENT_PACKET_RECORDS + records;
	u64 oldest = number < packets_of(ring) ? 0 : (number - packets_of(ring) + 1) * EVENT_PACKET_RECORDS;
	u64 from = max_u64(end - min_u64(end, count), oldest);

	return (struct trace_reader){ .number = from / EVENT_PACKET_RECORDS, .records = from % EVENT_PACKET_RECORDS, .end = U64_MAX };
}

void trace_reader_end(struct trace_reader *reader, struct span ring)
{
	struct trace_reader now = trace_reader_at_end(ring, 0);

	reader->end = now.number * EVENT_PACKET_RECORDS + now.records;
}

/* The packet was overwritten: goes on with the oldest that is there, but not with the very next that will
 * be overwritten. */
static void skip_lost(struct trace_reader *reader, struct span ring)
{
	u64 number = newest(ring), there = packets_of(ring) - 1;
	u64 next = max_u64(number - min_u64(number, there - 1), reader->number + 1);

	reader->lost += (next - reader->number) * EVENT_PACKET_RECORDS - reader->records;
	reader->number = next;
	reader->records = 0;
}

/* Copies records `from` to `to` of the packet, with a head that fits. False: it was overwritten. */
static bool copy(const struct trace_reader *reader, struct span ring, u64 to, struct event_packet *packet)
{
	struct span source = packet_at(ring, reader->number);
	u64 count = to - reader->records;
	struct mspan out = MSPAN_OF_STRUCT(*packet);

	span_copy(out, span_first(source, EVENT_PACKET_HEAD_BYTES));
	span_copy(mspan_from(out, EVENT_PACKET_HEAD_BYTES),
		span_part(source, EVENT_PACKET_HEAD_BYTES + reader->records * EVENT_RECORD_BYTES, count * EVENT_RECORD_BYTES));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (word_now(source, NUMBER_AT) != reader->number)
		return false;
	if (reader->records > 0)
		packet->begin_ns = packet->record[0].time_ns;
	packet->end_ns = ELEM(packet->record, count - 1)->time_ns;
	packet->content_bits = (count + 1) * RECORD_BITS;
	packet->discarded = reader->lost;
	return true;
}

u64 trace_reader_take(struct trace_reader *reader, struct span ring, bool whole, struct event_packet *packet)
{
	/* Ends: each turn moves the reader on, towards a kernel that may at worst be a ring ahead each time. */
	for (;;) {
		struct span source = packet_at(ring, reader->number);
		u64 number = word_now(source, NUMBER_AT), first = reader->number * EVENT_PACKET_RECORDS;

		if (number < reader->number || first + reader->records >= reader->end)
			return 0;
		if (number > reader->number) {
			skip_lost(reader, ring);
			continue;
		}
		u64 there = min_u64(records_in(source), reader->end - first);
		bool full = there == EVENT_PACKET_RECORDS;

		if (there <= reader->records && full) {
			reader->number++;
			reader->records = 0;
			continue;
		}
		if (there <= reader->records || (whole && !full))
			return 0;
		if (!copy(reader, ring, there, packet))
			continue;
		u64 count = there - reader->records;

		reader->number += full;
		reader->records = full ? 0 : there;
		return count;
	}
}
