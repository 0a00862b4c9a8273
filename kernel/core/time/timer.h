/* SPDX-License-Identifier: Apache-2.0
 *
 * Timer objects: raise bits of a signal at a time.
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
	u64 period_ns;           /* 0: once */
	struct alarm alarm;
	u32 setting;             /* atomic: a processor changes the alarm */
};

/* Its time has come; the alarm is in no tree. */
void timer_fire(struct timer *timer, u64 now_ns);

bool timer_close(struct timer *timer);

#endif
