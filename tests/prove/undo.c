/* SPDX-License-Identifier: Apache-2.0
 *
 * Ending waits that have lost their capability. Any threads that wait at an endpoint to send, to receive, or for an answer,
 * or at a signal; any of them may not any more. The tree of senders is a list in order; tree.c proves the real one.
 */
#include "kernel/core/ipc/undo.c"
#include "tests/prove/include/tree_list.h"

enum : u32 { WAITERS = 2, REPLIES = 2, THREADS = 2 * WAITERS + REPLIES };

struct cpu *prove_this_cpu;

static struct endpoint *endpoint;
static struct signal *signal;
static struct reply *reply[REPLIES];
static struct thread *thread[THREADS];   /* senders, receivers or waiters, callers */
static bool there[THREADS], may_not[THREADS];
static u32 ended[THREADS];

enum : u32 { SENDERS = 0, RECEIVERS = WAITERS, CALLERS = 2 * WAITERS };

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }

static u32 number_of(const struct thread *at)
{
	for (u32 i = 0; i < THREADS; i++)
		if (at == thread[i])
			return i;
	PROVE(false, "only threads that wait there");
	return 0;
}

enum status thread_may_wait(const struct thread *at, const struct object *object)
{
	PROVE(object == &endpoint->object || object == &signal->object, "who waits is asked about what it waits at");
	return may_not[number_of(at)] ? STATUS_REVOKED : STATUS_OK;
}

enum status cap_still_names(struct process *process, u64 handle, const struct object *object)
{
	PROVE(object == &reply[0]->object, "the reply object's own capability is asked about");
	(void)process;
	(void)handle;
	return may_not[RECEIVERS] ? STATUS_REVOKED : STATUS_OK;
}

void thread_finish_wait(struct thread *at, enum status status, u64 value)
{
	PROVE(status == STATUS_REVOKED && value == 0, "it learns why");
	ended[number_of(at)]++;
}

void thread_abandon_wait(struct thread *at, enum status status)
{
	PROVE(status == STATUS_REVOKED, "it learns why");
	ended[number_of(at)]++;
}

static bool refreshed;

void senders_remove(struct endpoint *at, struct thread *sender)
{
	tree_remove(&at->senders, &sender->send_node);
	refreshed = false;
}

void servers_raise(struct endpoint *at) { PROVE(at == endpoint && at->lock.taken != 0,
	"servers are looked at under the lock"); refreshed = true; }

void reply_unclaim(struct reply *at) { at->receiver = nullptr; }

/* ---- any who wait ---- */

/* WHY one kind after the other: who is known not to be there costs nothing. */
static void any_threads(u32 first, u32 count)
{
	for (u32 i = 0; i < THREADS; i++) {
		thread[i] = NEW(struct thread);
		thread[i]->send_node.height = 0;
		there[i] = false;
		may_not[i] = MAYBE();
		ended[i] = 0;
	}
	for (u32 i = first; i < first + count; i++)
		there[i] = MAYBE();
	refreshed = true;
}

static void any_endpoint(u32 first, u32 count)
{
	any_threads(first, count);
	endpoint = NEW(struct endpoint);
	endpoint->lock.taken = 0;
	endpoint->senders = (struct tree){ };
	endpoint->receivers = (struct thread_queue){ };
	endpoint->replies = (struct list){ };
	endpoint->awaiting = true;
	for (u32 i = 0; i < REPLIES; i++) {
		reply[i] = NEW(struct reply);
		reply[i]->lock.taken = 0;
		reply[i]->caller = there[CALLERS + i] ? thread[CALLERS + i] : nullptr;
		list_push(&endpoint->replies, &reply[i]->at_endpoint);
	}
	for (u32 i = 0; i < WAITERS; i++) {
		if (there[SENDERS + i]) {
			thread[SENDERS + i]->endpoint = endpoint;
			tree_insert(&endpoint->senders, &thread[SENDERS + i]->send_node, ANY(u64));
		}
		if (there[RECEIVERS + i]) {
			thread[RECEIVERS + i]->endpoint = endpoint;
			thread[RECEIVERS + i]->reply = reply[0];
			thread_queue_push(&endpoint->receivers, thread[RECEIVERS + i]);
		}
	}
}

static bool queued(const struct thread_queue *queue, u32 i)
{
	const struct thread *at = queue->first;

	for (u32 step = 0; step < WAITERS && at != nullptr && at != thread[i]; step++)
		at = at->wait_next;
	return at == thread[i];
}

