/* SPDX-License-Identifier: Apache-2.0
 *
 * Packets of events with 4 records instead of 63, for harnesses of those who write and read them. Stands before everything
 * that knows of events.
 */
#ifndef TESTS_PROVE_INCLUDE_SMALL_PACKETS_H
#define TESTS_PROVE_INCLUDE_SMALL_PACKETS_H

#define event_packet whole_packet
#define EVENT_PACKET_RECORDS WHOLE_PACKET_RECORDS
#define EVENT_PACKET_BYTES WHOLE_PACKET_BYTES
#include "abi/events.h"
#undef event_packet
#undef EVENT_PACKET_RECORDS
#undef EVENT_PACKET_BYTES

enum : u32 { EVENT_PACKET_RECORDS = 4, EVENT_PACKET_BYTES = EVENT_PACKET_HEAD_BYTES + EVENT_PACKET_RECORDS * EVENT_RECORD_BYTES };

struct STABLE event_packet {
	u32 magic;
	u32 stream;
	u64 begin_ns;
	u64 end_ns;
	u64 content_bits;
	u64 packet_bits;
	u64 discarded;
	u64 number;
	u32 cpu;
	u32 spare;
	struct event_record record[EVENT_PACKET_RECORDS];
};
static_assert(sizeof(struct event_packet) == EVENT_PACKET_BYTES);
static_assert(__builtin_offsetof(struct event_packet, content_bits) == __builtin_offsetof(struct whole_packet, content_bits));
static_assert(__builtin_offsetof(struct event_packet, number) == __builtin_offsetof(struct whole_packet, number));
static_assert(__builtin_offsetof(struct event_packet, record) == __builtin_offsetof(struct whole_packet, record));

#endif
