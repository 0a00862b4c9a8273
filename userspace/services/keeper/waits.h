/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits for whom: what the kernel tells of the threads of all processes, put together. It is as things were while
 * looking; of who is stuck it is the truth.
 */
#ifndef USERSPACE_SERVICES_KEEPER_WAITS_H
#define USERSPACE_SERVICES_KEEPER_WAITS_H

#include "lib/base/text.h"
#include "abi/events.h"
#include "abi/structs.h"

enum : u32 { WAITS_MAX = 256, WAITS_NONE = WAITS_MAX };

struct waiting {
	char name[32];     /* of its process */
	u64 process;
	struct thread_info info;
};

/* Looks at all threads there are. */
void waits_look(void);

/* What was seen, by numbers below WAITS_MAX. */
const struct waiting *waits_at(u32 index);
/* A thread; the one of a process that is to be asked for what the process does: not idle, if there is such a one. */
u32 waits_of_thread(u64 thread);
/* One that works on what has this trace id, by its lower half. */
u32 waits_of_trace(u64 trace);
u32 waits_of_process(u64 process);

/* Whose call it serves. */
u32 waits_caller(u32 index);
/* Who has to go on before it can: who serves its call, or who is to receive it. */
u32 waits_next(u32 index);

/* "log/25 (process 24)". */
void waits_add_name(u32 index, struct text *line);
/* What it does: "calls read of console/31", "waits for a signal", "runs". */
void waits_add_doing(u32 index, struct text *line);
/* The whole chain in words: "log/25 calls write of console/31, which runs". The last of it. */
u32 waits_add_chain(u32 index, struct text *line);

#endif
