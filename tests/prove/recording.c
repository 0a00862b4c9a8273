/* SPDX-License-Identifier: Apache-2.0
 *
 * Recording events: a processor's ring with any number of packets ever begun and any records in the last; one record, or the
 * last ones shown. Whose events are recorded is events.c's.
 *
 * INV-RING: packet n is at n modulo their number, and full but for the last; `content_bits` counts a packet's records.
 */
#include "tests/prove/include/small_packets.h"

#include "kernel/core/trace/trace.c"

enum : u32 { SHOWN_MOST = 2 };
enum : u64 { RECORD_BITS = EVENT_RECORD_BYTES * 8 };

struct cpu *prove_this_cpu;
u32 trace_classes, trace_filter;

static struct cpu *cpu;
static struct trace_ring *ring;
static struct thread *thread;
static struct activity *activity;
static bool reader;
static u64 clock_ns;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
bool trace_filter_has_reader(void) { return reader; }
bool trace_filter_wants(const struct group *group) { (void)group; return MAYBE(); }
u64 random_u64(void) { return ANY(u64); }
u64 hal_clock_ns(void) { return clock_ns; }

/* ---- any ring ---- */

static u64 written(void) { return cpu->trace.number * EVENT_PACKET_RECORDS + cpu->trace.records; }

static bool packet_kept(u32 i)
{
	const struct event_packet *packet = &ring->packet[i];
	u64 last = cpu->trace.number, number = last % TRACE_PACKETS == i ? last : last - 1;
	u64 records = number == last ? cpu->trace.records : EVENT_PACKET_RECORDS;

	if (number > last) /* it was never begun */
		return packet->content_bits == 0;
	/* The first of all is begun with its ring, which is zeroed. */
	return packet->number == number && (packet->content_bits == (records + 1) * RECORD_BITS || (last == 0 && records == 0));
}

static bool kept(void)
{
	return cpu->trace.ring == ring && cpu->trace.records < EVENT_PACKET_RECORDS &&
		cpu->trace.packet == (cpu->trace.number % TRACE_PACKETS == 0 ? &ring->packet[0] : &ring->packet[1]) &&
		packet_kept(0) && packet_kept(1);
}

static void any_ring(void)
{
	prove_this_cpu = cpu = NEW(struct cpu);
	cpu->id = ANY(u16);
	ring = cpu->trace.ring = NEW(struct trace_ring);
	cpu->trace.packet = cpu->trace.number % TRACE_PACKETS == 0 ? &ring->packet[0] : &ring->packet[1];
	ASSUME(cpu->trace.number < U64_MAX / EVENT_PACKET_RECORDS / 2 && cpu->trace.records < EVENT_PACKET_RECORDS);
	ASSUME(kept());
	reader = MAYBE();
	clock_ns = ANY(u64);
}

/* ---- proofs ---- */

static void same_record(const struct event_record *a, const struct event_record *b)
{
	PROVE(a->time_ns == b->time_ns && a->id == b->id && a->cpu == b->cpu && a->thread == b->thread && a->trace == b->trace &&
		a->span == b->span && a->field[0] == b->field[0] && a->field[3] == b->field[3], "no other record changes");
}

/* An event whatever group is asked for: it is recorded. Any other record of the ring is looked at. */
void prove_record(void)
{
	u64 f0 = ANY(u64), f1 = ANY(u64), f2 = ANY(u64), f3 = ANY(u64);
	u32 id = ANY(u32), p = MAYBE() ? 1 : 0, r = ANY(u32);

	any_ring();
	ASSUME(r < EVENT_PACKET_RECORDS && id < EVENT_COUNT);
	thread = NEW(struct thread);
	activity = thread->activity = NEW(struct activity);
	cpu->current = MAYBE() ? thread : nullptr;
	struct trace_cursor before = cpu->trace;
	struct event_record other = *ELEM(ring->packet[p].record, r);
	struct event_packet head = { .magic = ring->packet[p].magic, .packet_bits = ring->packet[p].packet_bits,
		.cpu = ring->packet[p].cpu, .begin_ns = ring->packet[p].begin_ns };
	u32 attention = cpu->attention;
	u64 count = written();

	trace_emit_always(id, f0, f1, f2, f3);
	bool full = before.records + 1 == EVENT_PACKET_RECORDS;

	PROVE(kept() && written() == count + 1, "one record more is counted, and no packet lies over another");
	if (&ring->packet[p] != before.packet || r != before.records)
		same_record(&other, ELEM(ring->packet[p].record, r));
	PROVE(ring->packet[p].magic == head.magic && ring->packet[p].packet_bits == head.packet_bits &&
		ring->packet[p].cpu == head.cpu && (full || ring->packet[p].begin_ns == head.begin_ns),
		"a reader finds its packets whole");
	PROVE(cpu->attention == (full && reader ? attention | ATTEND_TRACE : attention), "and is told of each that is full");
	const struct event_record *made = ELEM(before.packet->record, before.records);

	PROVE(made->id == id && made->cpu == cpu->id && made->time_ns == clock_ns && made->field[0] == f0 && made->field[1] == f1 &&
		made->field[2] == f2 && made->field[3] == f3, "it says what has happened");
	PROVE(cpu->current != nullptr ? made->thread == (u32)thread->object.id && made->trace == activity->trace.trace_low &&
		made->span == thread->trace.span : made->thread == 0 && made->trace == 0 && made->span == 0, "and to whom");
	PROVE(before.packet->end_ns == clock_ns, "a packet ends with its last record");
}

/* ---- the end ---- */

static u32 shown;
static const struct event_record *seen[SHOWN_MOST];

static void show(const struct event_record *record)
{
	PROVE(shown < SHOWN_MOST, "no more than were asked for");
	seen[shown++] = record;
}

/* A panic: what was recorded last is shown, whatever else is broken. */
void prove_last(void)
{
	u32 count = ANY(u32) % (SHOWN_MOST + 1), i = ANY(u32);

	any_ring();
	u64 end = written(), there = end < count ? end : count;

	shown = 0;
	if (MAYBE()) {
		cpu->trace.packet = nullptr;
		trace_last(count, show);
		PROVE(shown == 0, "nothing, before there are rings");
		return;
	}
	trace_last(count, show);
	PROVE(shown == there, "as many as were asked for, as far as they are there");
	ASSUME(i < there);
	u64 at = end - there + i;
	const struct event_packet *packet = at / EVENT_PACKET_RECORDS % TRACE_PACKETS == 0 ? &ring->packet[0] : &ring->packet[1];

	PROVE(seen[i] == &packet->record[at % EVENT_PACKET_RECORDS], "the last of them, the oldest first");
}
