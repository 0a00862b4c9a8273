/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of text: the newest bytes of all that was ever appended. Positions count bytes from the
 * first one ever.
 */
#ifndef USERSPACE_SERVICES_LOG_RING_H
#define USERSPACE_SERVICES_LOG_RING_H

#include "lib/base/span.h"

enum ring : u32 { RING_LOG, RING_CRASH, RING_COUNT };
/* UNCOMMITTED: how much may be appended before a commit. */
enum : u32 { RING_BYTES = 128 * 1024, RING_UNCOMMITTED_BYTES = 64 * 1024 };

/* Adds them to what is kept: lib/keep/keep.h. */
void rings_keep(void);

void ring_append(enum ring ring, struct span text);

/* Position of the oldest byte kept, and of the next to come. */
u64 ring_first(enum ring ring);
u64 ring_end(enum ring ring);

/* Copies from *position on, which is moved behind what was copied; what is gone is skipped. */
usize ring_read(enum ring ring, u64 *position, struct mspan to);

#endif
