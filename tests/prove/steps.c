/* SPDX-License-Identifier: Apache-2.0
 *
 * Steps of the loop that settles who runs, each from any state that it may find (sched_state.h). settle.c has the loop
 * itself, with steps that leave any state in which who waits is seen.
 */
#include "tests/prove/include/queue_list.h"
#include "kernel/core/sched/budget.c"
#include "kernel/core/sched/sched.c"
#include "tests/prove/include/sched_state.h"

static void any_alone(void)
{
	any_end();
	ASSUME(here->current == nullptr && place[2] == NOWHERE);
}

static void others_stay(void)
{
	PROVE(place_of(RUNNING) == place[RUNNING] && place_of(WOKEN) == place[WOKEN], "the others stay where they were");
}

NORETURN void hal_idle(void)
{
	PROVE(false, "nobody idles here");
	__builtin_unreachable();
}

/* ---- somebody is chosen ---- */

void prove_run(void)
{
	any_alone();
	ASSUME(here->next == nullptr);
	thread[2]->activity->uses++;
	run(here, thread[2]);
	PROVE(kept() && in_order(), "nobody who waits is passed over unseen");
	PROVE(here->current == thread[2] && here->payer == thread[2]->activity && thread[2]->state == THREAD_STATE_RUNNING &&
		here->arch.frame == &thread[2]->frame && thread[2]->cpu == here->id, "who was chosen runs, and pays for it");
	others_stay();
}

/* ---- the direct switch ---- */

void prove_switch_to(void)
{
	any_alone();
	sched_switch_to(thread[2], SWITCH_REASON_CALL);
	PROVE(kept() && here->current == thread[2] && thread[2]->state == THREAD_STATE_RUNNING &&
		here->arch.frame == &thread[2]->frame && thread[2]->cpu == here->id, "he runs here");
	others_stay();
}
