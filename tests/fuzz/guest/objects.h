/* SPDX-License-Identifier: Apache-2.0
 *
 * The objects that the processes of a program share, and the driver's handles to them.
 */
#ifndef TESTS_FUZZ_GUEST_OBJECTS_H
#define TESTS_FUZZ_GUEST_OBJECTS_H

#include "lib/base/addr.h"
#include "abi/errors.h"

enum : u32 { SHARED_MAX = 24 };

/* What is never destroyed: log, trace and so on, narrowed to what does no harm. Once. */
void authorities_open(void);

struct shared {
	u32 count;
	handle_t handle[SHARED_MAX];
	handle_t faults, names; /* two of them, none if there was no room */
};

/* Makes them in a group, as many as its limits allow. */
void shared_make(struct shared *shared, handle_t group, bool with_authorities);

/* Gives them up; what was done with the authorities is undone. */
void shared_drop(struct shared *shared);

/* Events as they are recorded at boot, and nobody told: the signal that somebody gave would stay until a ring is full
 * (docs/caveats.md). */
void trace_reset(void);

#endif
