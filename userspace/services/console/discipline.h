/* SPDX-License-Identifier: Apache-2.0
 *
 * The line discipline: from bytes as they are typed to lines for programs, with the echo that
 * the person sees. No I/O, so that it is tested on the host.
 *
 * Input that is ready for programs lies in a ring; the line being edited lies beside it and is
 * moved over when it is complete.
 */
#ifndef USERSPACE_SERVICES_CONSOLE_DISCIPLINE_H
#define USERSPACE_SERVICES_CONSOLE_DISCIPLINE_H

#include "lib/base/text.h"

enum : u32 { DISCIPLINE_LINE_BYTES = 512, DISCIPLINE_READY_BYTES = 2048 };

struct STABLE discipline {
	u8 line[DISCIPLINE_LINE_BYTES];
	u32 line_used;
	u8 ready[DISCIPLINE_READY_BYTES];
	u32 first, count; /* of ready */
	bool raw;         /* bytes go straight to ready */
	bool after_return; /* the last byte was \r: a \n that follows belongs to it */
};

/* One byte from the line; what the person is to see is appended to `echo` (at most
 * DISCIPLINE_ECHO_MAX bytes). True if it was the interrupt character. */
enum : u32 { DISCIPLINE_ECHO_MAX = 3 * DISCIPLINE_LINE_BYTES };
[[nodiscard]] bool discipline_input(struct discipline *d, u8 byte, struct text *echo);

/* Changes the mode. What was being edited becomes ready as it is. */
void discipline_set_raw(struct discipline *d, bool raw);

/* True if a read would get something (or the end of input). */
static inline bool discipline_has(const struct discipline *d) { return d->count > 0; }

/* Copies what a read gets: one line at most, or in raw mode all there is. *end_of_input: the
 * person said that there is no more; nothing was copied. Nothing is taken until discipline_drop. */
[[nodiscard]] u64 discipline_peek(const struct discipline *d, struct mspan to, bool *end_of_input);

/* Takes what the last discipline_peek returned, or the end of input. */
void discipline_drop(struct discipline *d, u64 bytes, bool end_of_input);

#endif
