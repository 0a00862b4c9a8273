/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the kernel's event ring of one CPU. The first slot of 64 bytes is the header; record number
 * n, counted from the start of the system, is in slot 1 + n % (slots - 1).
 */
#ifndef USERSPACE_APPS_EVENTS_RING_H
#define USERSPACE_APPS_EVENTS_RING_H

#include "lib/rt/memory.h"
#include "abi/events.h"

struct ring {
	pages_t pages;
	u64 slots;
	u64 written; /* records ever written, when it was opened */
};

/* RANGE: there is no such CPU. BAD_FORMAT: that is not a ring. */
[[nodiscard]] enum status ring_open(struct ring *ring, handle_t trace, u32 cpu);

/* Copies record `number` out. False if it was overwritten meanwhile. */
[[nodiscard]] bool ring_record(const struct ring *ring, u64 number, struct event_record *out);

/* How many of the last records are still there. */
u64 ring_available(const struct ring *ring);

#endif
