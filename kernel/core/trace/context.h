/* SPDX-License-Identifier: Apache-2.0
 *
 * What tracing keeps in a processor, a thread and an activity.
 *
 * A filter (filter.h) has a number. What was decided about a thread is kept with the number of the filter
 * and the trace id it ran on, so that a comparison tells whether it still holds, and a new filter
 * makes all that is old at once.
 */
#ifndef KERNEL_CORE_TRACE_CONTEXT_H
#define KERNEL_CORE_TRACE_CONTEXT_H

#include "abi/events.h"
#include "lib/base/safe.h"

struct STABLE trace_ring;
struct STABLE activity;

/* Where the processor's next record goes. */
struct STABLE trace_cursor {
	struct trace_ring *ring;
	struct event_packet *packet;  /* the one that is being filled; null: there are no rings yet */
	u64 number;                   /* of that packet */
	u64 records;                  /* in that packet */
	u64 ids;                      /* of traces and spans, ever made here */
};

struct STABLE trace_of_thread {
	u64 on;                       /* low half of the trace id for which the next two hold */
	u64 span;                     /* what it works on: the call it serves, or the activity's root */
	u32 mark;                     /* number of the filter under which its events are wanted, or that less
	                               * TRACE_WANTED: they are not */
	u32 known;                    /* number of the filter under which it was introduced */
	u32 call_filter;              /* number of the filter under which the next holds */
	u64 call;                     /* the system call it is in */
};

struct STABLE trace_of_activity {
	u64 trace_low, trace_high;    /* 128-bit trace id */
	u64 span;                     /* the root of what is done on it */
	u32 known;                    /* number of the filter under which it was introduced */
};

#endif
