/* SPDX-License-Identifier: Apache-2.0
 *
 * The event rings of all CPUs, as one; needs the capability "trace".
 */
#ifndef LIB_TRACE_LIVE_RINGS_H
#define LIB_TRACE_LIVE_RINGS_H

#include "lib/base/text.h"
#include "abi/errors.h"
#include "abi/events.h"

/* Maps them; reading begins with the last `count` records of each, as far as they are there. May be
 * called again, to begin anew. */
[[nodiscard]] enum status rings_open(u64 count);

/* What is recorded from now on is not read any more, until they are opened anew. */
void rings_end(void);

/* The next record in the order of time, as far as what was recorded by now tells; false: there is
 * none now. Good until the next call. */
[[nodiscard]] bool rings_next(const struct event_record **record);

/* The next packet of some CPU; with `whole` only such as the kernel has filled. False: there is none
 * now. How many records it has is told by its head. Good until the next call. */
[[nodiscard]] bool rings_next_packet(bool whole, const struct event_packet **packet);

/* Adds what a record tells, without time and thread. */
void record_describe(const struct event_record *record, struct text *line);

/* Records that came too fast to be read, of all CPUs. */
u64 rings_lost(void);

#endif
