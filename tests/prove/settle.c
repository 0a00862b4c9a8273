/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop that settles who runs before a processor leaves the kernel: one turn of it, from any state, with steps that leave
 * any state that they may. What the steps do with queues and places of threads is sched.c's.
 *
 * Who runs is not the one that another came for, or it will be looked: that holds from turn to turn.
 */
#include "kernel/core/sched/sched.h"

static bool another_turn(void);
static void review(struct cpu *cpu);
static void run_somebody(struct cpu *cpu);

#include "kernel/core/sched/sched.c"
#include "tests/prove/include/quiet.h"

enum : u32 { ACTIVITIES = 2 };

struct cpu *prove_this_cpu;
u32 trace_classes, cpus_there = 1;
u64 object_grace_wanted;

static struct cpu *cpu_here;
static struct thread *current, *woken;
static struct activity *activity[ACTIVITIES];   /* the thread's own, and one that is lent */
static bool looked;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u64 hal_clock_ns(void) { return ANY(u64) >> 2; }
void timers_arm_at(struct timers *timers, u64 at_ns) { timers->armed_ns = at_ns; }
bool hal_interrupt_pending(void) { return MAYBE(); }
void trace_notify(void) { cpu_here->attention &= ~(u32)ATTEND_TRACE; }
void inherit_propagate(void) { cpu_here->attention &= ~(u32)ATTEND_INHERIT; }

/* Who is paid off does not run, and nothing is reaped meanwhile: the steps see to that. */
static void not_here(void) { PROVE(false, "somebody runs where something is reaped"); }
void activity_charge_fully(struct activity *at, u64 used_ns, u64 now_ns) { (void)at; (void)used_ns; (void)now_ns; not_here(); }
void share_linger(struct cpu *cpu, struct activity *at) { (void)cpu; (void)at; not_here(); }
void hal_space_leave(void) { not_here(); }

/* What is reaped may have had a waiter, for whom it is looked, and leave something. */
void object_reap(void)
{
	PROVE(cpu_here->current != nullptr && cpu_here->payer != nullptr, "INV-PAYER");
	cpu_here->attention &= ~(ANY(u32) & ATTEND_WORK);
	cpu_here->attention |= ANY(u32) & (ATTEND_CHOOSE | ATTEND_INHERIT | ATTEND_TRACE);
}

/* ---- any state ---- */

/* By priority: deadlines change when it is looked. */
static bool in_order(void)
{
	return cpu_here->current == nullptr || current->activity != cpu_here->payer || (cpu_here->attention & ATTEND_CHOOSE) != 0 ||
		(cpu_here->next == nullptr && cpu_here->queue.highest <= cpu_here->payer->priority);
}

static void any_outcome(void)
{
	for (u32 k = 0; k < ACTIVITIES; k++) {
		*activity[k] = ANY(struct activity);
		ASSUME(activity[k]->budget_ns != 0 || activity[k]->exhausted == 0);
	}
	*current = ANY(struct thread);
	current->own = activity[0];
	current->activity = activity[MAYBE() ? 1 : 0];
	*cpu_here = ANY(struct cpu);
	ASSUME(cpu_here->id == 0);
	cpu_here->current = MAYBE() ? current : nullptr;
	cpu_here->next = MAYBE() ? woken : nullptr;
	cpu_here->payer = cpu_here->current == nullptr && MAYBE() ? nullptr : activity[MAYBE() ? 1 : 0];
	ASSUME(in_order() && cpu_here->queue.highest >= NO_PRIORITY && cpu_here->queue.highest < (i32)PRIORITIES);
}

/* ---- its steps ---- */

static void review(struct cpu *cpu)
{
	PROVE(cpu == cpu_here && cpu->current != nullptr && !may_go_on(cpu) && in_order(),
		"who runs is reviewed if something is against it");
	any_outcome();
}

static void run_somebody(struct cpu *cpu)
{
	PROVE(cpu == cpu_here && cpu->current == nullptr && in_order(), "somebody is chosen where nobody runs");
	any_outcome();
	ASSUME(cpu_here->current != nullptr && current->activity == cpu_here->payer);
}

/* In place of the loop's own head: what a turn leaves is a state like any that it begins with, so one is enough. */
static bool another_turn(void)
{
	if (!looked) {
		looked = true;
		return true;
	}
	PROVE(in_order(), "from turn to turn nobody who waits is passed over unseen");
	ASSUME(false);
	return false;
}

/* ---- the proof ---- */

void prove_turn(void)
{
	prove_this_cpu = cpu_here = NEW(struct cpu);
	current = NEW(struct thread);
	woken = NEW(struct thread);
	for (u32 k = 0; k < ACTIVITIES; k++)
		activity[k] = NEW(struct activity);
	any_outcome();
	looked = false;
	sched_settle(cpu_here, ANY(u32));
	PROVE(cpu_here->current != nullptr && cpu_here->payer == current->activity && thread_told(current) == 0,
		"somebody runs, and pays for it");
	PROVE((cpu_here->attention & (ATTEND_CHOOSE | ATTEND_TRACE)) == 0, "nothing is left to decide");
	PROVE(cpu_here->next == nullptr && cpu_here->queue.highest <= cpu_here->payer->priority,
		"nobody who waits here is more important");
	PROVE(activity_may_use(cpu_here->payer, cpu_here) && !budget_bars(current), "he may run here, and now");
	PROVE((cpu_here->payer->exhausted == 0) == ((cpu_here->attention & ATTEND_BUDGET) == 0),
		"with a used up budget calls take the long way");
	PROVE(((cpu_here->attention & ATTEND_INHERIT) == 0 && !work_is_due(cpu_here)) || cpu_here->timers.slice_end_ns != U64_MAX,
		"what is put off has its time");
}