/* The queue knows its last one, behind which others come. */
static bool ends_at_last(const struct thread_queue *queue)
{
	const struct thread *at = queue->first;

	for (u32 step = 0; step < WAITERS && at != nullptr && at->wait_next != nullptr; step++)
		at = at->wait_next;
	return at == nullptr || at == queue->last;
}

/* What holds of each who waited, whatever it waited for. */
static void check(u32 i, bool waits, bool done)
{
	PROVE(waits == (there[i] && ended[i] == 0), "who waits no more has been told, and nobody else");
	PROVE(ended[i] <= (there[i] && may_not[i]), "exactly who may not wait is told, once");
	PROVE(IMPLIES(done, !waits || !may_not[i]), "nobody who may not goes on waiting");
}

/* ---- proofs ---- */

static u32 told(void)
{
	u32 count = 0;

	for (u32 i = 0; i < THREADS; i++)
		count += ended[i];
	return count;
}

static void check_steps(bool done)
{
	PROVE(told() <= UNDO_STEP && IMPLIES(!done, told() == UNDO_STEP), "in bounded steps, each of which gets further");
	PROVE(refreshed && endpoint->lock.taken == 0, "servers inherit from nobody who is gone");
}

void prove_senders(void)
{
	any_endpoint(SENDERS, WAITERS);
	bool done = endpoint_undo(endpoint);

	for (u32 i = SENDERS; i < SENDERS + WAITERS; i++) {
		check(i, tree_contains(&thread[i]->send_node), done);
		PROVE(IMPLIES(ended[i] != 0, thread[i]->endpoint == nullptr), "nor looks as if it did");
	}
	check_steps(done);
}

void prove_receivers(void)
{
	any_endpoint(RECEIVERS, WAITERS);
	reply[0]->receiver = thread[RECEIVERS];
	bool done = endpoint_undo(endpoint);

	for (u32 i = RECEIVERS; i < RECEIVERS + WAITERS; i++) {
		check(i, queued(&endpoint->receivers, i), done);
		PROVE(IMPLIES(ended[i] != 0, thread[i]->endpoint == nullptr && reply[0]->receiver == nullptr),
			"nor looks as if it did");
	}
	PROVE(ends_at_last(&endpoint->receivers), "the queue is whole");
	check_steps(done);
}

void prove_callers(void)
{
	any_endpoint(CALLERS, REPLIES);
	bool done = endpoint_undo(endpoint);

	for (u32 i = 0; i < REPLIES; i++) {
		check(CALLERS + i, reply[i]->caller == thread[CALLERS + i], done);
		PROVE(reply[i]->lock.taken == 0, "the locks are free again");
	}
	check_steps(done);
}

void prove_signal(void)
{
	any_threads(RECEIVERS, WAITERS);
	signal = NEW(struct signal);
	signal->lock.taken = 0;
	signal->waiters = (struct thread_queue){ };
	for (u32 i = RECEIVERS; i < CALLERS; i++)
		if (there[i]) {
			thread[i]->signal = signal;
			thread_queue_push(&signal->waiters, thread[i]);
		}
	bool done = signal_undo(signal);

	for (u32 i = RECEIVERS; i < CALLERS; i++)
		check(i, queued(&signal->waiters, i), done);
	PROVE(ends_at_last(&signal->waiters) && signal->lock.taken == 0, "the queue is whole, the lock is free again");
}

void prove_reply(void)
{
	any_endpoint(RECEIVERS, WAITERS);
	ASSUME(there[RECEIVERS]);
	thread[RECEIVERS]->endpoint = MAYBE() ? endpoint : nullptr;
	thread[RECEIVERS]->reply = reply[MAYBE() ? 0 : 1];
	reply[0]->receiver = MAYBE() ? thread[RECEIVERS] : nullptr;
	bool waits = reply[0]->receiver != nullptr && thread[RECEIVERS]->endpoint != nullptr &&
		thread[RECEIVERS]->state == THREAD_STATE_RECEIVING && thread[RECEIVERS]->reply == reply[0];

	PROVE(reply_undo(reply[0]), "one step is enough");
	PROVE(ended[RECEIVERS] == (waits && may_not[RECEIVERS]), "who waits with the object and may not is told");
	PROVE(queued(&endpoint->receivers, RECEIVERS) == (ended[RECEIVERS] == 0), "and waits no more");
	PROVE(endpoint->lock.taken == 0 && reply[0]->lock.taken == 0, "the locks are free again");
}
