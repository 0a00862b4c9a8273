/* SPDX-License-Identifier: Apache-2.0
 *
 * Crash records: who ended without being asked to, how, and what is known of it. The lines go to the kernel's log, from where the
 * log service keeps them in /log/crash. WHY not straight to the log service: the keeper must not wait for a service that may
 * itself be the one that crashed.
 */
#ifndef USERSPACE_SERVICES_KEEPER_CRASH_H
#define USERSPACE_SERVICES_KEEPER_CRASH_H

#include "userspace/services/keeper/unit.h"
#include "lib/base/text.h"
#include "lib/service/service.h"

/* EVENTS: so many of each processor are looked at. */
enum : u32 { CRASH_LINE_BYTES = 240, CRASH_EVENTS = 256 };

/* ---- crash.c ---- */

/* Of a faulted thread. The answer ends its process. */
enum status crash_fault(struct service_call *call);
/* Of a thread that does not go on, as seen by waits_look; `why` is the evidence. */
void crash_hung(u32 index, struct span why);

/* ---- crash_end.c ---- */

/* Of an instance that ended by itself with a failure, or that somebody ended without asking the keeper. */
void crash_ended(const struct unit *unit, const struct process_info *info);

/* ---- crash_lines.c: what they have in common ---- */

void crash_say(const struct text *line);
/* "process 12 (name): what, time 1.2". */
void crash_say_head(u64 process, struct span name, struct span what);
/* Which calls led to this thread, as seen by waits_look: each caller works, or waits, for the next. */
void crash_say_callers(u32 index);
/* The last that were recorded of the thread or of what it worked on. What is recorded is a person's choice. */
void crash_say_events(u64 thread, u64 trace);

#endif
