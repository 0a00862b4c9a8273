/* SPDX-License-Identifier: Apache-2.0
 *
 * Event rings: what is recorded, for whom, and what a reader makes of it.
 */
#include "abi/events.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/trace/trace.h"
#include "lib/trace/reader.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/recorder.h"
#include "tests/host/kernel/tests.h"

enum : u32 { RING_RECORDS = TRACE_PACKETS * EVENT_PACKET_RECORDS };
static struct event_packet packet;

/* ---- what is recorded ---- */

static void a_call_has_a_beginning_and_an_end(void)
{
	struct user user = user_new();

	events_begin(EVENT_CLASS_SYSCALL, 0);
	(void)CALL(&user, SYSCALL_NULL);
	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_DROP, 0x12345).status, STATUS_BAD_HANDLE);
	events_end();
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, user.thread), 2);
	EXPECT_EQ(events_count(EVENT_SYSCALL_EXIT, user.thread), 2);
	const struct event_record *last = events_find(EVENT_SYSCALL_EXIT, user.thread, 1);

	if (last == nullptr)
		return;
	EXPECT_EQ(last->field[0], SYSCALL_CAP_DROP);
	EXPECT_STATUS(last->field[1], STATUS_BAD_HANDLE);
	EXPECT_EQ(last->trace, user.thread->own->trace.trace_low);
}

/* Its end is when the thread runs again. */
static void a_call_that_waits_ends_when_the_thread_runs_again(void)
{
	struct user user = user_new();
	u64 group = give_to(&user, world_group(), COPY_ALL);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

	events_begin(EVENT_CLASS_SYSCALL | EVENT_CLASS_SCHED, 0);
	EXPECT(CALL(&user, SYSCALL_SIGNAL_WAIT, signal, 1, fake_now() + 1000).waits);
	fake_advance(1000);
	EXPECT_STATUS(user_answer(&user).status, STATUS_TIMED_OUT);
	(void)user_bring(user.thread);
	events_end();
	EXPECT_EQ(events_count(EVENT_BLOCK, user.thread), 1);
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, user.thread), 1);
	EXPECT_EQ(events_count(EVENT_SYSCALL_EXIT, user.thread), 1);
	const struct event_record *last = events_find(EVENT_SYSCALL_EXIT, user.thread, 0);

	if (last != nullptr)
		EXPECT_STATUS(last->field[1], STATUS_TIMED_OUT);
}

static void whoever_is_recorded_is_introduced_once(void)
{
	struct user user = user_new();

	events_begin(EVENT_CLASS_SYSCALL, 0);
	for (u32 i = 0; i < 3; i++)
		(void)CALL(&user, SYSCALL_NULL);
	events_end();
	EXPECT_EQ(events_count(EVENT_ABOUT_THREAD, user.thread), 1);
	EXPECT_EQ(events_count(EVENT_ABOUT_PROCESS, user.thread), 1);
	EXPECT_EQ(events_count(EVENT_ABOUT_ACTIVITY, user.thread), 1);
	const struct event_record *about = events_find(EVENT_ABOUT_THREAD, user.thread, 0);

	if (about == nullptr)
		return;
	EXPECT_EQ(about->field[0], user.process->object.id);
	EXPECT_EQ(about->field[1], user.process->object.group->object.id);
}

static void classes_that_were_not_asked_for_are_not_recorded(void)
{
	struct user user = user_new();

	events_begin(EVENT_CLASS_MEM, 0);
	(void)CALL(&user, SYSCALL_NULL);
	events_end();
	EXPECT_EQ(events_seen(), 0);
	EXPECT_STATUS(events_control(1ull << 40, 0, 0).status, STATUS_INVALID);
}

/* ---- for whom ---- */

static u64 subgroup(void)
{
	struct group_limits limits = {};
	const struct user *init = world_init();

	user_put(init, 0, SPAN_OF_STRUCT(limits));
	return HANDLE(init, SYSCALL_GROUP_CREATE, world_group(), init->scratch, init->scratch, 0);
}

