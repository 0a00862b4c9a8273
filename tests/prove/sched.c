/* SPDX-License-Identifier: Apache-2.0
 *
 * The scheduler: who runs next, on one processor of one or two. One operation from any state (sched_state.h).
 */
#include "tests/prove/include/queue_list.h"
#include "kernel/core/sched/budget.c"

#define sched_settle settle_otherwise /* the harness has its own: what settling begins with is looked at, not what it does */
#include "kernel/core/sched/sched.c"
#undef sched_settle
void sched_settle(struct cpu *cpu, u32 before);
#include "kernel/core/sched/switch.c"
#include "tests/prove/include/sched_state.h"

/* Whoever waits here with that priority and deadline would go first. */
static bool goes_first(const struct thread *at, u32 priority, u64 deadline)
{
	return at->queued_priority > priority || (at->queued_priority == priority && at->run_node.key < deadline);
}

/* ---- choosing ---- */

void prove_choose(void)
{
	any_three();
	ASSUME(here->current == nullptr);
	struct thread *chosen = choose(here);

	PROVE(here->next == nullptr, "who was to go on next goes on, or waits in order");
	for (u32 i = 0; i < THREADS; i++) {
		PROVE(chosen == nullptr || place_of(i) != QUEUED || !goes_first(thread[i], chosen->activity->priority,
			chosen == pulled ? 0 : U64_MAX) || (chosen->activity->priority == thread[i]->queued_priority &&
			chosen->run_node.key <= thread[i]->run_node.key),
			"nobody who waits here is more important, or as important and earlier");
		PROVE(chosen != nullptr || (place_of(i) != QUEUED && place[i] != NEXT), "somebody is chosen if anybody waits");
		PROVE(chosen == thread[i] ? place_of(i) == NOWHERE && (place[i] == QUEUED || place[i] == NEXT || thread[i] == pulled) :
			place_of(i) == place[i] || (place[i] == NEXT && place_of(i) == QUEUED), "the others stay where they were");
	}
	PROVE(chosen == nullptr || chosen->activity->queued != chosen, "who is chosen is known as queued no more");
	if (chosen != nullptr)
		chosen->activity->uses--; /* it is the processor's from here on */
	PROVE(kept(), "all places are kept");
}

NORETURN void hal_idle(void)
{
	PROVE(false, "nobody idles here");
	__builtin_unreachable();
}

/* ---- waking and the rest ---- */

void prove_wake(void)
{
	any_three();
	ASSUME(place[2] == NOWHERE);
	bool was = here->next != nullptr;
	u32 priority_before = here->current != nullptr ? here->current->activity->priority : 0;

	sched_wake(thread[2]);
	PROVE(kept(), "all places are kept");
	PROVE(place_of(2) == NEXT || place_of(2) == QUEUED || place_of(2) == QUEUED_THERE || place_of(2) == PARKED,
		"who is woken waits for a processor, or for its budget");
	PROVE(place_of(2) != PARKED || activity[2]->exhausted != 0, "if that is used up");
	PROVE(place_of(RUNNING) == place[RUNNING] && (place_of(WOKEN) == place[WOKEN] || (was && place_of(WOKEN) == QUEUED)),
		"the others stay where they were, but that several wait in order");
	PROVE((place_of(2) != NEXT && place_of(2) != QUEUED) || here->current == nullptr ||
		activity[2]->priority <= priority_before || (here->attention & ATTEND_CHOOSE) != 0,
		"the processor looks again if he is more important");
}

void prove_put_back(void)
{
	any_three();
	ASSUME(place[RUNNING] == RUNS);
	sched_put_back(here, thread[RUNNING], SWITCH_REASON_PREEMPTED);
	PROVE(kept() && place_of(RUNNING) == QUEUED && here->current == nullptr && here->payer == nullptr,
		"who runs no more waits in order, and pays for nothing");
}

void prove_kick(void)
{
	u32 i = MAYBE() ? 2 : RUNNING;

	any_three();
	hurried = nullptr;
	sched_kick(thread[i]);
	PROVE(kept(), "all places are kept");
	bool hurries = (thread[i]->flags & THREAD_KILLED) != 0 && here->current != nullptr;

	PROVE(hurried == (hurries ? thread[i] : nullptr) && (!hurries || hurried_by == here->current->activity->priority),
		"who is ended waits for no turn behind who ends him, and nobody else");
	PROVE(place_of(i) != PARKED && place_of(i) == (place[i] == PARKED ? QUEUED : place[i]),
		"who waits for his budget waits no more");
	PROVE((place[i] != RUNS && place[i] != PARKED) || (here->attention & ATTEND_CHOOSE) != 0 || thread[i]->cpu != 0,
		"the processor sees what is wanted of who runs");
}

