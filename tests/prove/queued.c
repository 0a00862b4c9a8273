/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is in a run queue with an activity that changes. Three threads of any activity: one that the activity knows as queued,
 * up to two beside it; each in its queue, in another's place, or just taken out of it. Two processors.
 */
#include "tests/prove/include/queue_list.h"
#include "kernel/core/sched/queued.c"

enum : u32 { THREADS = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes;

static struct cpu *cpu[2];
static struct activity *activity, *other;
static struct thread *thread[THREADS];
static bool queued[THREADS];
static u32 looks[2];

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u32 cpus_there = 2;
struct cpu *cpu_at(u32 id) { PROVE(id < 2, "a processor that there is"); return id == 0 ? cpu[0] : cpu[1]; }

void sched_look_again(u32 id)
{
	PROVE(id < 2 && cpu[0]->queue.lock.taken == 0 && cpu[1]->queue.lock.taken == 0,
		"a processor that there is, with no queue's lock held");
	looks[id == 0 ? 0 : 1]++;
}

/* ---- any state ---- */

static bool is_beside(const struct thread *at)
{
	const struct thread *step = activity->beside.first;

	for (u32 i = 0; i < THREADS && step != nullptr && step != at; i++)
		step = step->wait_next;
	return step == at;
}

/* In a queue with the priority that it was given there; or it has been taken, and its processor is about to forget it. */
static void any_thread(u32 i)
{
	struct thread *at = thread[i] = NEW(struct thread);
	u32 where = MAYBE() ? 0 : 1;

	at->activity = i != 0 && MAYBE() ? other : activity;
	at->run_node.height = 0;
	at->wait_next = at->wait_prev = nullptr;
	at->queued_cpu = where;
	queued[i] = MAYBE();
	if (queued[i])
		run_queue_add(where == 0 ? &cpu[0]->queue : &cpu[1]->queue, at, ANY(u8), ANY(u64));
}

static void any_state(void)
{
	for (u32 i = 0; i < 2; i++) {
		cpu[i] = NEW(struct cpu);
		cpu[i]->id = i;
		empty_queue(&cpu[i]->queue);
		looks[i] = 0;
	}
	prove_this_cpu = cpu[0];
	activity = NEW(struct activity);
	other = NEW(struct activity);
	activity->lock.taken = other->lock.taken = 0;
	activity->beside.first = other->beside.first = nullptr;
	ASSUME(activity->priority < PRIORITIES);
	for (u32 i = 0; i < THREADS; i++)
		any_thread(i);
	activity->queued = MAYBE() ? thread[0] : nullptr;
	for (u32 i = 1; i < THREADS; i++)
		if (thread[i]->activity == activity && MAYBE())
			thread_queue_push(&activity->beside, thread[i]);
}

static bool in_its_queue(u32 i)
{
	return is_in_queue(thread[i]->queued_cpu == 0 ? &cpu[0]->queue : &cpu[1]->queue, thread[i]);
}

void prove_renew(void)
{
	u32 before[THREADS], renewed[2] = {};
	u64 before_key[THREADS];

	any_state();
	for (u32 i = 0; i < THREADS; i++) {
		before[i] = thread[i]->queued_priority;
		before_key[i] = thread[i]->run_node.key;
	}
	queued_renew(activity);
	for (u32 i = 0; i < THREADS; i++) {
		bool known = (activity->queued == thread[i] || is_beside(thread[i])) && queued[i];

		renewed[0] += known && thread[i]->queued_cpu == 0;
		renewed[1] += known && thread[i]->queued_cpu == 1;
		PROVE(in_its_queue(i) == queued[i] && (thread[i]->run_node.height != 0) == queued[i],
			"nobody comes into a queue, or leaves one");
		PROVE(!known || (thread[i]->queued_priority == activity->priority && thread[i]->run_node.key == activity->deadline_ns),
			"who waits with the activity has the place that it has now");
		PROVE(known || !queued[i] || (thread[i]->queued_priority == before[i] && thread[i]->run_node.key == before_key[i]),
			"and nobody else");
	}
	PROVE(looks[0] == renewed[0] && looks[1] == renewed[1], "their processors look again");
	PROVE(activity->lock.taken == 0 && cpu[0]->queue.lock.taken == 0 && cpu[1]->queue.lock.taken == 0, "no lock is kept");
}

/* One of them is to be quick. */
void prove_place(void)
{
	u32 i = MAYBE() ? 0 : 1, before[THREADS];
	u8 least = ANY(u8);

	any_state();
	struct thread *it = thread[i];
	u32 wanted = max_u64(it->activity->priority, least), where = it->queued_cpu;

	for (u32 k = 0; k < THREADS; k++)
		before[k] = thread[k]->queued_priority;
	queued_place(it->activity, it, least);
	for (u32 k = 0; k < THREADS; k++)
		PROVE(in_its_queue(k) == queued[k], "nobody comes into a queue, or leaves one");
	PROVE(!queued[i] || it->queued_priority == wanted, "who is in a queue has that place at least");
	for (u32 k = 0; k < THREADS; k++)
		PROVE(k == i || !queued[k] || thread[k]->queued_priority == before[k], "and nobody another");
	PROVE(looks[where] == queued[i] && looks[1 - where] == 0, "its processor looks again");
	PROVE(cpu[0]->queue.lock.taken == 0 && cpu[1]->queue.lock.taken == 0, "no lock is kept");
}

/* Noting who comes and who leaves: one is known, more are beside it. */
void prove_note(void)
{
	u32 i = MAYBE() ? 1 : 2;

	any_state();
	ASSUME(thread[i]->activity == activity && !queued[i] && !is_beside(thread[i]));
	struct thread *known = activity->queued;
	bool other_beside = is_beside(thread[3 - i]);

	queued_note(cpu[1], thread[i], activity);
	PROVE(activity->queued == (known != nullptr ? known : thread[i]) && is_beside(thread[i]) == (known != nullptr),
		"who comes is known, once");
	PROVE(thread[i]->queued_cpu == 1 && thread[i]->state == THREAD_STATE_READY, "and where");
	if (MAYBE() && known != nullptr) {
		queued_taken(known, activity);
		PROVE(activity->queued == nullptr && is_beside(thread[i]), "who leaves takes nobody along");
	}
	queued_taken(thread[i], activity);
	PROVE(activity->queued != thread[i] && !is_beside(thread[i]), "who leaves is not known any more");
	PROVE(is_beside(thread[3 - i]) == other_beside && activity->lock.taken == 0, "the others are");
}
