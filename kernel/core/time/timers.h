/* SPDX-License-Identifier: Apache-2.0
 *
 * A processor's pending times: what fires when, for timer objects and for threads that wait with
 * a deadline. Tickless: the hardware timer is armed for the earliest, or for the end of the
 * running thread's slice if that is sooner.
 */
#ifndef KERNEL_CORE_TIME_TIMERS_H
#define KERNEL_CORE_TIME_TIMERS_H

#include "kernel/core/cpu/lock.h"
#include "lib/base/tree.h"

enum alarm_kind : u32 { ALARM_THREAD, ALARM_TIMER, ALARM_BUDGET };

/* A place in a processor's tree. */
struct STABLE alarm {
	struct tree_node node;   /* key: time in ns */
	enum alarm_kind kind;
	u32 cpu;                 /* whose tree it is in, while it is in one */
};

struct STABLE timers {
	struct lock lock;
	struct tree alarms;      /* under lock */
	u64 armed_ns;            /* what the hardware is set to; own processor only */
	u64 slice_end_ns;        /* own processor only; U64_MAX: none */
};

void timers_init(struct timers *timers);

/* Puts the alarm into this processor's tree. It is in none. */
void alarm_set(struct alarm *alarm, u64 at_ns);

/* Takes it out of whichever tree it is in. False: it is in none, so it has fired or is about
 * to: the other side owns the event. Any processor. */
bool alarm_cancel(struct alarm *alarm);

/* Sets the hardware to a time that is earlier than so far. */
void timers_arm_at(struct timers *timers, u64 at_ns);

/* Sets the end of the running thread's slice, of this processor's timers. The hardware is armed only if it would
 * come later: one that comes too early is armed anew then. */
static FORCE_INLINE void timers_set_slice(struct timers *timers, u64 end_ns)
{
	timers->slice_end_ns = end_ns;
	if (UNLIKELY(end_ns < timers->armed_ns))
		timers_arm_at(timers, end_ns);
}

/* Fires what is due, or some of it if another interrupt is pending: timers_arm has the hardware come by for the rest at
 * once. Called from the timer interrupt. True if the slice has ended. */
bool timers_expire(u64 now_ns);

/* Arms the hardware for the earliest of what is pending. */
void timers_arm(void);

#endif
