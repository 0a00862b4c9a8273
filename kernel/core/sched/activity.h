/* SPDX-License-Identifier: Apache-2.0
 *
 * The activity: what pays for processor time also names the cause. A scheduling context and a
 * trace context in one object, lent along calls (docs/architecture.md, idea 1).
 *
 * An activity is used by one thread at a time: the one at the tip of its chain of calls.
 */
#ifndef KERNEL_CORE_SCHED_ACTIVITY_H
#define KERNEL_CORE_SCHED_ACTIVITY_H

#include "abi/structs.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/cpu/lock.h"
#include "kernel/core/object/object.h"
#include "kernel/core/sched/inherit.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/timers.h"
#include "kernel/core/trace/context.h"

enum : u8 { PRIORITY_BEST_EFFORT = 64 };
enum : u32 { WEIGHT_DEFAULT = 100, WEIGHT_MAX = 10000 };
enum : u64 { SLICE_NS = 4000000, BUDGET_MIN_NS = 100000 };
enum : u64 { SETTLE_NS = 100000 }; /* time that was used is settled when it is this much: sched/share.h */

struct STABLE activity {
	struct object object;
	struct lock lock;

	/* Under lock: what was asked for. */
	u8 own_priority;
	u32 weight;        /* best effort: share of the group's time */
	u64 budget_ns;     /* 0: none */
	u64 period_ns;
	u64 relative_ns;   /* deadline after the start of the period */
	u64 cpus;          /* where it may run, a bit for each; read without the lock */
	u64 reserved;      /* of the group's GROUP_RESERVED */

	/* Written under lock, read without by whoever compares: what it runs at (activity_reckon). */
	u8 priority;
	u32 exhausted;     /* not 0: the budget is used up and the period is not over, `alarm` is set */
	u32 best_effort;   /* not 0: shares by weight (share.h), by its parameters or because it is exhausted */
	u64 deadline_ns;   /* order within the priority: a time, or virtual time, which is later than any */

	/* Under lock. */
	u64 left_ns;       /* of the budget, or of the slice */
	u64 period_start_ns;
	u64 period_deadline_ns;
	u64 overrun_ns;    /* used beyond a budget, because the end was noticed late; taken from the next ones */
	u64 used_ns;       /* ever, and settled */
	u64 unsettled_ns;  /* used, and not yet in this, the groups' time and virtual_ns */
	u64 virtual_ns;    /* best effort: see share.h */
	u32 virtual_cpu;   /* by which processor's virtual clock */
	struct alarm alarm;

	/* Under lock: what it inherits, and whom that concerns (inherit.h). */
	struct tree awaited;         /* of threads that run on it and are waited for; the most urgent first */
	u32 hops;                    /* through how many waits its priority has come; 0: it is its own */
	u64 raised_ns;               /* virtual deadline at an inherited priority */
	struct thread_queue waiters; /* threads that wait with it */
	u32 waiter_count, waiters_left; /* how many, and how many of the first may be in a wrong place */
	bool listed;                 /* in some processor's list of changed ones, which counts */
	struct activity *next_changed;

	/* Atomic. */
	u32 uses;          /* processors that it pays for, and threads in run queues */
	u64 counted;       /* what of its weight is counted in its group */
	struct thread *parked;     /* its owner, ready but for the budget; whoever takes it out owns the thread */
	struct thread *queued;     /* a thread in a run queue with it; null: none */
	struct thread_queue beside; /* under lock: others, while a server goes on for a caller that no longer waits */

	struct trace_of_activity trace;
	struct thread *owner;      /* the thread it was bound to; null: none */
};

/* Errors: INVALID; DENIED: more than the group's highest priority; OUT_OF_TIME: a group has promised all of
 * the processor time that it may; OUT_OF_OBJECTS, OUT_OF_FRAMES, DEAD. */
[[nodiscard]] enum status activity_make(struct group *group, const struct activity_params *params,
	struct activity **out);

/* Other parameters from now on. A budget that is used up stays so until its period ends. Errors: as above. */
[[nodiscard]] enum status activity_set(struct activity *activity, const struct activity_params *params);
bool activity_close(struct activity *activity);

/* The time that was ever used of it. */
u64 activity_used_ns(struct activity *activity);

/* Lending. `from` waits for `to`, which runs on from's activity until it answers or waits for another
 * message. `from` keeps its own pointer: if it stops waiting early, both run on the activity for a
 * while and both are charged to it. A thread's `activity` is counted unless it is its own. */
static FORCE_INLINE void activity_lend(const struct thread *from, struct thread *to)
{
	struct activity *lent = from->activity;

	/* Its own may come back to a thread that gave up waiting and became a server. */
	if (LIKELY(lent != to->own))
		object_ref(&lent->object);
	to->activity = lent;
}

/* The thread stops running on a lent activity and has its own again. */
static FORCE_INLINE void activity_return(struct thread *thread)
{
	struct activity *lent = thread->activity;

	thread->serving = 0;
	if (lent == thread->own)
		return;
	thread->activity = thread->own;
	object_unref(&lent->object);
}

