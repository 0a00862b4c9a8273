/* SPDX-License-Identifier: Apache-2.0
 *
 * The scheduler's state, for the harnesses of what changes it (sched.c, steps.c), which include the sources before this.
 * One or two processors. Three threads of any priorities, deadlines and budgets: one that runs or not, on its own activity
 * or on a lent one, one that was woken to go on next or not, and any of them in the queue or waiting for their budget.
 *
 * INV-SCHED: each thread is in one place at most. An activity's uses are the processor that it pays for and the threads that
 * wait for a processor with it. Nobody waits in a queue whose place is forgotten.
 */
#ifndef TESTS_PROVE_INCLUDE_SCHED_STATE_H
#define TESTS_PROVE_INCLUDE_SCHED_STATE_H

#include "kernel/core/sched/budget.h"
#include "kernel/core/sched/running.h"
#include "kernel/core/sched/balance.h"
#include "tests/prove/include/quiet.h"

enum : u32 { THREADS = 3, RUNNING = 0, WOKEN = 1, LENT = THREADS, ACTIVITIES };

enum place : u32 { NOWHERE, RUNS, NEXT, QUEUED, QUEUED_THERE, PARKED, DEAD };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted;

static struct cpu *here, *there;
static struct thread *thread[THREADS];
static struct activity *activity[ACTIVITIES];   /* of threads, and one that is lent */
static enum place place[THREADS];               /* before */
static bool told_other, dead[THREADS];
static struct thread *pulled;                   /* whom balancing fetched */

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u32 cpus_there;
struct cpu *cpu_at(u32 id) { PROVE(id < cpus_there, "a processor that there is"); return id == 0 ? here : there; }
u64 hal_clock_ns(void) { return ANY(u64) >> 2; }
void timers_arm_at(struct timers *timers, u64 at_ns) { timers->armed_ns = at_ns; }
void timers_arm(void) { }
void alarm_set(struct alarm *alarm, u64 at_ns) { (void)at_ns; alarm->node.height = 1; }
void thread_cancel_alarm(struct thread *at) { at->traits &= ~(u32)THREAD_TIMED; }
void hal_ipi_send(u32 cpu, enum hal_ipi kind) { PROVE(cpu == 1 && kind == HAL_IPI_RESCHEDULE, "the other"); told_other = true; }
void hal_space_leave(void) { }
void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to) { (void)from; (void)to; }
bool hal_interrupt_pending(void) { return MAYBE(); }
void trace_emit_by(struct thread *by, enum event_id id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	(void)by;
	trace_emit(id, f0, f1, f2, f3);
}
void trace_call_ends(struct thread *at) { (void)at; }
void trace_notify(void) { here->attention &= ~(u32)ATTEND_TRACE; }
void inherit_propagate(void) { here->attention &= ~(u32)ATTEND_INHERIT; }

void object_reap(void)
{
	PROVE(here->current != nullptr || here->payer == nullptr, "INV-PAYER");
	here->attention &= ~(u32)ATTEND_WORK;
}

void share_update(struct activity *at) { (void)at; }
void share_linger(struct cpu *cpu, struct activity *at) { cpu->lingers = at; }
void share_forget(struct cpu *cpu) { cpu->lingers = nullptr; }
void activity_reckon(struct activity *at) { (void)at; }
void queued_beside(struct thread *at) { PROVE(at->activity->queued != at, "noted already"); }
void queued_no_longer_beside(struct thread *at) { PROVE(at->activity->queued != at, "noted otherwise"); }
void queued_renew(struct activity *at) { (void)at; }

static const struct thread *hurried;
static u8 hurried_by;

void queued_place(const struct activity *activity, struct thread *at, u8 least)
{
	PROVE(at->activity == activity, "its activity");
	hurried = at;
	hurried_by = least;
}

/* activities.c: time is charged; a budget may end by that. */
void activity_charge_fully(struct activity *at, u64 used_ns, u64 now_ns)
{
	(void)used_ns;
	(void)now_ns;
	at->left_ns = ANY(u64);
	if (at->budget_ns != 0 && MAYBE())
		at->exhausted = 1;
	lock_release(&at->lock);
}

void activity_prepare(struct activity *at, struct cpu *cpu, u64 now_ns, bool waking)
{
	(void)now_ns;
	(void)waking;
	at->left_ns = 1 + ANY(u8);
	at->virtual_cpu = cpu->id;
	at->deadline_ns = ANY(u64);
}

