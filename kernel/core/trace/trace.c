/* SPDX-License-Identifier: Apache-2.0
 *
 * Event rings. See trace.h.
 */
#include "kernel/core/trace/trace.h"
#include "abi/kernel_calls.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/time.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/ring_memory.h"

/* Cheap and telling by default: processes, faults, peers' deaths and capabilities. */
u32 trace_classes = EVENT_CLASS_LIFE | EVENT_CLASS_FAULT;

static struct memory *rings[CPUS_MAX]; /* counted */

void trace_emit(enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	struct cpu *cpu = hal_this_cpu();
	struct trace_ring *ring = cpu->ring;

	if (ring == nullptr)
		return;
	const struct thread *current = cpu->current;
	u64 number = ring->header.written;
	struct event_record *record = ELEM(ring->record, number % (TRACE_SLOTS - 1));

	*record = (struct event_record){ .time_ns = hal_clock_ns(), .id = id, .cpu = (u16)cpu->id,
		.field = { f0, f1, f2, f3 } };
	if (current != nullptr) {
		record->thread = (u32)current->object.id;
		if (current->activity != nullptr) {
			record->trace = current->activity->trace_low;
			record->span = current->activity->span;
		}
	}
	atomic_store_release(&ring->header.written, number + 1);
}

enum status trace_init(struct group *group)
{
	for (u32 i = 0; i < cpu_count(); i++) {
		struct frame_result frames = frame_alloc(TRACE_RING_ORDER);

		if (!frames.ok)
			return frames.status;
		enum status status = memory_wrap(group, MEMORY_FIXED, frames.frame, 1ull << TRACE_RING_ORDER, ELEM(rings, i));

		if (status != STATUS_OK)
			return status;
		struct trace_ring *ring = ring_in_frames(frames.frame);

		ring->header = (struct trace_header){ .magic = TRACE_MAGIC, .slots = TRACE_SLOTS, .cpu = i };
		cpu_at(i)->ring = ring;
	}
	return STATUS_OK;
}

void trace_last(u32 count, void (*show)(const struct event_record *))
{
	const struct trace_ring *ring = hal_this_cpu()->ring;

	if (ring == nullptr)
		return;
	u64 end = ring->header.written;
	u64 number = end > count ? end - count : 0;

	for (; number < end; number++)
		show(ELEM(ring->record, number % (TRACE_SLOTS - 1)));
}

struct sys_result syscall_trace_ring(struct thread *self, struct trace *trace, u32 cpu)
{
	(void)trace;
	if (cpu >= cpu_count())
		return sys_fail(STATUS_RANGE);
	struct memory *memory = *ELEM(rings, cpu);

	object_ref(&memory->object);
	return sys_new_handle(self, &memory->object,
		RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | MEMORY_RIGHT_READ, memory_cap_value(memory));
}

struct sys_result syscall_trace_control(struct thread *self, struct trace *trace, u64 classes)
{
	(void)self;
	(void)trace;
	if ((classes & ~(u64)EVENT_CLASSES_ALL) != 0)
		return sys_fail(STATUS_INVALID);
	atomic_store(&trace_classes, (u32)classes);
	return sys_ok(0);
}
