/* SPDX-License-Identifier: Apache-2.0
 *
 * Inheritance: who waits for a thread that serves somebody else lends his priority and deadline to the activity
 * that the thread runs on. The argument is at the top of inherit.c.
 *
 * Two things are kept, by whatever threads wait at for each other (endpoints: ipc/servers.c; words
 * with an owner: ipc/word.c):
 *
 *  - While a thread waits, its activity knows it (inherit_enter, inherit_leave), so that its place among those
 *    who wait changes with the activity's priority. inherit.c calls back for that (`reorder`).
 *  - While anybody waits for a thread, a `struct awaited` says how urgent that is (inherit_update). It is told
 *    anew when another is the first to wait, and when the thread runs on another activity: whoever changes that
 *    looks, after a fence, whether somebody waits (server_moved).
 *
 * Each thread has one `struct awaited` for the endpoint that it serves. Whoever waits for a word with an owner
 * (ipc/word.c) has one for that owner, under the lock of the word.
 */
#ifndef KERNEL_CORE_SCHED_INHERIT_H
#define KERNEL_CORE_SCHED_INHERIT_H

#include "kernel/core/types.h"
#include "lib/base/tree.h"

/* Through how many threads that wait a priority is lent on. Nested calls do not count: they lend the activity. */
enum : u32 { HOPS_MAX = 32 };

struct urgency {
	u8 priority;
	u32 hops;          /* how far it has come */
	u64 deadline_ns;   /* the end of a budget's period; VIRTUAL_BASE: none */
};

/* That others wait for a thread. Serialised by the lock of what they wait at. */
struct STABLE awaited {
	struct tree_node node;  /* in on->awaited, under its lock */
	struct activity *on;    /* what the thread ran on when last looked at; counted; null: nobody waits */
	struct urgency by;      /* changed under on's lock */
};

/* A thread begins to wait: returns its place, smallest first, among those who wait with it. It runs on the same
 * activity until it is told to leave. With the lock of what it waits at. */
u64 inherit_enter(struct thread *waiter);
void inherit_leave(struct thread *waiter);
/* The place of a thread that has entered, by what its activity is now. */
u64 inherit_place(const struct thread *waiter);
struct urgency inherit_urgency(const struct thread *waiter);

/* `by` is the most urgent of those who wait for the thread from now on; null: nobody. */
void inherit_update(struct awaited *awaited, const struct thread *thread, const struct urgency *by);

/* For activity.c, with the activity's lock. The most urgent of those who wait for whoever runs on it, if that is
 * more than these; null otherwise. */
const struct urgency *inherit_more_urgent(const struct activity *activity, u8 priority, u64 deadline_ns);
/* Its priority, deadline or hops have changed: threads that wait with it get other places before this processor
 * leaves the kernel. */
void inherit_changed(struct activity *activity);

/* The thread runs on another activity than before: who waits for it lends to that. No lock is held. */
void inherit_moved(struct thread *thread);

/* Gives them, on the way out of the kernel with no lock held, until none is left or an interrupt is pending. */
void inherit_propagate(void);

#endif