/* Whoever yields goes behind, at the priority that it has, or at less. */
void activity_go_behind(struct activity *at, u64 behind, u64 now_ns)
{
	(void)behind;
	(void)now_ns;
	at->deadline_ns = ANY(u64);
	if (MAYBE())
		at->priority = ANY(u8) % (at->priority + 1);
}

/* balance.c: where it may run. */
struct cpu *balance_place(const struct thread *at)
{
	bool only_here = !activity_may_use(at->activity, there);

	return only_here || (activity_may_use(at->activity, here) && MAYBE()) ? here : there;
}

/* balance.c: out of this queue, to where it may run. */
struct thread *balance_relieve(struct cpu *cpu, struct cpu **to)
{
	struct thread *first = run_queue_first(&cpu->queue);

	PROVE(cpu == here && cpus_there == 2, "for this processor, if there is another");
	if (MAYBE() || first == nullptr || !activity_may_use(first->activity, there))
		return nullptr;
	here->queue.lock.taken = 1;
	run_queue_remove(&here->queue, first);
	here->queue.lock.taken = 0;
	queued_taken(first, first->activity);
	*to = there;
	return first;
}

/* balance.c: out of the other's queue, above best effort and more important than who waits here. */
struct thread *balance_pull(const struct cpu *cpu, i32 own)
{
	struct thread *first = run_queue_first(&there->queue);

	PROVE(cpu == here && cpus_there == 2, "for this processor, if there is another");
	if (MAYBE() || first == nullptr || !activity_may_use(first->activity, here) ||
		first->activity->priority <= PRIORITY_BEST_EFFORT ||
	    first->activity->priority <= own)
		return nullptr;
	there->queue.lock.taken = 1;
	run_queue_remove(&there->queue, first);
	there->queue.lock.taken = 0;
	queued_taken(first, first->activity);
	return pulled = first;
}

struct thread *balance_steal(const struct cpu *cpu) { (void)cpu; return nullptr; }

void thread_die(struct thread *at)
{
	PROVE(at == here->current && (at->flags & THREAD_KILLED) != 0, "only who runs dies, if it is to");
	sched_leave(here, at);
	at->state = THREAD_STATE_DEAD;
	dead[at == thread[0] ? 0 : at == thread[1] ? 1 : 2] = true;
}

/* ---- any state ---- */

static enum place place_of(u32 i)
{
	if (here->current == thread[i])
		return RUNS;
	if (here->next == thread[i])
		return NEXT;
	if (is_in_queue(&here->queue, thread[i]))
		return QUEUED;
	if (is_in_queue(&there->queue, thread[i]))
		return QUEUED_THERE;
	return activity[i]->parked == thread[i] ? PARKED : dead[i] ? DEAD : NOWHERE;
}

static bool waits_to_run(u32 i) { return place_of(i) == NEXT || place_of(i) == QUEUED || place_of(i) == QUEUED_THERE; }

static bool kept(void)
{
	u32 places = 0;
	bool holds = here->queue.lock.taken == 0 && there->queue.lock.taken == 0;

	for (u32 i = 0; i < THREADS; i++) {
		u32 of_this = (here->current == thread[i]) + (here->next == thread[i]) + is_in_queue(&here->queue, thread[i]) +
			is_in_queue(&there->queue, thread[i]) + (activity[i]->parked == thread[i]) + dead[i];

		places += of_this;
		holds = holds && of_this <= 1 && thread[i]->activity->lock.taken == 0 &&
			(activity[i]->parked == nullptr || activity[i]->parked == thread[i]) &&
			tree_contains(&thread[i]->run_node) == (place_of(i) == QUEUED || place_of(i) == QUEUED_THERE);
	}
	for (u32 k = 0; k < ACTIVITIES; k++) {
		u32 uses = here->payer == activity[k];

		for (u32 i = 0; i < THREADS; i++)
			uses += thread[i]->activity == activity[k] && waits_to_run(i);
		holds = holds && activity[k]->uses == uses;
	}
	return holds;
}

static void any_activity(u32 k)
{
	struct activity *at = activity[k] = NEW(struct activity);

	at->lock.taken = 0;
	at->parked = at->queued = nullptr;
	at->uses = 0;
	at->alarm.node.height = 0;
	at->awaited.first = nullptr;
	ASSUME(at->priority < PRIORITIES && (at->budget_ns != 0 || at->exhausted == 0));
	ASSUME((at->cpus & (cpus_there == 1 ? 1 : 3)) != 0); /* activities.c */
}

