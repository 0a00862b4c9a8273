/* SPDX-License-Identifier: Apache-2.0
 *
 * Which events are recorded, and who is told. Private to this folder.
 */
#ifndef KERNEL_CORE_TRACE_FILTER_H
#define KERNEL_CORE_TRACE_FILTER_H

#include "kernel/core/group/group.h"
#include "kernel/core/trace/trace.h"

/* Numbers of filters have this bit; without it they mark what a filter does not want. */
enum : u32 { TRACE_WANTED = 1, TRACE_FILTER_STEP = 2 };

extern u32 trace_filter; /* atomic: number of the filter in force */

static FORCE_INLINE u32 trace_filter_number(void) { return atomic_load(&trace_filter); }

/* True if events of the group are recorded; null: events of nobody. */
bool trace_filter_wants(const struct group *group);

/* True if somebody waits for full packets. */
bool trace_filter_has_reader(void);

/* Recording as it is from the start on. */
void trace_filter_reset(void);

/* In trace.c: ids of traces and spans get a beginning that no other boot has. */
void trace_begin_ids(void);

#endif
