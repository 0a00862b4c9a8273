/* SPDX-License-Identifier: Apache-2.0
 *
 * The rings' memory, the filter, the reader that is told, and the system calls.
 *
 * One filter serves the whole system: the last one asked for.
 */
#include "abi/kernel_calls.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/binding.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/trace/filter.h"
#include "kernel/hal/time.h"
#include "kernel/raw/ring_memory.h"

/* Cheap and telling: lives of processes and threads, and faults. */
enum : u32 { CLASSES_AT_BOOT = EVENT_CLASS_LIFE | EVENT_CLASS_FAULT };

u32 trace_classes;                        /* atomic */
u32 trace_filter = TRACE_FILTER_STEP | TRACE_WANTED; /* atomic; nothing is marked with it from the start */
static u64 wanted_group;                  /* atomic; its id; 0: all */
static struct lock listener_lock = { .level = LOCK_TRACE };
static struct signal_binding listener;    /* under it, as the filter is set; whether there is one is read without */
static struct memory *rings[CPUS_MAX];    /* counted */

/* ---- the filter ---- */

bool trace_filter_wants(const struct group *group)
{
	u64 wanted = atomic_load(&wanted_group);

	for (const struct group *at = group; at != nullptr && wanted != 0; at = at->parent)
		if (at->object.id == wanted)
			return true;
	return wanted == 0;
}

bool trace_filter_has_reader(void) { return atomic_load(&listener.signal) != nullptr; }

static void filter_set(u32 classes, u64 group)
{
	atomic_store(&trace_classes, 0u);
	atomic_store(&wanted_group, group);
	(void)atomic_add(&trace_filter, (u32)TRACE_FILTER_STEP);
	atomic_store(&trace_classes, classes);
}

void trace_filter_reset(void) { filter_set(CLASSES_AT_BOOT, 0); }

/* ---- the reader ---- */

/* Takes over what the binding holds. Returns the classes before. */
static u32 listener_set(const struct signal_binding *fresh, u32 classes, u64 group)
{
	lock_take(&listener_lock);
	struct signal_binding before = listener;
	u32 classes_before = atomic_load(&trace_classes);

	listener = *fresh;
	filter_set(classes, group);
	lock_release(&listener_lock);
	binding_release(&before);
	return classes_before;
}

/* The reader. One that is gone or may not be told any more is none from now on.
 * WHY the look at the references: a reader that was killed cannot say that it has ended, and nobody should pay for
 * what nobody reads. */
static struct signal_binding listener_now(void)
{
	lock_take(&listener_lock);
	struct signal_binding now = listener; /* what it names lives for this stay in the kernel */
	bool ended = now.signal != nullptr && (!binding_valid(&now) || atomic_load(&now.signal->object.refs) == 1);

	if (ended) {
		listener = (struct signal_binding){};
		trace_filter_reset();
	}
	lock_release(&listener_lock);
	if (ended)
		binding_drop(&now);
	return now;
}

void trace_notify(void)
{
	hal_this_cpu()->attention &= ~(u32)ATTEND_TRACE;
	struct signal_binding told = listener_now();

	binding_raise(&told);
}

/* ---- the rings ---- */

static enum status ring_make(struct group *group, u32 cpu)
{
	struct frame_result frames = frame_alloc(TRACE_RING_ORDER);

	if (!frames.ok)
		return frames.status;
	enum status status = memory_wrap(group, MEMORY_FIXED, frames.frame, 1ull << TRACE_RING_ORDER, ELEM(rings, cpu));

	if (status != STATUS_OK)
		return status;
	struct trace_ring *ring = ring_in_frames(frames.frame);

	for (u32 i = 0; i < TRACE_PACKETS; i++) {
		struct event_packet *packet = ELEM(ring->packet, i);

		packet->magic = EVENT_PACKET_MAGIC;
		packet->packet_bits = EVENT_PACKET_BYTES * 8;
		packet->cpu = cpu;
		packet->begin_ns = hal_clock_ns();
	}
	cpu_at(cpu)->trace = (struct trace_cursor){ .ring = ring, .packet = ELEM(ring->packet, 0) };
	return STATUS_OK;
}

enum status trace_init(struct group *group)
{
	for (u32 i = 0; i < cpu_count(); i++) {
		enum status status = ring_make(group, i);

		if (status != STATUS_OK)
			return status;
	}
	trace_begin_ids();
	trace_filter_reset();
	return STATUS_OK;
}

bool trace_undo(void)
{
	(void)listener_now();
	for (u32 i = 0; i < cpu_count(); i++)
		if (!memory_undo(*ELEM(rings, i)))
			return false;
	return true;
}

/* ---- system calls ---- */

/* A child of the trace capability, although it names other memory: a revocation that ends the one ends the other. */
struct sys_result syscall_trace_ring(struct thread *self, const struct cap *trace, u32 cpu)
{
	if (!FERROUS_TRACE)
		return sys_fail(STATUS_NOT_SUPPORTED);
	if (cpu >= cpu_count())
		return sys_fail(STATUS_RANGE);
	struct memory *memory = *ELEM(rings, cpu);
	struct cap ring = { .object = &memory->object, .lineage = trace->lineage, .value = memory_cap_value(memory),
		.type = OBJECT_MEMORY };

	if (!cap_hold(&ring))
		return sys_fail(STATUS_BAD_HANDLE);
	return sys_new_child(self, &ring, RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | MEMORY_RIGHT_READ);
}

struct sys_result syscall_trace_control(struct thread *self, const struct cap *trace, u64 classes, u64 group,
	const struct cap *signal, u64 bits)
{
	struct signal_binding fresh = {};

	(void)self;
	if (!FERROUS_TRACE)
		return sys_fail(STATUS_NOT_SUPPORTED);
	if ((classes & ~(u64)EVENT_CLASSES_ALL) != 0)
		return sys_fail(STATUS_INVALID);
	if (signal != nullptr && !binding_make(&fresh, signal, bits, trace->lineage))
		return sys_fail(STATUS_DEAD);
	u32 before = listener_set(&fresh, (u32)classes, group);

	if (signal == nullptr || lineage_valid(trace->lineage)) /* INV-REVOKE */
		return sys_ok(before);
	(void)listener_now();
	return sys_fail(STATUS_REVOKED);
}
