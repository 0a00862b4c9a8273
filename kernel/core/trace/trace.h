/* SPDX-License-Identifier: Apache-2.0
 *
 * Event rings: one for each processor, written by it alone with interrupts off, oldest records
 * overwritten. Readers map them: the first record slot holds a header with the count of records
 * ever written; record number n is in slot 1 + n % (TRACE_SLOTS - 1). A reader that finds the
 * count more than a ring ahead of its position has lost the difference.
 */
#ifndef KERNEL_CORE_TRACE_TRACE_H
#define KERNEL_CORE_TRACE_TRACE_H

#include "abi/events.h"
#include "kernel/core/object/object.h"
#include "kernel/core/types.h"
#include "kernel/hal/atomic.h"
#include "lib/base/addr.h"

enum : u32 { TRACE_SLOTS = 1024, TRACE_RING_ORDER = 4 };

struct trace_header {
	u64 magic;     /* TRACE_MAGIC */
	u64 written;   /* records ever written; released after the record */
	u64 slots;     /* TRACE_SLOTS */
	u64 cpu;
	u64 spare[4];
};
enum : u64 { TRACE_MAGIC = 0x31454341525446ull /* "FTRACE1" */ };

struct STABLE trace_ring {
	struct trace_header header;
	struct event_record record[TRACE_SLOTS - 1];
};

struct STABLE trace { struct object object; };
struct STABLE machine { struct object object; };
struct STABLE code { struct object object; };

/* Classes that are recorded. */
extern u32 trace_classes;

static FORCE_INLINE bool trace_on(u32 class) { return UNLIKELY((atomic_load(&trace_classes) & class) != 0); }

/* Records an event of the running thread. About 40 instructions. */
void trace_emit(enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3);

/* Makes the rings of all processors. */
[[nodiscard]] enum status trace_init(struct group *group);

/* The last `count` records of this processor, through a callback, oldest first; for panics. */
void trace_last(u32 count, void (*show)(const struct event_record *));

#endif
