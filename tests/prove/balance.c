/* SPDX-License-Identifier: Apache-2.0
 *
 * Which processor a thread runs on, and who is fetched from another's queue. Three processors, any of them idle, and
 * three threads of any priority, deadline and affinity, each running, waiting in any queue, or neither.
 */
#include "tests/prove/include/queue_list.h"
#include "kernel/core/sched/balance.c"
#include "tests/prove/include/quiet.h"

enum : u32 { CPUS = 3, THREADS = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes;

static struct cpu *cpu[CPUS];
static struct thread *thread[THREADS];
static struct activity *activity[THREADS];
static u32 where[THREADS];       /* in whose queue; CPUS: in none */

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u32 cpus_there = CPUS;
struct cpu *cpu_at(u32 id)
{
	PROVE(id < CPUS, "a processor that there is");
	return id == 0 ? cpu[0] : id == 1 ? cpu[1] : cpu[2];
}

void queued_beside(struct thread *at) { (void)at; }
void queued_no_longer_beside(struct thread *at) { PROVE(at->activity->queued != at, "who is noted is taken out there"); }

/* ---- any state ---- */

static void any_state(void)
{
	for (u32 i = 0; i < CPUS; i++) {
		cpu[i] = NEW(struct cpu);
		cpu[i]->id = i;
		cpu[i]->current = cpu[i]->next = nullptr;
		empty_queue(&cpu[i]->queue);
	}
	prove_this_cpu = cpu[0];
	cpu[0]->online = 1;
	for (u32 i = 0; i < THREADS; i++) {
		activity[i] = NEW(struct activity);
		thread[i] = NEW(struct thread);
		thread[i]->activity = activity[i];
		thread[i]->run_node.height = 0;
		activity[i]->queued = nullptr;
		ASSUME(activity[i]->priority < PRIORITIES && thread[i]->cpu < CPUS);
	}
}

static void any_places(void)
{
	for (u32 i = 0; i < THREADS; i++) {
		where[i] = ANY(u32);
		ASSUME(where[i] <= CPUS);
		for (u32 k = 0; k < CPUS; k++)
			if (where[i] == k) {
				run_queue_add(&cpu[k]->queue, thread[i], activity[i]->priority, ANY(u64));
				activity[i]->queued = thread[i];
			}
	}
}

static bool may_use(u32 i, u32 k) { return (activity[i]->cpus >> k & 1) != 0; }

/* Exactly `gone`, or nobody, is in a queue no more. */
static void check_taken(const struct thread *gone)
{
	for (u32 i = 0; i < THREADS; i++)
		for (u32 k = 0; k < CPUS; k++)
			PROVE(is_in_queue(&cpu[k]->queue, thread[i]) == (where[i] == k && thread[i] != gone),
				"who is fetched is out, and nobody else");
	for (u32 i = 0; i < THREADS; i++) {
		PROVE(thread[i] != gone || (where[i] != CPUS && where[i] != 0 && may_use(i, 0) && activity[i]->queued == nullptr),
			"he was in another's queue, and may run here");
		PROVE(cpu[i]->queue.lock.taken == 0, "no lock is held");
	}
}

static u32 priority_in_queue(const struct thread *at) { return at->queued_priority; }

void prove_pull(void)
{
	i32 own = MAYBE() ? NO_PRIORITY : ANY(u8);

	any_state();
	any_places();
	struct thread *pulled = balance_pull(prove_this_cpu, own);

	check_taken(pulled);
	for (u32 i = 0; i < THREADS; i++) {
		bool better = where[i] != CPUS && where[i] != 0 && activity[i]->priority > PRIORITY_BEST_EFFORT &&
			activity[i]->priority > own;

		PROVE(pulled != thread[i] || better, "who is fetched is above best effort, and more important than who waits here");
		PROVE(pulled == nullptr || pulled == thread[i] || !better || !may_use(i, 0) ||
			activity[i]->priority <= priority_in_queue(pulled), "nobody who could be fetched is more important");
		PROVE(pulled != nullptr || !better || !may_use(0, 0) || !may_use(1, 0) || !may_use(2, 0),
			"if all may run here, somebody is fetched who is better");
		for (u32 k = 0; k < THREADS; k++)
			PROVE(pulled != thread[i] || where[k] != where[i] || k == i || !may_use(k, 0) || activity[k]->priority !=
				activity[i]->priority || thread[i]->run_node.key <= thread[k]->run_node.key, "nor earlier, in that queue");
	}
}

void prove_steal(void)
{
	any_state();
	any_places();
	struct thread *stolen = balance_steal(prove_this_cpu);

	check_taken(stolen);
	for (u32 i = 0; i < THREADS; i++)
		PROVE(stolen != thread[i] || activity[i]->priority <= PRIORITY_BEST_EFFORT, "only best effort is stolen");
}

/* ---- places ---- */

static bool is_free_now(u32 k)
{
	bool idle = k == 0 ? cpu[0]->current == nullptr && cpu[0]->next == nullptr : cpu[k]->idle != 0;

	return idle && cpu[k]->queue.highest == NO_PRIORITY;
}

/* The second thread waits in some queue, or runs, the third may run. */
static void any_running(void)
{
	for (u32 k = 0; k < CPUS; k++) {
		cpu[k]->current = MAYBE() ? thread[2] : nullptr;
		cpu[k]->next = MAYBE() ? thread[1] : nullptr;
		cpu[k]->queue.highest = MAYBE() ? NO_PRIORITY : (i32)ANY(u8);
	}
}

void prove_place(void)
{
	any_state();
	any_running();
	struct cpu *place = balance_place(thread[0]);
	u32 last = thread[0]->cpu;
	bool nowhere = true;

	PROVE(place == cpu[0] || place == cpu[1] || place == cpu[2], "a processor that there is");
	for (u32 k = 0; k < CPUS; k++)
		nowhere = nowhere && !(cpu[k]->online != 0 && may_use(0, k));
	for (u32 k = 0; k < CPUS; k++) {
		bool usable_one = cpu[k]->online != 0 && may_use(0, k);

		PROVE(nowhere || place != cpu[k] || usable_one || (k == last && is_free_now(k) && usable_one),
			"it runs, and the thread may run there, if there is one");
		PROVE(!usable_one || !is_free_now(k) || (place == cpu[0] && is_free_now(0)) || (place == cpu[1] && is_free_now(1)) ||
			(place == cpu[2] && is_free_now(2)), "no other is chosen as long as one is free");
		PROVE(!(k == last && usable_one && is_free_now(k)) || place == cpu[k], "the one where it ran last, if that is free");
	}
}

/* What another processor is busy with. */
static i32 busy_now(u32 k)
{
	i32 waiting = cpu[k]->queue.highest, running = cpu[k]->current != nullptr ? activity[2]->priority : 0;

	return waiting > running ? waiting : running;
}

/* The third thread runs here, and may run elsewhere besides: what a processor is busy with is a guess. */
void prove_relieve(void)
{
	struct cpu *to = nullptr;

	any_state();
	any_places();
	ASSUME(where[2] == CPUS);
	cpu[0]->current = thread[2];
	cpu[0]->idle = 0;
	for (u32 k = 1; k < CPUS; k++) {
		cpu[k]->current = MAYBE() ? thread[2] : nullptr;
		ASSUME(cpu[k]->idle <= 1);
	}
	u32 here = cpu[0]->queue.count + 1;
	struct thread *gone = balance_relieve(cpu[0], &to);
	u32 load = gone != nullptr ? to->queue.count + (to->idle == 0) : 0;

	PROVE(gone == nullptr || ((to == cpu[1] || to == cpu[2]) && to->online != 0), "to another that runs");
	PROVE(gone == nullptr || activity[2]->best_effort == 0 || load + 1 < here, "from behind best effort, to where fewer are");
	PROVE(gone != thread[2], "who runs stays");
	PROVE(gone == nullptr || gone->queued_priority <= activity[2]->priority, "and who is more important runs here next");
	for (u32 i = 0; i < 2; i++) {
		bool moved = gone == thread[i];

		PROVE(!moved || (where[i] == 0 && activity[i]->queued == nullptr && may_use(i, to->id)),
			"who goes has waited here, and may run there");
		PROVE(!moved || thread[i]->queued_priority > busy_now(to->id) || busy_now(to->id) <= PRIORITY_BEST_EFFORT,
			"nobody goes to where he would wait for somebody above best effort");
		for (u32 k = 0; k < CPUS; k++)
			PROVE(is_in_queue(&cpu[k]->queue, thread[i]) == (where[i] == k && !moved), "he is out, and nobody else");
		for (u32 k = 1; k < CPUS; k++)
			PROVE(gone != nullptr || activity[2]->best_effort != 0 || where[i] != 0 || !may_use(i, k) || !may_use(1 - i, k) ||
				cpu[k]->online == 0 || thread[i]->queued_priority <= busy_now(k) ||
				thread[i]->queued_priority > activity[2]->priority,
				"behind somebody above best effort nobody stays who is more important than what runs elsewhere");
	}
	PROVE(cpu[0]->queue.lock.taken == 0, "no lock is held");
}
