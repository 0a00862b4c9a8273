/* SPDX-License-Identifier: Apache-2.0
 *
 * Recording events, and deciding which. See trace.h.
 */
#include "kernel/core/trace/trace.h"
#include "abi/event_emit.h"
#include "hal_arch/switch.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/message.h"
#include "kernel/core/process/process.h"
#include "kernel/core/random/random.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/trace/filter.h"
#include "kernel/hal/time.h"

/* ---- writing ---- */

/* WHY the order: a reader that has seen the packet's number, copied records and sees the number
 * again has copied records of that packet, and it believes `content_bits` only after the number. */
HAL_RARE_CALL __attribute__((noinline)) static void begin_packet(struct cpu *cpu)
{
	struct trace_cursor *cursor = &cpu->trace;

	if (trace_filter_has_reader())
		cpu->attention |= ATTEND_TRACE;
	cursor->number++;
	cursor->records = 0;
	cursor->packet = ELEM(cursor->ring->packet, cursor->number % TRACE_PACKETS);
	atomic_store(&cursor->packet->content_bits, EVENT_PACKET_HEAD_BYTES * 8ull);
	atomic_fence_store();
	atomic_store(&cursor->packet->number, cursor->number);
	atomic_fence_store();
	cursor->packet->begin_ns = hal_clock_ns();
}

/* WHY the clock late: nothing of the event need be kept over the call. */
static FORCE_INLINE void record(struct cpu *cpu, enum event_id id, u64 thread, u64 trace, u64 span, u64 f0, u64 f1,
	u64 f2, u64 f3)
{
	struct trace_cursor *cursor = &cpu->trace;
	struct event_packet *packet = cursor->packet;
	u64 at = cursor->records;
	struct event_record *to = ELEM(packet->record, at);

	to->id = id;
	to->cpu = (u16)cpu->id;
	to->thread = (u32)thread;
	to->trace = trace;
	to->span = span;
	to->field[0] = f0;
	to->field[1] = f1;
	to->field[2] = f2;
	to->field[3] = f3;
	cursor->records = at + 1;
	u64 now_ns = hal_clock_here(&cpu->arch);

	to->time_ns = now_ns;
	packet->end_ns = now_ns;
	atomic_store_release(&packet->content_bits, (at + 2) * (EVENT_RECORD_BYTES * 8));
	if (UNLIKELY(at + 1 == EVENT_PACKET_RECORDS))
		begin_packet(cpu);
}

/* ---- whose it is ---- */

/* Before the first event of a thread or activity under a filter: who that is, so that a reader needs
 * nobody to ask. */
static void introduce(struct cpu *cpu, struct thread *thread, struct activity *activity)
{
	struct process *process = thread->process;
	struct span name = SPAN_OF_ARRAY(process->name);
	u64 id = thread->object.id, trace = activity->trace.trace_low, span = thread->trace.span;
	u32 filter = trace_filter_number();

	if (atomic_exchange(&thread->trace.known, filter) != filter) {
		record(cpu, EVENT_ABOUT_PROCESS, id, trace, span, process->object.id, span_u64(name, 0), span_u64(name, 8),
			span_u64(name, 16));
		record(cpu, EVENT_ABOUT_THREAD, id, trace, span, process->object.id, process->object.group->object.id,
			thread->own != nullptr ? thread->own->object.id : 0, 0);
	}
	if (atomic_exchange(&activity->trace.known, filter) != filter)
		record(cpu, EVENT_ABOUT_ACTIVITY, id, trace, span, activity->object.id, activity->trace.trace_high,
			activity->trace.span, activity->object.group->object.id);
}

/* Decides about a thread on an activity, unless that has been done under this filter. */
static bool look(struct cpu *cpu, struct thread *thread, struct activity *activity)
{
	u32 filter = trace_filter_number();

	if (thread->trace.on != activity->trace.trace_low || (thread->trace.mark | TRACE_WANTED) != filter) {
		bool wanted = trace_filter_wants(thread->process->object.group) ||
			trace_filter_wants(activity->object.group);

		thread->trace.on = activity->trace.trace_low;
		thread->trace.span = activity->trace.span;
		thread->trace.mark = wanted ? filter : filter & ~(u32)TRACE_WANTED;
	}
	if (thread->trace.mark != filter)
		return false;
	introduce(cpu, thread, activity);
	return true;
}