static void any_cpu(struct cpu *cpu, u32 id)
{
	cpu->id = id;
	cpu->current = cpu->next = nullptr;
	cpu->payer = nullptr;
	cpu->changed = nullptr;
	empty_queue(&cpu->queue);
}

static void any_state(void)
{
	here = NEW(struct cpu);
	there = NEW(struct cpu);
	prove_this_cpu = here;
	cpus_there = MAYBE() ? 1 : 2;
	any_cpu(here, 0);
	any_cpu(there, 1);
	for (u32 k = 0; k < ACTIVITIES; k++)
		any_activity(k);
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->process = NEW(struct process);
		thread[i]->own = thread[i]->activity = activity[i];
		thread[i]->run_node.height = 0;
		thread[i]->flags &= THREAD_KILLED | THREAD_STOP;
		dead[i] = false;
		ASSUME(thread[i]->cpu < cpus_there);
	}
	told_other = false;
	pulled = nullptr;
}

/* They wait: in a queue, for their budget, or for something else. */
static void any_place(u32 i)
{
	u32 where = ANY(u32);

	if (where == 0 || (where == 1 && cpus_there == 2)) {
		struct run_queue *queue = where == 0 ? &here->queue : &there->queue;

		run_queue_add(queue, thread[i], thread[i]->activity->priority, thread[i]->activity->deadline_ns);
		thread[i]->state = THREAD_STATE_READY;
		thread[i]->activity->uses++;
		if (thread[i]->activity->queued == nullptr)
			thread[i]->activity->queued = thread[i];
	} else if (where == 2 && activity[i]->exhausted != 0 && thread[i]->activity == activity[i]) {
		thread[i]->state = THREAD_STATE_READY;
		activity[i]->parked = thread[i];
	}
}

static void any_waiting(u32 i)
{
	any_place(i);
	place[i] = place_of(i);
}

/* It runs, mostly on what pays. */
static void any_running(void)
{
	if (MAYBE())
		thread[RUNNING]->activity = activity[LENT];
	if (MAYBE())
		return any_waiting(RUNNING);
	here->current = thread[RUNNING];
	thread[RUNNING]->state = THREAD_STATE_RUNNING;
	place[RUNNING] = RUNS;
}

static void any_woken(void)
{
	if (MAYBE())
		return any_waiting(WOKEN);
	here->next = thread[WOKEN];
	thread[WOKEN]->state = THREAD_STATE_READY;
	activity[WOKEN]->uses++;
	here->attention |= ATTEND_CHOOSE;
	place[WOKEN] = NEXT;
}

static void any_payer(void)
{
	if (here->current == nullptr && MAYBE())
		return;
	here->payer = MAYBE() ? activity[LENT] : activity[RUNNING];
	here->payer->uses++;
}

static void any_three(void)
{
	any_state();
	any_running();
	any_woken();
	any_waiting(2);
	any_payer();
	ASSUME(here->current == nullptr || here->payer != nullptr);
	ASSUME(kept());
}

/* ---- the end of an entry ---- */

/* Who runs is not the one that another came for, or it will be looked. By priority: deadlines change when it is looked. */
static bool in_order(void)
{
	return here->current == nullptr || here->current->activity != here->payer || (here->attention & ATTEND_CHOOSE) != 0 ||
		(here->next == nullptr && (here->queue.highest == NO_PRIORITY || here->queue.highest <= here->payer->priority));
}

static bool nobody_lost(void)
{
	bool holds = true;

	for (u32 i = 0; i < THREADS; i++) {
		bool suspended = place[i] == RUNS && thread[i]->state == THREAD_STATE_SUSPENDED && (thread[i]->flags & THREAD_STOP) != 0;

		holds = holds && (place_of(i) != NOWHERE || place[i] == NOWHERE || suspended) &&
			(place[i] != NOWHERE || place_of(i) == NOWHERE);
	}
	return holds;
}

static void any_end(void)
{
	any_three();
	ASSUME(in_order());
	for (u32 i = 0; i < THREADS; i++)
		ASSUME(place[i] != NOWHERE || thread[i]->state != THREAD_STATE_SUSPENDED);
}

#endif