void prove_suspend(void)
{
	any_three();
	ASSUME(place[RUNNING] == RUNS);
	u32 flags = thread[RUNNING]->flags;

	sched_suspend_self(thread[RUNNING]);
	PROVE(kept() && here->current == nullptr, "all places are kept, and nobody runs");
	PROVE(flags != THREAD_STOP || (place_of(RUNNING) == NOWHERE && thread[RUNNING]->state == THREAD_STATE_SUSPENDED),
		"who is to stop stops");
	PROVE(flags == THREAD_STOP || place_of(RUNNING) != NOWHERE, "who is not any more goes on");
	bool mine = sched_withdraw_suspended(thread[RUNNING]);

	PROVE(mine == (flags == THREAD_STOP) && (thread[RUNNING]->flags & THREAD_STOP) == 0 &&
		(!mine || thread[RUNNING]->state == THREAD_STATE_READY), "whoever lets it go on owns it, once");
}

void prove_changed(void)
{
	any_three();
	if (MAYBE())
		activity[2]->exhausted = 0; /* its budget was renewed */
	bool barred = activity_barred(activity[2]);

	sched_activity_changed(activity[2]);
	PROVE(kept(), "all places are kept");
	PROVE(place[2] != PARKED || (barred ? place_of(2) == PARKED : place_of(2) != NOWHERE),
		"who waits for a budget that is there waits no more");
	PROVE(here->payer != activity[2] || (here->attention & ATTEND_CHOOSE) != 0, "the processor that it pays for looks again");
}

void prove_tick(void)
{
	bool over = MAYBE();

	any_three();
	ASSUME(place[RUNNING] != RUNS || here->payer != nullptr);
	sched_tick(over);
	PROVE(kept() && (here->attention & ATTEND_CHOOSE) != 0, "who runs is looked at again");
	PROVE(!over || here->current == nullptr || (here->switch_reason == SWITCH_REASON_SLICE_END && here->payer->left_ns != 0),
		"at the end of a slice with a new one");
}

/* ---- yielding ---- */

void prove_yield(void)
{
	any_three();
	ASSUME(place[RUNNING] == RUNS && here->next == nullptr && here->payer == thread[RUNNING]->activity); /* a call begins */
	u8 priority = thread[RUNNING]->activity->priority;
	bool alone = here->queue.highest != priority;
	struct sys_result result = syscall_yield(thread[RUNNING], &thread[RUNNING]->frame);

	PROVE(kept() && place_of(RUNNING) == (alone ? RUNS : QUEUED), "who yields to somebody as important waits in order");
	PROVE(alone || thread[RUNNING]->state == THREAD_STATE_READY, "and is ready");
	PROVE(alone || here->current == nullptr || (here->current->state == THREAD_STATE_RUNNING &&
		here->payer == here->current->activity && here->arch.frame == &here->current->frame),
		"another runs, and pays, or is chosen");
	PROVE(alone || here->current != nullptr || result.status == SYS_NO_RESULT, "who may run elsewhere already has its answer");
	PROVE(here->current == nullptr || here->payer->exhausted == 0 || alone || (here->attention & ATTEND_CHOOSE) != 0,
		"nobody goes on with a budget that is used up");
	for (u32 i = 1; i < THREADS; i++)
		PROVE(place_of(i) == place[i] || (place[i] == QUEUED && place_of(i) == RUNS), "nobody is lost");
}

/* ---- the end of an entry ---- */

void sched_settle(struct cpu *cpu, u32 before)
{
	(void)before;
	PROVE(cpu == here && kept() && in_order() && nobody_lost(), "settling begins with all places kept, and nobody lost");
	ASSUME(false);
}

/* The common case, or the state that settling begins with. */
void prove_leave(void)
{
	any_end();
	ASSUME(place[WOKEN] != NEXT || here->payer != nullptr);
	sched_leave_kernel_slowly(here);
	PROVE(place[WOKEN] == NEXT && here->current == thread[WOKEN] && place_of(RUNNING) == QUEUED, "who was woken goes on at once");
	PROVE(kept() && in_order() && nobody_lost() && here->attention == 0, "if nothing is left to decide");
	PROVE(here->payer == thread[WOKEN]->activity && here->arch.frame == &thread[WOKEN]->frame && thread[WOKEN]->flags == 0,
		"on its own");
	PROVE(here->queue.highest == NO_PRIORITY || here->queue.highest < here->payer->priority,
		"nobody who waits here is as important");
	PROVE(here->payer->exhausted == 0 && activity_may_use(here->payer, here), "and it may");
	PROVE(here->grace_seen == object_grace_wanted, "and nothing is held from before");
}
