/* SPDX-License-Identifier: Apache-2.0
 *
 * Event rings: what is recorded, for whom, and what a reader makes of it.
 */
#include "abi/events.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/trace/trace.h"
#include "lib/trace/reader.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/tests.h"

enum : u32 { COPY_ALL = 0xffffffffu, SEEN_MAX = 1024, RING_RECORDS = TRACE_PACKETS * EVENT_PACKET_RECORDS };
enum : u64 { CLASSES_AT_BOOT = EVENT_CLASS_LIFE | EVENT_CLASS_FAULT };

static struct trace_reader readers[WORLD_CPUS];
static struct event_packet packet;
static struct event_record seen[SEEN_MAX];
static u32 seen_count;

static struct span ring_of(u32 cpu) { return SPAN_OF_STRUCT(*cpu_at(cpu)->trace.ring); }

static struct answer control(u64 classes, u64 group, u64 signal)
{
	return CALL(world_init(), SYSCALL_TRACE_CONTROL, init_handle(INIT_HANDLE_TRACE), classes, group, signal, 1);
}

static void begin(u64 classes, u64 group)
{
	EXPECT_STATUS(control(classes, group, 0).status, STATUS_OK);
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		*ELEM(readers, cpu) = trace_reader_at_end(ring_of(cpu), 0);
}

/* Stops recording and keeps the records since `begin`, CPU by CPU. */
static void end(void)
{
	usize count;

	EXPECT_STATUS(control(CLASSES_AT_BOOT, 0, 0).status, STATUS_OK);
	seen_count = 0;
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		while ((count = trace_reader_take(ELEM(readers, cpu), ring_of(cpu), false, &packet)) > 0)
			for (usize i = 0; i < count && seen_count < SEEN_MAX; i++)
				*ELEM(seen, seen_count++) = *ELEM(packet.record, i);
}

/* The n-th record of an event of a thread, from 0; null: there are not so many. Thread null: of any. */
static const struct event_record *find(enum event_id id, const struct thread *thread, u32 n)
{
	for (u32 i = 0; i < seen_count; i++) {
		const struct event_record *record = ELEM(seen, i);

		if (record->id != id || (thread != nullptr && record->thread != thread->object.id))
			continue;
		if (n == 0)
			return record;
		n--;
	}
	return nullptr;
}

static u32 count_of(enum event_id id, const struct thread *thread)
{
	u32 count = 0;

	while (find(id, thread, count) != nullptr)
		count++;
	return count;
}

/* ---- what is recorded ---- */

static void a_call_has_a_beginning_and_an_end(void)
{
	struct user user = user_new();

	begin(EVENT_CLASS_SYSCALL, 0);
	(void)CALL(&user, SYSCALL_NULL);
	EXPECT_STATUS(CALL(&user, SYSCALL_CAP_DROP, 0x12345).status, STATUS_BAD_HANDLE);
	end();
	EXPECT_EQ(count_of(EVENT_SYSCALL_ENTER, user.thread), 2);
	EXPECT_EQ(count_of(EVENT_SYSCALL_EXIT, user.thread), 2);
	const struct event_record *last = find(EVENT_SYSCALL_EXIT, user.thread, 1);

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

	begin(EVENT_CLASS_SYSCALL | EVENT_CLASS_SCHED, 0);
	EXPECT(CALL(&user, SYSCALL_SIGNAL_WAIT, signal, 1, fake_now() + 1000).waits);
	fake_advance(1000);
	EXPECT_STATUS(user_answer(&user).status, STATUS_TIMED_OUT);
	(void)user_bring(user.thread);
	end();
	EXPECT_EQ(count_of(EVENT_BLOCK, user.thread), 1);
	EXPECT_EQ(count_of(EVENT_SYSCALL_ENTER, user.thread), 1);
	EXPECT_EQ(count_of(EVENT_SYSCALL_EXIT, user.thread), 1);
	const struct event_record *last = find(EVENT_SYSCALL_EXIT, user.thread, 0);

	if (last != nullptr)
		EXPECT_STATUS(last->field[1], STATUS_TIMED_OUT);
}

static void whoever_is_recorded_is_introduced_once(void)
{
	struct user user = user_new();

	begin(EVENT_CLASS_SYSCALL, 0);
	for (u32 i = 0; i < 3; i++)
		(void)CALL(&user, SYSCALL_NULL);
	end();
	EXPECT_EQ(count_of(EVENT_ABOUT_THREAD, user.thread), 1);
	EXPECT_EQ(count_of(EVENT_ABOUT_PROCESS, user.thread), 1);
	EXPECT_EQ(count_of(EVENT_ABOUT_ACTIVITY, user.thread), 1);
	const struct event_record *about = find(EVENT_ABOUT_THREAD, user.thread, 0);

	if (about == nullptr)
		return;
	EXPECT_EQ(about->field[0], user.process->object.id);
	EXPECT_EQ(about->field[1], user.process->object.group->object.id);
}

static void classes_that_were_not_asked_for_are_not_recorded(void)
{
	struct user user = user_new();

	begin(EVENT_CLASS_MEM, 0);
	(void)CALL(&user, SYSCALL_NULL);
	end();
	EXPECT_EQ(seen_count, 0);
	EXPECT_STATUS(control(1ull << 40, 0, 0).status, STATUS_INVALID);
}

/* ---- for whom ---- */

/* A service is not in the client's group, and what it does for the client is. */
static void a_group_s_events_are_its_own_and_those_on_its_behalf(void)
{
	struct group_limits limits = {};
	struct pair p = pair_make();
	u64 below = HANDLE(world_init(), SYSCALL_GROUP_CREATE, world_group(), p.client.scratch * 0, 0, 0);
	struct user user = user_new_in(below), other = user_new();

	(void)limits;
	begin(EVENT_CLASSES_ALL, user.process->object.group->object.id);
	(void)CALL(&user, SYSCALL_NULL);
	(void)CALL(&other, SYSCALL_NULL);
	end();
	EXPECT_EQ(count_of(EVENT_SYSCALL_ENTER, user.thread), 1);
	EXPECT_EQ(count_of(EVENT_SYSCALL_ENTER, other.thread), 0);
	EXPECT_EQ(count_of(EVENT_ABOUT_THREAD, other.thread), 0);
}