static __attribute__((noinline)) void emit_slowly(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	struct cpu *cpu = hal_this_cpu();

	if (by == nullptr) {
		if (trace_filter_wants(nullptr))
			record(cpu, id, 0, 0, 0, f0, f1, f2, f3);
		return;
	}
	struct activity *activity = atomic_load(&by->activity);

	if (look(cpu, by, activity))
		record(cpu, id, by->object.id, activity->trace.trace_low, by->trace.span, f0, f1, f2, f3);
}

static FORCE_INLINE void emit(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	if (UNLIKELY(by == nullptr)) {
		emit_slowly(by, id, f0, f1, f2, f3);
		return;
	}
	u64 trace = atomic_load(&by->activity)->trace.trace_low;

	if (UNLIKELY(by->trace.mark != trace_filter_number() || by->trace.on != trace)) {
		emit_slowly(by, id, f0, f1, f2, f3);
		return;
	}
	record(hal_this_cpu(), id, by->object.id, trace, by->trace.span, f0, f1, f2, f3);
}

void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	emit(by, id, f0, f1, f2, f3);
}

void trace_emit(enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	emit(hal_this_cpu()->current, id, f0, f1, f2, f3);
}

void trace_emit_always(enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	struct cpu *cpu = hal_this_cpu();
	const struct thread *current = cpu->current;

	if (current == nullptr)
		record(cpu, id, 0, 0, 0, f0, f1, f2, f3);
	else
		record(cpu, id, current->object.id, current->activity->trace.trace_low, current->trace.span, f0, f1, f2, f3);
}

/* ---- calls ---- */

void trace_call_begins(struct thread *self)
{
	self->trace.call = self->frame.status;
	self->trace.call_filter = trace_filter_number();
	event_syscall_enter(self->frame.status, self->frame.arg0, self->frame.arg1);
}

void trace_call_ends(struct thread *thread)
{
	if (thread->trace.call_filter != trace_filter_number())
		return;
	thread->trace.call_filter = 0;
	event_syscall_exit(thread, thread->trace.call, thread->frame.status, thread->frame.arg0);
}

/* One that has been killed, by itself as a rule, will not see a result. */
void trace_call_returns(struct thread *self)
{
	if (hal_this_cpu()->current == self && (atomic_load(&self->flags) & THREAD_KILLED) == 0)
		trace_call_ends(self);
}

/* ---- traces and spans ---- */

static u64 id_seed, trace_seed;

void trace_begin_ids(void)
{
	id_seed = random_u64();
	trace_seed = random_u64();
}

/* WHY not random: making a thread would cost a third more. No two of a boot are the same, and with
 * `trace_seed` no two of any boots. */
static u64 new_id(void)
{
	struct cpu *cpu = hal_this_cpu();

	cpu->trace.ids++;
	return (cpu->trace.ids * CPUS_MAX + cpu->id) ^ id_seed;
}

void trace_name_activity(struct activity *activity)
{
	activity->trace.trace_low = new_id();
	activity->trace.trace_high = trace_seed;
	activity->trace.span = new_id();
}

/* The caller's own part is known first: it may have sent nothing under this filter yet. */
void trace_serves(struct thread *server, struct thread *caller)
{
	struct cpu *cpu = hal_this_cpu();
	struct activity *activity = server->activity;
	u64 label = thread_faulted(caller) ? 0 : msg_info_label(caller->frame.arg1);

	(void)look(cpu, caller, activity);
	(void)look(cpu, server, activity);
	server->trace.span = new_id();
	event_serve(server, caller->trace.span, caller->object.id, label, activity->trace.trace_high);
}

/* ---- the end ---- */

void trace_last(u64 count, void (*show)(const struct event_record *))
{
	const struct trace_cursor *cursor = &hal_this_cpu()->trace;

	if (cursor->packet == nullptr)
		return;
	u64 end = cursor->number * EVENT_PACKET_RECORDS + cursor->records;
	u64 at = end > count ? end - count : 0;

	for (; at < end; at++) {
		const struct event_packet *packet = ELEM(cursor->ring->packet, at / EVENT_PACKET_RECORDS % TRACE_PACKETS);

		show(ELEM(packet->record, at % EVENT_PACKET_RECORDS));
	}
}