static void a_group_s_events_are_its_own(void)
{
	u64 group = subgroup();
	struct user user = user_new_in(group), other = user_new();

	events_begin(EVENT_CLASS_SYSCALL, user.process->object.group->object.id);
	(void)CALL(&user, SYSCALL_NULL);
	(void)CALL(&other, SYSCALL_NULL);
	events_end();
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, user.thread), 1);
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, other.thread), 0);
	EXPECT_EQ(events_count(EVENT_ABOUT_THREAD, other.thread), 0);
	/* Groups below belong to it. */
	events_begin(EVENT_CLASS_SYSCALL, other.process->object.group->object.id);
	(void)CALL(&user, SYSCALL_NULL);
	(void)CALL(world_init(), SYSCALL_NULL);
	events_end();
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, user.thread), 1);
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, world_init()->thread), 0);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_DESTROY, group).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, group).status, STATUS_OK);
}

/* The server is not in the client's group, and what it does while it serves is the client's. */
static void what_is_done_for_a_group_is_its_own_too(void)
{
	u64 group = subgroup();
	struct pair p = pair_make();
	struct user client = user_new_in(group);
	u64 send = give_from(&p.server, &client, p.endpoint);

	events_begin(EVENT_CLASSES_ALL, client.process->object.group->object.id);
	pair_serve(&p);
	EXPECT(user_message(&client, SYSCALL_CALL, send, msg_info_make(5, 0, 0, 0, 0), FOR_EVER).waits);
	(void)CALL(&p.server, SYSCALL_NULL);
	(void)user_message(&p.server, SYSCALL_REPLY, p.reply << 32, msg_info_make(0, 0, 0, 0, 0), 0);
	(void)CALL(&p.server, SYSCALL_CAP_DROP, 0x12345);
	events_end();
	EXPECT_EQ(events_count(EVENT_SERVE, p.server.thread), 1);
	EXPECT_EQ(events_count(EVENT_REPLY, p.server.thread), 1);
	const struct event_record *first = events_find(EVENT_SYSCALL_ENTER, p.server.thread, 0);

	EXPECT(first != nullptr && first->field[0] == SYSCALL_NULL);
	EXPECT_EQ(events_count(EVENT_SYSCALL_ENTER, p.server.thread), 2); /* and the answer */
	EXPECT_STATUS(CALL(world_init(), SYSCALL_GROUP_DESTROY, group).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, group).status, STATUS_OK);
}

/* ---- spans ---- */

static void a_served_call_is_a_child_of_its_caller_s_span(void)
{
	struct pair outer = pair_make(), inner = pair_make();
	u64 onward = give_from(&inner.server, &outer.server, inner.endpoint);
	const struct activity *activity = outer.client.thread->own;
	u64 info = msg_info_make(3, 0, 0, 0, 0);

	pair_serve(&outer);
	pair_serve(&inner);
	events_begin(EVENT_CLASS_IPC, 0);
	EXPECT(user_message(&outer.client, SYSCALL_CALL, outer.send, info, FOR_EVER).waits);
	EXPECT(user_message(&outer.server, SYSCALL_CALL, onward, info, FOR_EVER).waits);
	(void)user_message(&inner.server, SYSCALL_REPLY, inner.reply << 32, info, 0);
	(void)user_bring(outer.server.thread);
	(void)user_message(&outer.server, SYSCALL_REPLY, outer.reply << 32, info, 0);
	events_end();
	const struct event_record *first = events_find(EVENT_SERVE, outer.server.thread, 0);
	const struct event_record *second = events_find(EVENT_SERVE, inner.server.thread, 0);
	const struct event_record *answer = events_find(EVENT_REPLY, outer.server.thread, 0);

	EXPECT(first != nullptr && second != nullptr && answer != nullptr);
	if (first == nullptr || second == nullptr || answer == nullptr)
		return;
	EXPECT_EQ(first->field[0], activity->trace.span);
	EXPECT_EQ(first->field[1], outer.client.thread->object.id);
	EXPECT_EQ(second->field[0], first->span);
	EXPECT(second->span != first->span);
	EXPECT_EQ(second->trace, activity->trace.trace_low);
	EXPECT_EQ(second->field[3], activity->trace.trace_high);
	EXPECT_EQ(answer->span, first->span);
}

