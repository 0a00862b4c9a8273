/* SPDX-License-Identifier: Apache-2.0
 *
 * Timer objects: raise bits of a signal at a time.
 *
 * A periodic one whose bits are all raised already would gain nothing by firing. It *lapses*: it lies with its
 * signal until somebody takes one of them, and is armed then, for its next time, by the processor of whoever did. So
 * each interrupt for its sake is paid for by a taking before it (ADR 40).
 */
#ifndef KERNEL_CORE_TIME_TIMER_H
#define KERNEL_CORE_TIME_TIMER_H

#include "kernel/core/ipc/binding.h"
#include "kernel/core/object/object.h"
#include "kernel/core/time/timers.h"
#include "kernel/core/types.h"

struct STABLE timer {
	struct object object;
	struct signal_binding signal;
	/* under the signal's lock */
	u64 due_ns;              /* what it was armed for last */
	u64 period_ns;           /* 0: once */
	struct alarm alarm;
	bool lapsed;             /* the alarm lies in the signal's tree, not in a processor's */
};

/* Its time has come; the alarm is in no tree. */
void timer_fire(struct timer *timer, u64 now_ns);

/* Looks at timers that lie with the signal since before bits were taken last: those that lack one are armed. A bounded
 * number; true when none is left. With the signal's lock held. */
bool timer_resume(struct signal *signal);

bool timer_close(struct timer *timer);

#endif
