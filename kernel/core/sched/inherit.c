/* SPDX-License-Identifier: Apache-2.0
 *
 * Inheritance. See inherit.h.
 *
 *      waiter H ---> endpoint ---> server S ---> activity L that S runs on
 *      (on activity H)             (S->awaited, in L->awaited)
 *
 * What an activity runs at (activity_reckon) is the most urgent of its own parameters and of all `awaited` in
 * its tree. If S itself waits as a sender, it is in L's list `waiters`, has another place at that endpoint, and
 * may be what that endpoint's servers are awaited by: so a change goes on along a chain.
 *
 * Why no race leaves a wrong priority, without a lock around it all. Each arrow above is computed anew from the
 * present state under a lock, by whoever has changed what it depends on, after changing it:
 *
 *  - H's place in the queue, from H's activity: under the queue's lock. A waiter enters the list under its
 *    activity's lock before its place is computed; so who changes the activity finds it there or is seen by it.
 *  - S->awaited, from the first of the queue and what S runs on: under the queue's lock. Who queues or leaves
 *    holds it. S may go over to another activity without it, looks for waiters after a fence, and then takes it;
 *    who computes fences between queueing and looking at S. One of them sees the other.
 *  - What L runs at, from its parameters and its tree: under L's lock.
 *
 * The last of two who compute the same has seen the newest of everything below it. A change of L is passed on
 * to its waiters by a list of changed activities that each processor works off before it leaves the kernel, with
 * no lock held. So "wrong" lasts as long as somebody who is in the kernel has something on his list.
 *
 * It ends: a priority that has come along HOPS_MAX waits is not lent on. In a circle of waits, which only a
 * deadline or a death ends, priorities that have lost their reason would keep each other up; each round adds hops
 * until they fall.
 *
 * A word with an owner is the same without the queue in between: each waiter lends its own urgency to the owner
 * (ipc/word.c).
 *
 * LOCK ORDER: the queue's lock, then activities' one at a time.
 */
#include "kernel/core/sched/inherit.h"
#include "abi/event_emit.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/ipc/word.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/sched/share.h"
#include "kernel/core/thread/thread.h"

enum : u32 { STEPS_UNTIL_LOOK = 16, KEY_DEADLINE_BITS = 56 };

/* ---- order ---- */

/* Priority first; deadlines to the quarter of a microsecond. Virtual ones order those who run, not those who
 * wait: they count as none, and equals are served as they come. */
static u64 key_of(const struct urgency *urgency)
{
	u64 deadline = min_u64(urgency->deadline_ns, VIRTUAL_BASE) >> (64 - KEY_DEADLINE_BITS);

	return (u64)(PRIORITIES - 1 - urgency->priority) << KEY_DEADLINE_BITS | deadline;
}

/* What an activity lends on. With its lock held. */
static struct urgency urgency_of(const struct activity *activity)
{
	struct urgency urgency = { activity->priority, activity->hops, min_u64(activity->deadline_ns, VIRTUAL_BASE) };

	if (UNLIKELY(activity->hops >= HOPS_MAX))
		urgency = activity_own_urgency(activity);
	return urgency;
}

const struct urgency *inherit_more_urgent(const struct activity *activity, u8 priority, u64 deadline_ns)
{
	struct tree_node *first = tree_first(&activity->awaited);

	if (first == nullptr)
		return nullptr;
	const struct urgency *by = &TREE_ENTRY(first, struct awaited, node)->by;
	bool more = by->priority != priority ? by->priority > priority : by->deadline_ns < min_u64(deadline_ns, VIRTUAL_BASE);

	return more ? by : nullptr;
}

/* ---- waiters ---- */

u64 inherit_enter(struct thread *waiter)
{
	struct activity *activity = waiter->activity;

	lock_take(&activity->lock);
	thread_queue_push(&activity->waiters, waiter);
	activity->waiter_count++;
	struct urgency urgency = urgency_of(activity);

	lock_release(&activity->lock);
	return key_of(&urgency);
}

void inherit_leave(struct thread *waiter)
{
	struct activity *activity = waiter->activity;

	lock_take(&activity->lock);
	thread_queue_remove(&activity->waiters, waiter);
	activity->waiter_count--;
	lock_release(&activity->lock);
}

struct urgency inherit_urgency(const struct thread *waiter)
{
	struct activity *activity = waiter->activity;

