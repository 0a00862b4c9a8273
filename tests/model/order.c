/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of senders at each endpoint, model against core. The kernel chooses it in one case: what one waits for may make the
 * next more or less important, along chains and around circles. Of those that come to the same priority by the same
 * event the model learns who was first.
 */
#include "kernel/core/ipc/servers.h"
#include "tests/model/compare.h"

static struct runner *runner(u32 thread) { return ELEM(model.thread, thread); }

static u32 number_of(const struct thread *thread)
{
	for (u32 i = 0; i < THREADS; i++)
		if (machine_user[i].thread == thread)
			return i;
	return NONE;
}

static bool given_now(u32 sender) { return runner(sender)->place_since > model.compared; }

/* True: the model agrees that the first is served before the second, or has learned it. */
static bool comes_before(u32 first, u32 second)
{
	struct runner *a = runner(first), *b = runner(second);

	if (a->place_priority != b->place_priority)
		return a->place_priority > b->place_priority;
	if (a->place_since < b->place_since)
		return true;
	if (!given_now(first) || !given_now(second))
		return false;
	u64 since = a->place_since;

	a->place_since = b->place_since;
	b->place_since = since;
	return true;
}

static bool order_at(const struct endpoint *endpoint)
{
	for (const struct thread *a = senders_first(endpoint); a != nullptr; a = senders_next(a))
		for (const struct thread *b = senders_next(a); b != nullptr; b = senders_next(b))
			if (!comes_before(number_of(a), number_of(b)))
				return false;
	return true;
}

bool compare_order(void)
{
	bool same = true;

	for (u32 i = 0; i < THREADS; i++) {
		const struct endpoint *endpoint = machine_user[i].thread->endpoint;

		if (runner(i)->state == THREAD_STATE_SENDING && !order_at(endpoint))
			same = false;
	}
	model.compared = model.places;
	return same;
}
