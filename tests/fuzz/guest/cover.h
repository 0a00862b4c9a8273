/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel has run: its counters, one for each edge, as it maintains them (a capability of the first process).
 * With a kernel that has none all functions say that there is nothing new.
 */
#ifndef TESTS_FUZZ_GUEST_COVER_H
#define TESTS_FUZZ_GUEST_COVER_H

#include "lib/base/addr.h"
#include "lib/base/text.h"

enum : u32 { EDGES_MAX = 32768 };

[[nodiscard]] bool cover_open(handle_t coverage);

/* How many edges were run since cover_open that had not been when it was last asked. */
u32 cover_new(void);

/* Edges that there are room for, run since cover_open, run before it. */
u32 cover_edges(void);
u32 cover_reached(void);

/* All of it as two lines of hexadecimal digits, four edges each: what was run since, what was run before. */
void cover_send(void);

#endif