/* ---- readers ---- */

static u64 recorded_ever(u32 cpu)
{
	return cpu_at(cpu)->trace.number * EVENT_PACKET_RECORDS + cpu_at(cpu)->trace.records;
}

static void a_slow_reader_counts_what_it_loses(void)
{
	struct user user = user_new();
	u32 cpu = user_bring(user.thread);

	events_begin(EVENT_CLASS_SYSCALL, 0);
	u64 before = recorded_ever(cpu), taken = 0, last_number = 0;

	for (u32 i = 0; i < RING_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	u64 after = recorded_ever(cpu);
	struct trace_reader *reader = events_reader(cpu);
	u64 count;

	EXPECT(after - before >= 2 * RING_RECORDS);
	while ((count = trace_reader_take(reader, events_ring(cpu), false, &packet)) > 0) {
		taken += count;
		EXPECT_EQ(packet.magic, EVENT_PACKET_MAGIC);
		EXPECT_EQ(packet.content_bits, (count + 1) * EVENT_RECORD_BYTES * 8);
		EXPECT_EQ(packet.discarded, reader->lost);
		EXPECT(packet.number > last_number);
		EXPECT(packet.begin_ns <= packet.record[0].time_ns);
		EXPECT_EQ(packet.end_ns, ELEM(packet.record, count - 1)->time_ns);
		last_number = packet.number;
	}
	EXPECT(taken > RING_RECORDS - 3 * EVENT_PACKET_RECORDS);
	EXPECT_EQ(taken + reader->lost, after - before);
	events_end();
}

static void a_reader_of_whole_packets_waits_for_them(void)
{
	struct user user = user_new();
	u32 cpu = user_bring(user.thread);

	events_begin(EVENT_CLASS_SYSCALL, 0);
	u64 number = cpu_at(cpu)->trace.number;

	while (cpu_at(cpu)->trace.number == number) {
		EXPECT_EQ(trace_reader_take(events_reader(cpu), events_ring(cpu), true, &packet), 0);
		(void)CALL(&user, SYSCALL_NULL);
	}
	u64 count = trace_reader_take(events_reader(cpu), events_ring(cpu), true, &packet);

	EXPECT(count > 0);
	EXPECT_EQ(packet.number, number);
	EXPECT_EQ(trace_reader_take(events_reader(cpu), events_ring(cpu), true, &packet), 0);
	events_end();
}

static void a_reader_of_the_past_gets_no_more_than_there_is(void)
{
	struct user user = user_new();
	u32 cpu = user_bring(user.thread);

	events_begin(EVENT_CLASS_SYSCALL, 0);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	events_end();
	for (u64 wanted = 1; wanted < 100 * RING_RECORDS; wanted *= 3) {
		struct trace_reader reader = trace_reader_at_end(events_ring(cpu), wanted);
		u64 found = 0;
		u64 count;

		while ((count = trace_reader_take(&reader, events_ring(cpu), false, &packet)) > 0)
			found += count;
		EXPECT_EQ(reader.lost, 0);
		EXPECT(found == wanted || (found < wanted && found >= min_u64(recorded_ever(cpu), RING_RECORDS - EVENT_PACKET_RECORDS)));
	}
}

/* At any place in a packet, the last of it for one, and whatever is recorded meanwhile. */
static void a_reader_that_ends_gets_what_was_recorded_before(void)
{
	struct user user = user_new();
	u32 cpu = user_bring(user.thread);

	events_begin(EVENT_CLASS_SYSCALL, 0);
	for (u64 before = 0; before < 2 * EVENT_PACKET_RECORDS; before++) {
		struct trace_reader reader = trace_reader_at_end(events_ring(cpu), 0);
		u64 begin = recorded_ever(cpu), found = 0, count;

		for (u64 i = 0; i < before % 7; i++)
			(void)CALL(&user, SYSCALL_NULL);
		u64 end = recorded_ever(cpu);

		trace_reader_end(&reader, events_ring(cpu));
		(void)CALL(&user, SYSCALL_NULL);
		EXPECT(recorded_ever(cpu) > end);
		while ((count = trace_reader_take(&reader, events_ring(cpu), false, &packet)) > 0) {
			found += count;
			EXPECT_EQ(packet.content_bits, (count + 1) * EVENT_RECORD_BYTES * 8);
		}
		EXPECT_EQ(found, end - begin);
		EXPECT_EQ(reader.lost, 0);
	}
	/* What it was to get has been overwritten: what overwrote it is not its own. */
	struct trace_reader slow = trace_reader_at_end(events_ring(cpu), 0);

	(void)CALL(&user, SYSCALL_NULL);
	trace_reader_end(&slow, events_ring(cpu));
	for (u32 i = 0; i < RING_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	EXPECT_EQ(trace_reader_take(&slow, events_ring(cpu), false, &packet), 0);
	EXPECT(slow.lost > 0);
	events_end();
}

static void a_reader_is_told_and_its_end_ends_recording(void)
{
	struct user user = user_new();
	const struct user *init = world_init();
	u64 signal = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());

	EXPECT_STATUS(events_control(EVENT_CLASS_SYSCALL, 0, signal).status, STATUS_OK);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	EXPECT_EQ(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 1, 0).value, 1);
	EXPECT_EQ(trace_classes, EVENT_CLASS_SYSCALL);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, signal).status, STATUS_OK);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	EXPECT_EQ(trace_classes, CLASSES_AT_BOOT);
}

