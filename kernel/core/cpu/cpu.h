/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel keeps for each processor. Only its own processor writes it, except where a
 * field says otherwise.
 */
#ifndef KERNEL_CORE_CPU_CPU_H
#define KERNEL_CORE_CPU_CPU_H

#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/pool.h"
#include "kernel/core/sched/queue.h"
#include "kernel/core/time/timers.h"
#include "kernel/core/trace/context.h"
#include "kernel/hal/cpu.h"
#include "lib/base/addr.h"

enum : u32 { FRAME_CACHE = 32 };
enum : u32 {
	ATTEND_CHOOSE = 1, /* look if another thread should run */
	ATTEND_WORK = 2,   /* dead objects wait, or live ones with work left */
	ATTEND_TRACE = 4,  /* a reader of events is to be told */
	ATTEND_BUDGET = 8, /* what runs is on an activity whose budget is used up: its owner must not come next */
	ATTEND_INHERIT = 16, /* activities have changed that threads wait with */
};

struct STABLE cpu {
	struct hal_cpu arch; /* first: the entry code finds it at the processor's base */
	u32 id;
	u32 attention;             /* what to do before leaving the kernel: ATTEND_... */

	/* Running. What each entry touches comes first, in one line of the cache. */
	struct thread *current;    /* null while idle */
	struct activity *payer;    /* whom the time since paid_until_ns is charged to; null: nobody. INV-PAYER */
	struct thread *caller;     /* who made the system call of this entry */
	u64 grace_seen;            /* the newest grace period of which it has left the kernel: object.h; others read it */
	u32 idle;                  /* others read it */
	u32 online;                /* it runs; others read it */
	u32 switch_reason;         /* enum switch_reason of the next choice */
	struct thread *next;       /* atomic: woken in this entry and better than what ran: goes on if nothing better comes */
	u64 paid_until_ns;         /* 0: the clock was not read yet in this entry */
	struct activity *lingers;  /* atomic: counted as active though it waits; not a reference: sched/share.h */
	struct activity *changed;  /* with threads that wait, which may be in a wrong place: sched/inherit.c; counted */
	u64 virtual_ns;            /* clock of best effort here: sched/share.h; others read it */
	struct run_queue queue;
	struct timers timers;

	/* Death of objects: see object.h */
	struct pooled *dead, *closed, *closing, *freeing;
	struct pooled *at_work;    /* live objects for which something is left to do */
	u32 work_priority;         /* of all this, what is left of it: sched/work.h */
	bool sweep_goes_on;        /* its last refusal of a slot was for now: cap/sweep.h */
	bool closed_objects, closing_objects; /* whether there are objects among these, not only items */
	u32 retired;               /* items in `closed` that asked for no grace period of their own */
	u64 closing_grace;
	bool closing_looked_at;    /* whether that is over */
	u64 grace_nudged;          /* others write it: newest grace period it was nudged for */

	/* Frames kept for this processor */
	u32 frame_count;
	paddr_t frame_cache[FRAME_CACHE];

	/* Events */
	struct trace_cursor trace;

	/* Random numbers */
	u32 random_key[8];
	u64 random_counter;
	u32 random_left;
	u64 random_block[4];

	/* Figures and checks */
	u64 lock_waits[LOCK_LEVELS]; /* how often a lock of the level was taken; others read both */
	u64 lock_spins;              /* and how many looks it took until it was free */
	u32 locks_held[LOCK_LEVELS];
};

/* The boot processor's, in static storage, because it is needed before memory is. */
extern struct cpu core_boot_cpu;

/* Processors are numbered from 0; cpu_at of a number below cpu_count() is not null. */
struct cpu *cpu_at(u32 id);
extern u32 cpus_there;
static FORCE_INLINE u32 cpu_count(void) { return cpus_there; }

/* Makes the struct of every processor that the platform found. Boot processor, once. */
[[nodiscard]] enum status cpu_create_all(void);

#endif
