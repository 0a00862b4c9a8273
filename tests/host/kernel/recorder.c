/* SPDX-License-Identifier: Apache-2.0
 *
 * Events of a test. See recorder.h.
 */
#include "tests/host/kernel/recorder.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/trace/trace.h"
#include "tests/host/kernel/report.h"

enum : u32 { SEEN_MAX = 1024 };

static struct trace_reader readers[WORLD_CPUS];
static struct event_packet packet;
static struct event_record seen[SEEN_MAX];
static u32 seen_count;

struct span events_ring(u32 cpu) { return SPAN_OF_STRUCT(*cpu_at(cpu)->trace.ring); }
struct trace_reader *events_reader(u32 cpu) { return ELEM(readers, cpu); }
u32 events_seen(void) { return seen_count; }

struct answer events_control(u64 classes, u64 group, u64 signal)
{
	return CALL(world_init(), SYSCALL_TRACE_CONTROL, init_handle(INIT_HANDLE_TRACE), classes, group, signal, 1);
}

void events_begin(u64 classes, u64 group)
{
	EXPECT_STATUS(events_control(classes, group, 0).status, STATUS_OK);
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		*ELEM(readers, cpu) = trace_reader_at_end(events_ring(cpu), 0);
}

void events_end(void)
{
	u64 count;

	EXPECT_STATUS(events_control(CLASSES_AT_BOOT, 0, 0).status, STATUS_OK);
	seen_count = 0;
	for (u32 cpu = 0; cpu < WORLD_CPUS; cpu++)
		while ((count = trace_reader_take(ELEM(readers, cpu), events_ring(cpu), false, &packet)) > 0)
			for (usize i = 0; i < count && seen_count < SEEN_MAX; i++)
				*ELEM(seen, seen_count++) = *ELEM(packet.record, i);
}

const struct event_record *events_find(enum event_id id, const struct thread *thread, u32 n)
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

u32 events_count(enum event_id id, const struct thread *thread)
{
	u32 count = 0;

	while (events_find(id, thread, count) != nullptr)
		count++;
	return count;
}

u32 events_with(enum event_id id, u64 first, u64 second)
{
	u32 count = 0;

	for (u32 i = 0; i < seen_count; i++)
		count += ELEM(seen, i)->id == id && ELEM(seen, i)->field[0] == first && ELEM(seen, i)->field[1] == second;
	return count;
}