/* By a child of a capability that somebody else holds: he keeps the signal, and hears no more. */
static void a_reader_whose_capability_is_revoked_is_told_nothing(void)
{
	struct user user = user_new();
	const struct user *init = world_init();
	u64 signal = HANDLE(init, SYSCALL_SIGNAL_CREATE, world_group());
	u64 child = HANDLE(init, SYSCALL_CAP_DERIVE, signal, U32_MAX, 0, 0);

	EXPECT_STATUS(events_control(EVENT_CLASS_SYSCALL, 0, child).status, STATUS_OK);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	EXPECT_EQ(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 1, 0).value, 1);
	EXPECT_EQ(trace_classes, EVENT_CLASS_SYSCALL);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_REVOKE, signal).status, STATUS_OK);
	/* A packet may have become full before that. */
	(void)CALL(init, SYSCALL_SIGNAL_WAIT, signal, 1, 0);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	EXPECT_STATUS(CALL(init, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_EQ(trace_classes, CLASSES_AT_BOOT);
	EXPECT_STATUS(events_control(EVENT_CLASS_SYSCALL, 0, child).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, child).status, STATUS_OK);
}

/* ---- the right to read ---- */

/* Who was lent the right to read events, and by what. */
struct lent {
	struct user reader;
	u64 trace;       /* what init may revoke */
	u64 theirs;      /* the reader's handle, derived of that */
};

static struct lent lend(void)
{
	struct lent lent = { .reader = user_new() };
	u64 child;

	lent.trace = HANDLE(world_init(), SYSCALL_CAP_DERIVE, init_handle(INIT_HANDLE_TRACE), COPY_ALL, 0, 0);
	child = HANDLE(world_init(), SYSCALL_CAP_DERIVE, lent.trace, COPY_ALL, 0, 0);
	lent.theirs = give_to(&lent.reader, child, COPY_ALL);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, child).status, STATUS_OK);
	return lent;
}

static void take_back(const struct lent *lent)
{
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, lent->trace).status, STATUS_OK);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, lent->trace).status, STATUS_OK);
}

