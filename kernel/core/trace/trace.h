/* SPDX-License-Identifier: Apache-2.0
 *
 * Event rings: one for each processor, written by it alone with interrupts off, oldest packets
 * overwritten. Readers map them. A ring is an array of packets (abi/events.h) and nothing else, so
 * that a copy of it is a trace in the Common Trace Format; how a reader follows one that is being
 * written is told in lib/trace/reader.h and docs/observability.md.
 *
 * What is recorded is chosen for the whole system by trace_control: classes of events, and a group.
 */
#ifndef KERNEL_CORE_TRACE_TRACE_H
#define KERNEL_CORE_TRACE_TRACE_H

#include "abi/events.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "kernel/hal/atomic.h"
#include "lib/base/addr.h"

enum : u32 { TRACE_PACKETS = 64, TRACE_RING_ORDER = 18 - PAGE_SHIFT };

struct STABLE trace_ring {
	struct event_packet packet[TRACE_PACKETS];
};

struct STABLE trace { struct object object; };
struct STABLE machine { struct object object; };
struct STABLE code { struct object object; };

/* Classes that are recorded; none before there are rings. */
extern u32 trace_classes;

/* In a build with TRACE=off a constant, so that nothing of what it guards is left. */
static FORCE_INLINE bool trace_on(u32 class)
{
	return FERROUS_TRACE && UNLIKELY((atomic_load(&trace_classes) & class) != 0);
}

/* Records an event of the running thread, of a thread, or of the running one whatever group is asked
 * for. `by` may be null: nobody's. Use the functions of abi/event_emit.h. */
void trace_emit(enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3);
void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3);
void trace_emit_always(enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3);

/* A system call of the running thread begins; it is back, and the thread may be waiting or gone; a
 * thread that waited in one runs again. */
void trace_call_begins(struct thread *self);
void trace_call_returns(struct thread *self);
void trace_call_ends(struct thread *thread);

/* The server, which has the caller's activity now, serves its call: a child span. */
void trace_serves(struct thread *server, struct thread *caller);

/* Gives a new activity its trace id and root span. */
void trace_name_activity(struct activity *activity);

/* On the way out of the kernel: tells the reader that a packet is full. No locks held. */
void trace_notify(void);

/* Undoes a bounded part of what was done through trace capabilities that have been revoked: the reader, mappings of
 * rings. True when nothing is left. */
[[nodiscard]] bool trace_undo(void);

/* Makes the rings of all processors. */
[[nodiscard]] enum status trace_init(struct group *group);

/* The last `count` records of this processor, through a callback, oldest first; for panics. */
void trace_last(u64 count, void (*show)(const struct event_record *));

#endif
