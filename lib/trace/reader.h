/* SPDX-License-Identifier: Apache-2.0
 *
 * Following an event ring while the kernel writes it.
 *
 * The ring is read-only memory of whole packets; nothing tells the kernel how far a reader is, so
 * that it never waits for one and any number can read. A reader that is slower than a ring's length
 * loses the oldest packets. It notices, because each packet has a number, and counts exactly what it
 * lost. No I/O and no system, so that it is tested on the host.
 */
#ifndef LIB_TRACE_READER_H
#define LIB_TRACE_READER_H

#include "lib/base/span.h"
#include "abi/events.h"

struct trace_reader {
	u64 number;   /* of the packet that is read next */
	u64 records;  /* of it that were taken */
	u64 lost;     /* records that were overwritten before they were taken */
	u64 end;      /* the first record, counted from the ring's beginning, that is not taken any more */
};

/* A reader of what comes from now on, and of the last `count` records as well, as far as they are
 * there. The ring's length must be a multiple of a packet's. */
struct trace_reader trace_reader_at_end(struct span ring, u64 count);

/* What comes from now on is not taken any more. */
void trace_reader_end(struct trace_reader *reader, struct span ring);

/* Copies records that were not taken yet, at most a packet of them, as a packet: with a head that fits
 * them, in which `discarded` is what this reader has lost so far. With `whole` only when the kernel's
 * packet is full. How many it were; 0: there is nothing now. */
u64 trace_reader_take(struct trace_reader *reader, struct span ring, bool whole, struct event_packet *packet);

#endif