/* Rings of all processors, mapped by the capability that was handed out or by one that was derived of it and given on. */
static void rings_go_with_the_right_to_read(void)
{
	struct lent lent = lend();
	const struct user *reader = &lent.reader;
	struct user other = user_new();
	u64 self = give_to(reader, reader->process_handle, COPY_ALL), theirs = give_to(&other, other.process_handle, COPY_ALL);
	u64 at[WORLD_CPUS], ring = 0, value;

	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++) {
		ring = HANDLE(reader, SYSCALL_TRACE_RING, lent.theirs, cpu);
		*ELEM(at, cpu) = CALL(reader, SYSCALL_MAP, self, ring, 0, 0, PAGE_BYTES, MAP_READ).value;
		EXPECT_STATUS(user_copy_in(reader->process, MSPAN_OF_STRUCT(value), (uaddr_t){ *ELEM(at, cpu) }), STATUS_OK);
	}
	u64 given = give_from(reader, &other, ring);
	u64 there = CALL(&other, SYSCALL_MAP, theirs, given, 0, 0, PAGE_BYTES, MAP_READ).value;

	EXPECT_STATUS(user_copy_in(other.process, MSPAN_OF_STRUCT(value), (uaddr_t){ there }), STATUS_OK);
	take_back(&lent);
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		EXPECT_STATUS(user_copy_in(reader->process, MSPAN_OF_STRUCT(value), (uaddr_t){ *ELEM(at, cpu) }), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(user_copy_in(other.process, MSPAN_OF_STRUCT(value), (uaddr_t){ there }), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(CALL(&other, SYSCALL_MAP, theirs, given, 0, 0, PAGE_BYTES, MAP_READ).status, STATUS_REVOKED);
	EXPECT_STATUS(CALL(reader, SYSCALL_TRACE_RING, lent.theirs, 0).status, STATUS_REVOKED);
	/* Whoever else may read goes on. */
	ring = HANDLE(world_init(), SYSCALL_TRACE_RING, init_handle(INIT_HANDLE_TRACE), 0);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, ring).status, STATUS_OK);
}

/* He keeps his signal, and hears no more. */
static void the_reader_that_is_told_goes_with_the_right_to_choose(void)
{
	struct lent lent = lend();
	struct user user = user_new();
	u64 group = give_to(&lent.reader, world_group(), COPY_ALL), signal = HANDLE(&lent.reader, SYSCALL_SIGNAL_CREATE, group);

	EXPECT_STATUS(CALL(&lent.reader, SYSCALL_TRACE_CONTROL, lent.theirs, EVENT_CLASS_SYSCALL, 0, signal, 1).status, STATUS_OK);
	EXPECT_EQ(trace_classes, EVENT_CLASS_SYSCALL);
	take_back(&lent);
	EXPECT_EQ(trace_classes, CLASSES_AT_BOOT);
	(void)CALL(&lent.reader, SYSCALL_SIGNAL_WAIT, signal, 1, 0);
	EXPECT_STATUS(events_control(EVENT_CLASS_SYSCALL, 0, 0).status, STATUS_OK);
	for (u32 i = 0; i < EVENT_PACKET_RECORDS; i++)
		(void)CALL(&user, SYSCALL_NULL);
	EXPECT_STATUS(CALL(&lent.reader, SYSCALL_SIGNAL_WAIT, signal, 1, 0).status, STATUS_WOULD_BLOCK);
	EXPECT_STATUS(events_control(CLASSES_AT_BOOT, 0, 0).status, STATUS_OK);
}

void trace_tests(void)
{
	RUN(a_call_has_a_beginning_and_an_end);
	RUN(a_call_that_waits_ends_when_the_thread_runs_again);
	RUN(whoever_is_recorded_is_introduced_once);
	RUN(classes_that_were_not_asked_for_are_not_recorded);
	RUN(a_group_s_events_are_its_own);
	RUN(what_is_done_for_a_group_is_its_own_too);
	RUN(a_served_call_is_a_child_of_its_caller_s_span);
	RUN(a_slow_reader_counts_what_it_loses);
	RUN(a_reader_of_whole_packets_waits_for_them);
	RUN(a_reader_of_the_past_gets_no_more_than_there_is);
	RUN(a_reader_that_ends_gets_what_was_recorded_before);
	RUN(a_reader_is_told_and_its_end_ends_recording);
	RUN(a_reader_whose_capability_is_revoked_is_told_nothing);
	RUN(rings_go_with_the_right_to_read);
	RUN(the_reader_that_is_told_goes_with_the_right_to_choose);
}