/* What a thread runs on, or will next: who waits to receive is on its own, or about to be (ipc/fastpath.c). For whoever lends
 * to it. */
static inline struct activity *activity_of(const struct thread *thread)
{
	bool receives = atomic_load_acquire(&thread->state) == THREAD_STATE_RECEIVING && atomic_load(&thread->endpoint) != nullptr;

	return atomic_load(receives ? &thread->own : &thread->activity);
}

static FORCE_INLINE bool activity_is_best_effort(const struct activity *activity) { return activity->best_effort != 0; }

/* Its own or its inherited parameters have changed, or `exhausted`. With the lock held. What is below best effort is
 * that while it inherits just this; who inherits more goes on paying with his share. */
static inline void activity_classify(struct activity *activity)
{
	bool by_parameters = activity->budget_ns == 0 && (activity->own_priority == PRIORITY_BEST_EFFORT ||
		(activity->own_priority < PRIORITY_BEST_EFFORT && activity->priority == PRIORITY_BEST_EFFORT));

	atomic_store(&activity->best_effort, activity->exhausted != 0 || by_parameters ? 1u : 0u);
}

/* Its owner must not run before the period is over. Not so while others wait for whoever runs on it. */
static FORCE_INLINE bool activity_barred(const struct activity *activity)
{
	return UNLIKELY(atomic_load(&activity->exhausted) != 0) && atomic_load(&activity->awaited.first) == nullptr;
}

/* Affinity goes along calls like the rest: whoever runs on the activity keeps to it. */
static FORCE_INLINE bool activity_may_use(const struct activity *activity, const struct cpu *cpu)
{
	u64 cpus = atomic_load(&activity->cpus);

	return LIKELY(cpus == U64_MAX) || (cpus >> cpu->id % 64 & 1) != 0; /* it is less: said for the check of the shift */
}

/* Computes priority and deadline from the rest. With the lock held. */
void activity_reckon(struct activity *activity);

/* The same after a change of what decides whether it is best effort, which it was or not. */
void activity_settle(struct activity *activity, bool was_best_effort);

/* What it would run at if nobody waited for whoever runs on it. With the lock held. */
struct urgency activity_own_urgency(const struct activity *activity);

/* Makes that so, if it is not. */
HAL_RARE_CALL void activity_prepare(struct activity *activity, struct cpu *cpu, u64 now_ns, bool waking);

/* Whether a thread can begin to run on it, or become ready, on a processor as it is: something is left of the slice
 * or budget, and its place in the order is one that its bandwidth or share allows. Mostly that is so: looked at
 * without the lock, and no more of a guess than what others change just after. */
static FORCE_INLINE bool activity_ready(const struct activity *activity, const struct cpu *cpu, bool waking)
{
	if (UNLIKELY(activity->left_ns == 0))
		return false;
	if (!activity_is_best_effort(activity))
		return !waking || activity->budget_ns == 0;
	return activity->virtual_cpu == cpu->id && (!waking || activity->virtual_ns >= atomic_load(&cpu->virtual_ns));
}

static FORCE_INLINE void activity_begin(struct activity *activity, struct cpu *cpu, u64 now_ns, bool waking)
{
	if (UNLIKELY(!activity_ready(activity, cpu, waking)))
		activity_prepare(activity, cpu, now_ns, waking);
}

/* The same for one that has run on that processor up to now, or can run on no other: its place is right but for its slice. */
static FORCE_INLINE void activity_go_on(struct activity *activity, struct cpu *cpu, u64 now_ns)
{
	if (UNLIKELY(activity->left_ns == 0))
		activity_prepare(activity, cpu, now_ns, false);
}

/* The slow paths of the two below. With the lock held, which it releases; without it. */
HAL_RARE_CALL void activity_charge_fully(struct activity *activity, u64 used_ns, u64 now_ns);
HAL_RARE_CALL void activity_go_behind(struct activity *activity, u64 behind, u64 now_ns);

/* Charges time that was used up to now. At the end of a budget it is exhausted, or has its next. Mostly a few
 * additions: only what is settled changes the order. */
static FORCE_INLINE void activity_charge(struct activity *activity, u64 used_ns, u64 now_ns)
{
	lock_take(&activity->lock);
	activity->unsettled_ns += used_ns;
	if (UNLIKELY(used_ns >= activity->left_ns || activity->unsettled_ns >= SETTLE_NS)) {
		activity_charge_fully(activity, used_ns, now_ns);
		return;
	}
	activity->left_ns -= used_ns;
	lock_release(&activity->lock);
}

/* Lets somebody go first whose deadline is `behind`. */
static FORCE_INLINE void activity_yield(struct activity *activity, u64 behind, u64 now_ns)
{
	if (activity_is_best_effort(activity) ? behind > activity->deadline_ns : activity->budget_ns == 0)
		activity_go_behind(activity, behind, now_ns);
}

#endif
