/* SPDX-License-Identifier: Apache-2.0
 *
 * Run queues: three threads with any deadlines, each of one of four priorities at the edges of the words of
 * `present`, in any order; any of them leaves. The tree of a priority is a list in order; tree.c proves the
 * real one.
 */
#include "kernel/core/sched/queue.c"
#include "tests/prove/include/tree_list.h"

enum { THREADS = 3 };

struct cpu *prove_this_cpu;

static struct run_queue *queue;
static struct thread *thread[THREADS];
static u64 deadline[THREADS];
static u32 priority[THREADS];
static bool queued[THREADS];

/* WHY by cases: CBMC follows an index that is a constant far faster. */
static void add(u32 i)
{
	u32 which = ANY(u32);

	deadline[i] = ANY(u64);
	queued[i] = true;
	if (which == 0)
		run_queue_add(queue, thread[i], priority[i] = 0, deadline[i]);
	else if (which == 1)
		run_queue_add(queue, thread[i], priority[i] = 63, deadline[i]);
	else if (which == 2)
		run_queue_add(queue, thread[i], priority[i] = 64, deadline[i]);
	else
		run_queue_add(queue, thread[i], priority[i] = 255, deadline[i]);
}

static void make(void)
{
	queue = NEW(struct run_queue);
	*queue = (struct run_queue){ };
	run_queue_init(queue);
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->run_node = (struct tree_node){ .key = ANY(u64) };
		queued[i] = false;
	}
}

/* The first one is queued, and none that is queued should run before it: of equals the one added first. */
static void check(void)
{
	struct thread *first = run_queue_first(queue);
	u32 count = 0;

	for (u32 i = 0; i < THREADS; i++) {
		count += queued[i];
		PROVE(IMPLIES(queued[i], first != nullptr), "a queue with threads has a first one");
		PROVE(IMPLIES(first == thread[i], queued[i]), "the first one is queued");
		for (u32 k = 0; k < THREADS; k++) {
			bool better = priority[k] > priority[i] || (priority[k] == priority[i] && (deadline[k] < deadline[i] ||
				(deadline[k] == deadline[i] && k < i)));

			PROVE(IMPLIES(first == thread[i] && queued[k] && k != i, !better),
				"the first has the highest priority and in it the earliest deadline");
		}
	}
	PROVE(queue->count == count && IMPLIES(count == 0, first == nullptr), "the count is right");
}

void prove_order(void)
{
	make();
	check();
	for (u32 i = 0; i < THREADS; i++)
		add(i);
	check();
}

/* WHY the number is written again: from here on CBMC knows it. */
static void leave(u32 i, u8 known)
{
	PROVE(thread[i]->queued_priority == known, "a thread remembers where it is queued");
	thread[i]->queued_priority = known;
	run_queue_remove(queue, thread[i]);
}

void prove_leave(void)
{
	u32 gone = ANY(u32);

	make();
	for (u32 i = 0; i < THREADS; i++)
		add(i);
	for (u32 i = 0; i < THREADS; i++) {
		if (i != gone)
			continue;
		if (priority[i] == 0)
			leave(i, 0);
		else if (priority[i] == 63)
			leave(i, 63);
		else if (priority[i] == 64)
			leave(i, 64);
		else
			leave(i, 255);
		queued[i] = false;
	}
	check();
}

void prove_swap(void)
{
	make();
	add(0);
	add(1);
	struct thread *first = run_queue_first(queue), *out = first;

	deadline[2] = ANY(u64);
	queued[2] = true;
	if (queue->highest == 0)
		out = run_queue_swap(queue, thread[2], priority[2] = 0, deadline[2]);
	else if (queue->highest == 63)
		out = run_queue_swap(queue, thread[2], priority[2] = 63, deadline[2]);
	else if (queue->highest == 64)
		out = run_queue_swap(queue, thread[2], priority[2] = 64, deadline[2]);
	else
		out = run_queue_swap(queue, thread[2], priority[2] = 255, deadline[2]);
	PROVE(out == first, "who comes out was the first");
	PROVE(out->run_node.height == 0 && thread[2]->queued_priority == priority[2], "one is out, the other in");
	queued[0] = queued[0] && out != thread[0];
	queued[1] = queued[1] && out != thread[1];
	check();
}

void prove_highest(void)
{
	u8 some = ANY(u8), limit = ANY(u8);

	queue = NEW(struct run_queue);
	ASSUME(some <= limit);
	bool present = (queue->present[some / 64] >> some % 64 & 1) != 0;
	i32 highest = highest_present(queue, limit);

	PROVE(IMPLIES(present, highest >= some), "no priority that is present is above the highest");
	PROVE(highest <= limit, "it is within the limit, or none");
	PROVE(IMPLIES(highest == some, present), "and it is present");
}

/* The first of those up to a priority, as check has it for all, and who comes behind it. */
void prove_up_to(void)
{
	u32 limit = ANY(u32);

	make();
	for (u32 i = 0; i < THREADS; i++)
		add(i);
	struct thread *first = nullptr;

	/* WHY by cases: as above. */
	if (limit == 0)
		first = run_queue_first_up_to(queue, 0);
	else if (limit == 64)
		first = run_queue_first_up_to(queue, limit = 64);
	else if (limit == 200)
		first = run_queue_first_up_to(queue, limit = 200);
	else
		first = run_queue_first_up_to(queue, limit = 255);
	struct thread *next = first != nullptr ? run_queue_next(first) : nullptr;

	for (u32 i = 0; i < THREADS; i++) {
		PROVE(priority[i] > limit || first != nullptr, "if there is one up to there, one is found");
		PROVE(first != thread[i] || priority[i] <= limit, "which is not above");
		for (u32 k = 0; k < THREADS; k++) {
			bool behind = priority[k] == priority[i] && (deadline[k] > deadline[i] || (deadline[k] == deadline[i] && k > i));

			PROVE(first != thread[i] || k == i || priority[k] > limit || priority[k] < priority[i] || behind,
				"none of them goes before it");
			PROVE(first != thread[i] || next != thread[k] || behind, "who comes next is of its priority, and behind it");
			PROVE(first != thread[i] || next != nullptr || !behind, "if there is somebody");
		}
	}
}