	lock_take(&activity->lock);
	struct urgency urgency = urgency_of(activity);

	lock_release(&activity->lock);
	return urgency;
}

u64 inherit_place(const struct thread *waiter)
{
	struct urgency urgency = inherit_urgency(waiter);

	return key_of(&urgency);
}

/* ---- who is waited for ---- */

/* What others see of an activity. */
struct aspect {
	u8 priority;
	u64 deadline_ns;
	bool best_effort, barred;
};

static struct aspect aspect_of(const struct activity *activity)
{
	return (struct aspect){ activity->priority, activity->deadline_ns, activity_is_best_effort(activity),
		activity_barred(activity) };
}

/* Puts it into the activity's tree with another urgency, or takes it out. */
static void put(struct awaited *awaited, struct activity *on, const struct urgency *by)
{
	lock_take(&on->lock);
	struct aspect before = aspect_of(on);

	if (tree_contains(&awaited->node))
		tree_remove(&on->awaited, &awaited->node);
	if (by != nullptr) {
		awaited->by = *by;
		tree_insert(&on->awaited, &awaited->node, key_of(by));
	}
	activity_settle(on, before.best_effort);
	struct aspect now = aspect_of(on);

	lock_release(&on->lock);
	if (before.best_effort != now.best_effort)
		share_update(on);
	if (before.priority == now.priority && before.deadline_ns == now.deadline_ns && before.barred == now.barred)
		return;
	event_inherit(on->object.id, before.priority, now.priority, now.deadline_ns);
	sched_activity_changed(on);
}

static bool same(const struct urgency *a, const struct urgency *b)
{
	return a->priority == b->priority && a->deadline_ns == b->deadline_ns && a->hops == b->hops;
}

void inherit_update(struct awaited *awaited, const struct thread *thread, const struct urgency *by)
{
	struct activity *before = awaited->on, *on = nullptr;

	if (by != nullptr) {
		atomic_fence(); /* who lets the thread run on another sees that somebody waits, or that other is seen here */
		struct activity *now = activity_of(thread);

		/* One that is dying has just been left: whoever did that comes here next. */
		if (now == before || object_try_ref(&now->object))
			on = now;
	}
	if (on == before && (on == nullptr || same(by, &awaited->by)))
		return;
	if (before != nullptr && before != on) {
		put(awaited, before, nullptr);
		object_unref(&before->object);
	}
	awaited->on = on;
	if (on != nullptr)
		put(awaited, on, by);
}

/* ---- along chains ---- */

void inherit_changed(struct activity *activity)
{
	struct cpu *cpu = hal_this_cpu();

	activity->waiters_left = activity->waiter_count;
	/* Another processor that has it on its list goes on with it. */
	if (activity->waiter_count == 0 || activity->listed || !object_try_ref(&activity->object))
		return;
	activity->listed = true;
	activity->next_changed = cpu->changed;
	cpu->changed = activity;
	cpu->attention |= ATTEND_INHERIT;
}

/* The next waiter whose place may be wrong; null: none is left, and the activity is off this processor's list.
 * Those that have been looked at are behind those that have not. */
static struct thread *next_waiter(struct cpu *cpu, struct activity *activity)
{
	lock_take(&activity->lock);
	struct thread *waiter = activity->waiters_left != 0 ? thread_queue_pop(&activity->waiters) : nullptr;

	if (waiter != nullptr) {
		thread_queue_push(&activity->waiters, waiter);
		activity->waiters_left--;
	} else {
		activity->listed = false;
		cpu->changed = activity->next_changed;
	}
	lock_release(&activity->lock);
	return waiter;
}

/* It waits at one of the two, or has ceased to: each looks. */
static void reorder(struct thread *waiter)
{
	servers_reorder(waiter);
	word_reorder(waiter);
}

void inherit_propagate(void)
{
	struct cpu *cpu = hal_this_cpu();

	for (u32 step = 1; cpu->changed != nullptr; step++) {
		struct activity *activity = cpu->changed;
		struct thread *waiter = next_waiter(cpu, activity);

		if (waiter != nullptr)
			reorder(waiter);
		else
			object_unref(&activity->object);
		if (step % STEPS_UNTIL_LOOK == 0 && hal_interrupt_pending())
			return;
	}
	cpu->attention &= ~(u32)ATTEND_INHERIT;
}

void inherit_moved(struct thread *thread)
{
	server_moved(thread);
	word_owner_moved(thread);
}
