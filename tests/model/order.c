/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of senders at each endpoint, model against core. The kernel chooses it in two cases, and the model learns it: what
 * one waits for may make the next more or less important, along a chain, and several come to the same priority by the same
 * event. And around a circle of waits priorities keep each other up until they have gone around often enough; one that falls
 * then and is raised again by another has lost its place.
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

/* ---- circles ---- */

/* Who waits lends the first activity's priority to the second. */
static bool lends(u32 from, u32 to)
{
	for (u32 sender = 0; sender < THREADS; sender++)
		for (u32 server = 0; server < THREADS; server++)
			if (runner(sender)->state == THREAD_STATE_SENDING && runner(sender)->activity == from &&
			    runner(server)->serves == runner(sender)->place && runner(server)->activity == to)
				return from != to;
	return false;
}

/* True: what an activity lends comes back to it. */
static bool in_circle(u32 activity)
{
	bool reached[THREADS] = {};

	for (u32 round = 0; round < THREADS; round++)
		for (u32 from = 0; from < THREADS; from++)
			for (u32 to = 0; to < THREADS; to++)
				if ((from == activity || *ELEM(reached, from)) && lends(from, to))
					*ELEM(reached, to) = true;
	return *ELEM(reached, activity);
}

/* ---- order ---- */

static bool given_now(u32 sender) { return runner(sender)->place_since > model.compared; }

/* True: the model agrees that the first is served before the second, or has learned it. */
static bool comes_before(u32 first, u32 second)
{
	struct runner *a = runner(first), *b = runner(second);

	if (a->place_priority != b->place_priority)
		return a->place_priority > b->place_priority;
	if (a->place_since < b->place_since)
		return true;
	if (in_circle(b->activity)) {
		b->place_since = ++model.places;
		return true;
	}
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
