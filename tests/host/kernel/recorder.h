/* SPDX-License-Identifier: Apache-2.0
 *
 * Records events of what a test does, and looks for them.
 */
#ifndef TESTS_HOST_KERNEL_RECORDER_H
#define TESTS_HOST_KERNEL_RECORDER_H

#include "abi/events.h"
#include "lib/trace/reader.h"
#include "tests/host/kernel/world.h"

enum : u64 { CLASSES_AT_BOOT = EVENT_CLASS_LIFE | EVENT_CLASS_FAULT };

/* trace_control by init. */
struct answer events_control(u64 classes, u64 group, u64 signal);

/* The ring of a processor, and who reads it since events_begin. */
struct span events_ring(u32 cpu);
struct trace_reader *events_reader(u32 cpu);

void events_begin(u64 classes, u64 group);

/* Stops recording and keeps the records since events_begin, CPU by CPU. */
void events_end(void);
u32 events_seen(void);

/* The n-th record of an event of a thread, from 0; null: there are not so many. Thread null: of any. */
const struct event_record *events_find(enum event_id id, const struct thread *thread, u32 n);
u32 events_count(enum event_id id, const struct thread *thread);

/* How many records of an event begin with these fields. */
u32 events_with(enum event_id id, u64 first, u64 second);

#endif
